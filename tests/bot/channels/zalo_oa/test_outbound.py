"""What the sender makes of Zalo's limits and errors."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.failures import MEANING, failure
from bot.channels.zalo_oa.outbound import PATH, ZaloSender
from bot.channels.zalo_oa.rendering import pieces, render
from core.errors import SendError
from core.messages import Address, Button, Message
from tests.bot.channels.zalo_oa.conftest import NOW, Shop

TO = Address("zalo", "2512523625412515")
IMAGE = "https://motcua.test/so-dien-thoai.png"
GOOD = {"data": {"message_id": "8dbb", "user_id": TO.id}, "error": 0, "message": "Success"}


class Purse:
    """Tokens that are never refused twice."""

    def __init__(self) -> None:
        self.refused: list[str | None] = []

    async def get(self, refused: str | None = None) -> str:
        self.refused.append(refused)
        return f"token-{len(self.refused)}"


Answer = Callable[[httpx.Request], httpx.Response]


HELLO = Message("Chào bạn")


async def send(answer: Answer, message: Message = HELLO, purse: Purse | None = None) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        api = Api(client, "https://openapi.zalo.me", purse or Purse(), lambda: NOW)
        await ZaloSender(api, IMAGE).send(TO, message)


async def failed(answer: Answer) -> SendError:
    with pytest.raises(SendError) as caught:
        await send(answer)
    return caught.value


async def test_the_exact_request() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    await send(answer, Message("Cần gì?", (Button("Lệ phí", "tt:a:1"), Button("Cổng", url="https://a.vn"))))
    (request,) = seen
    assert (request.method, str(request.url)) == ("POST", f"https://openapi.zalo.me{PATH}")
    assert request.headers["access_token"] == "token-1"
    assert "authorization" not in request.headers
    assert json.loads(request.content) == {
        "recipient": {"user_id": TO.id},
        "message": {
            "text": "Cần gì?",
            "attachment": {
                "type": "template",
                "payload": {
                    "buttons": [
                        {"title": "Lệ phí", "type": "oa.query.hide", "payload": "#tt:a:1"},
                        {"title": "Cổng", "type": "oa.open.url", "payload": {"url": "https://a.vn"}},
                    ]
                },
            },
        },
    }


def refuse(code: Any) -> Answer:
    return lambda _: httpx.Response(200, json={"error": code, "message": "x"})


def page(status: int) -> Answer:
    return lambda _: httpx.Response(status, text="<html>")


def breaks(error: httpx.HTTPError) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


MORNING = dt.datetime(2026, 11, 23, 23, 5, tzinfo=dt.UTC)  # 06:05 of the 24th in Vietnam
HOURS = (MORNING - NOW).total_seconds()
FIELDS = {
    "retry_after": None,
    "gone": False,
    "unknown": False,
    "outside_window": False,
    "configuration": False,
    "not_before": None,
}
ERRORS: list[tuple[str, Answer, dict[str, Any]]] = [
    *((f"{c}", refuse(c), {"gone": True}) for c in (-213, -217, -227)),
    *((f"{c}", refuse(c), {"outside_window": True}) for c in (-230, -232)),
    *((f"{c}", refuse(c), {"configuration": True}) for c in (-204, -205, -209, -221, -224, -223, -320, -321)),
    *((f"{c}", refuse(c), {"retry_after": HOURS, "not_before": MORNING}) for c in (-211, -218, -234)),
    *((f"{c}", refuse(c), {}) for c in (-201, -210, -233, -240, -244, -248, -249, -9999)),
    *((f"{c}", refuse(c), {"retry_after": 5.0}) for c in (-100, -200)),
    ("-32", refuse(-32), {"retry_after": 60.0}),
    ("-32 as text", refuse("-32"), {"retry_after": 60.0}),
    ("token refused again", refuse(-216), {"retry_after": 60.0}),
    ("page", page(200), {"unknown": True}),
    ("500", page(500), {"unknown": True}),
    ("503", page(503), {"retry_after": 5.0}),
    ("429", page(429), {"retry_after": 60.0}),
    ("404", page(404), {"configuration": True}),
    ("redirect", page(302), {"configuration": True}),
    ("empty", lambda _: httpx.Response(200, content=b""), {"unknown": True}),
    ("list", lambda _: httpx.Response(200, json=[]), {"unknown": True}),
    ("no error", lambda _: httpx.Response(200, json={"data": {}}), {"unknown": True}),
    ("no connection", breaks(httpx.ConnectError("")), {"retry_after": 5.0}),
    ("slow connection", breaks(httpx.ConnectTimeout("")), {"retry_after": 5.0}),
    ("no answer", breaks(httpx.ReadTimeout("")), {"unknown": True}),
    ("cut off", breaks(httpx.RemoteProtocolError("")), {"unknown": True}),
    ("broken while writing", breaks(httpx.WriteError("")), {"unknown": True}),
]


@pytest.mark.parametrize(("answer", "expected"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
async def test_every_error_says_what_to_do(answer: Answer, expected: dict[str, Any]) -> None:
    error = await failed(answer)
    assert {name: getattr(error, name) for name in FIELDS} == {**FIELDS, **expected}


def test_the_night_ends_at_five_past_six_in_vietnam() -> None:
    late = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)  # 23:30
    early = late + dt.timedelta(hours=3)
    assert failure(-234, late).not_before == failure(-133, early).not_before == MORNING
    assert failure(-144, early).not_before == MORNING + dt.timedelta(days=1)
    assert failure(-114, late).gone
    assert failure(-115, late).configuration
    assert len(MEANING) > 30


async def test_a_refused_token_is_renewed_once_and_the_message_repeated() -> None:
    purse, given = Purse(), []

    def answer(request: httpx.Request) -> httpx.Response:
        given.append(request.headers["access_token"])
        return httpx.Response(200, json={"error": -220} if len(given) == 1 else GOOD)

    await send(answer, purse=purse)
    assert given == ["token-1", "token-2"]
    assert purse.refused == [None, "token-1"]


def test_text_is_counted_in_nfc_and_split_where_it_reads_well() -> None:
    item = "• Tờ khai đăng ký khai sinh theo mẫu, điền đủ và ký. Bản chính giấy chứng sinh."
    text = "\n".join(f"{item} {n}" for n in range(60))
    bodies = render(Message(unicodedata.normalize("NFD", text), (Button("Tiếp", "x"),)))
    texts = [b["text"] for b in bodies]
    assert all(len(t) <= 2000 and t.startswith("•") for t in texts)
    assert "\n".join(texts) == text
    assert [bool(b.get("attachment")) for b in bodies] == [False] * (len(bodies) - 1) + [True]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aaaa bbbb. cccc dd", ["aaaa bbbb.", "cccc dd"]),
        ("aaaa\n\nbbbb cc dd", ["aaaa\n\nbbbb", "cc dd"]),  # a paragraph too short for a part
        ("aaaaaaaaaaaaaaa", ["aaaaaaaaaa", "aaaaa"]),
        ("aaaaaa bb\ncc", ["aaaaaa bb", "cc"]),
        ("", []),
        ("ngắn", ["ngắn"]),
    ],
)
def test_where_it_is_cut(text: str, parts: list[str]) -> None:
    assert pieces(text, 10) == parts


@given(st.text(st.sampled_from("aắ. \n😀\u0301;"), max_size=200))
def test_nothing_is_lost_and_every_part_fits(text: str) -> None:
    parts = pieces(text.strip(), 12)
    assert all(part and len(part.encode("utf-16-le")) // 2 <= 12 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_more_than_five_choices_can_be_answered_by_number() -> None:
    buttons = [Button(f"Chọn {n}", f"p{n}") for n in range(1, 8)]
    (body,) = render(Message("Việc nào?", (buttons[0], Button("Cổng", url="https://a.vn"), *buttons[1:])))
    assert [b["title"] for b in body["attachment"]["payload"]["buttons"]] == [
        "Chọn 1",
        "Cổng",
        "Chọn 2",
        "Chọn 3",
        "Chọn 4",
    ]
    assert body["text"] == "Việc nào?\n\nHoặc trả lời bằng số:\n5. Chọn 5\n6. Chọn 6\n7. Chọn 7"


def test_links_that_find_no_place_are_written_out() -> None:
    buttons = [Button(f"{n}", f"p{n}") for n in range(5)]
    (body,) = render(
        Message("A", (*buttons, Button("Cổng", url="https://a.vn"), Button("Lạ", url="$portal")))
    )
    assert body["text"] == "A\n\nCổng: https://a.vn"


def test_titles_are_short_and_empty_messages_get_a_text() -> None:
    (body,) = render(Message("", (Button("đ" * 130, "x"),)))
    assert body["text"] == "Mời anh/chị chọn:"
    assert len(body["attachment"]["payload"]["buttons"][0]["title"]) == 100
    assert render(Message("")) == []


def test_the_number_is_asked_for_in_a_message_of_its_own() -> None:
    asked = Message("Để xác nhận", (Button("Gửi số điện thoại", contact=True), Button("Thôi", "x")))
    said, form = render(asked, IMAGE)
    assert [b["title"] for b in said["attachment"]["payload"]["buttons"]] == ["Thôi"]
    payload = form["attachment"]["payload"]
    assert payload["template_type"] == "request_user_info"
    assert payload["elements"][0]["title"] == "Gửi số điện thoại"
    assert len(render(asked)) == 1


async def test_everything_we_send_is_taken_by_zalo(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.people.write(person, "chào")
    buttons = (*(Button(f"Chọn {n}", f"p{n}") for n in range(9)), Button("Gửi số", contact=True))
    text = unicodedata.normalize("NFD", "Giấy tờ phải nộp gồm những thứ sau đây. " * 110)
    await shop.zalo.sender.send(Address("zalo", person.id), Message(text, buttons))
    assert len(shop.world.sent) == 4
    await shop.zalo.typing(Address("zalo", person.id))


async def test_windows_and_blocks_of_the_simulated_zalo(shop: Shop) -> None:
    person = shop.world.people.add()
    to, hello = Address("zalo", person.id), Message("Chào")
    with pytest.raises(SendError) as never:
        await shop.zalo.sender.send(to, hello)
    assert never.value.outside_window
    shop.world.people.write(person, "chào")
    shop.world.clock.advance(days=8)
    with pytest.raises(SendError) as old:
        await shop.zalo.sender.send(to, hello)
    assert old.value.outside_window
    person.blocked = True
    with pytest.raises(SendError) as blocked:
        await shop.zalo.sender.send(to, hello)
    assert blocked.value.gone


async def test_an_expired_token_does_not_cost_the_message(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.people.write(person, "chào")
    shop.world.failures.add("token_expired", "oa")
    to = Address("zalo", person.id)
    await asyncio.gather(*(shop.zalo.sender.send(to, Message(f"{n}")) for n in range(5)))
    assert sorted(shop.world.texts(person)) == ["0", "1", "2", "3", "4"]
    assert shop.world.counts()["oauth.token"] == 1
