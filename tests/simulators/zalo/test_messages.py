"""Consultation messages: their shape, the windows, quotas and the rate."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from simulators.zalo.world import World
from tests.simulators.zalo.made import JPEG, MONDAY, Oa, button, buttons, inside, world, wrote


def media(**element: str) -> dict[str, Any]:
    payload = {"template_type": "media", "elements": [{"media_type": "image", **element}]}
    return {"attachment": {"type": "template", "payload": payload}}


def form(**element: str) -> dict[str, Any]:
    told = {"title": "Số điện thoại", "subtitle": "Để nhắc hẹn", "image_url": "https://x/a.png", **element}
    payload = {"template_type": "request_user_info", "elements": [told]}
    return {"attachment": {"type": "template", "payload": payload}}


MESSAGES: list[tuple[Any, int]] = [
    ("a" * 2000, 0),
    ("a" * 2001, -210),
    (unicodedata.normalize("NFD", "ế" * 1000), -210),
    (unicodedata.normalize("NFC", "ế" * 1000), 0),
    ("  ", -201),
    ({}, -201),
    ([], -201),
    (buttons(*[button()] * 5), 0),
    (buttons(*[button()] * 6), -210),
    (buttons(), -201),
    ({"attachment": buttons(button())["attachment"]}, -201),
    (buttons(button(payload="a" * 1000)), 0),
    (buttons(button(payload="a" * 1001)), -210),
    (buttons(button(payload="")), -201),
    (buttons(button(title="a" * 100)), 0),
    (buttons(button(title="a" * 101)), -210),
    (buttons(button(kind="oa.click")), -201),
    (buttons(button(payload={"url": "https://x"}, kind="oa.open.url")), 0),
    (buttons(button(payload={"url": "javascript:1"}, kind="oa.open.url")), -201),
    (buttons(button(payload={"phone_code": "84987654321"}, kind="oa.open.phone")), 0),
    (buttons(button(payload={}, kind="oa.open.phone")), -201),
    (media(url="https://x/a.jpg"), 0),
    (media(attachment_id="unknown"), -201),
    (form(), 0),
    (form(title="a" * 101), -210),
    (form(subtitle="a" * 501), -210),
    (form(image_url=""), -201),
    ({"attachment": {"type": "template", "payload": {"template_type": "list", "elements": []}}}, -233),
    ({"attachment": {"type": "file", "payload": {"token": "unknown"}}}, -201),
    ({"attachment": {"type": "audio", "payload": {}}}, -201),
    ({"attachment": "x"}, -201),
]


@pytest.mark.parametrize(("message", "code"), MESSAGES)
async def test_a_message_is_taken_whole_or_refused(message: Any, code: int) -> None:
    made = world()
    person = wrote(made)
    async with inside(made) as http:
        answer = await Oa(http, made).cs(person, message)
    assert answer["error"] == code
    assert len(made.sent) == (code == 0)
    if code == 0:
        assert answer["data"]["user_id"] == person.id
        assert answer["data"]["sent_time"] == made.clock.ms()
        assert made.sent[0].id == answer["data"]["message_id"]


async def test_lists_and_titles_are_switches() -> None:
    made = world(list_template=True, title_limit=20)
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        shown = {"attachment": {"type": "template", "payload": {"template_type": "list", "elements": []}}}
        assert (await oa.cs(person, shown))["error"] == 0
        assert (await oa.cs(person, buttons(button(title="a" * 21))))["error"] == -210


async def test_eight_free_then_charged_then_refused() -> None:
    made = world()
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        assert [(await oa.cs(person))["error"] for _ in range(9)] == [0] * 8 + [-218]
        quota = (await oa.post("/v3.0/oa/quota/message", {"user_id": person.id}))["data"]
        assert quota["cs_reply"] == {"remain": 0, "total": 8}
        made.people.tap(person, "#lai")
        assert (await oa.cs(person))["data"]["quota"]["remain"] == "7"
        made.clock.advance(hours=48, seconds=1)
        oa.pair = made.tokens.issue()
        assert (await oa.cs(person))["error"] == 0
        made.clock.advance(days=5)
        oa.pair = made.tokens.issue()
        assert (await oa.cs(person))["error"] == -230
    assert [s.charged for s in made.sent] == [False] * 9 + [True]


async def test_free_messages_may_be_unlimited() -> None:
    made = world(free_messages=None)
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        assert {(await oa.cs(person))["error"] for _ in range(20)} == {0}


@pytest.mark.parametrize(
    ("trait", "code"),
    [("blocked", -217), ("banned", -227), ("dormant", -227), ("restricted", -244)],
)
async def test_people_who_cannot_be_written_to(trait: str, code: int) -> None:
    made = world()
    person = wrote(made, **{trait: True})
    async with inside(made) as http:
        assert (await Oa(http, made).cs(person))["error"] == code


async def test_strangers_and_people_who_left() -> None:
    for followers_only, code in ((True, -213), (False, 0)):
        made = world(followers_only=followers_only)
        silent, gone = made.people.add(), wrote(made)
        made.people.follow(gone, follows=False)
        async with inside(made) as http:
            oa = Oa(http, made)
            assert (await oa.cs(silent))["error"] == -232
            assert (await oa.cs(gone))["error"] == code
            assert (await oa.cs("123"))["error"] == -201


async def test_the_rate_limit_and_its_headers() -> None:
    made = world(free_messages=None)
    made.rate_limit = 3
    person = wrote(made)
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    async with inside(made) as http:
        headers = {"access_token": Oa(http, made).pair.access}
        answers = [await http.post("/v3.0/oa/message/cs", json=body, headers=headers) for _ in range(4)]
        assert [a.json()["error"] for a in answers] == [0, 0, 0, -32]
        assert [a.headers["X-RateLimit-Remain"] for a in answers] == ["2", "1", "0", "0"]
        assert answers[0].headers["X-RateLimit-Limit"] == "3"
        made.clock.advance(minutes=1)
        assert (await http.post("/v3.0/oa/message/cs", json=body, headers=headers)).json()["error"] == 0
    assert World().rate_limit == 4000


async def test_the_quota_of_the_oa() -> None:
    made = world()
    made.oa_quota = 1
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        assert [(await oa.cs(person))["error"] for _ in range(2)] == [0, -211]


async def test_closed_endpoints_and_broadcasts() -> None:
    made = world()
    person = wrote(made)
    article = {"attachment": {"type": "template", "payload": {"elements": [{"media_type": "article"}]}}}
    async with inside(made) as http:
        oa = Oa(http, made)
        for path in ("/v3.0/oa/message/transaction", "/v3.0/oa/message/promotion"):
            assert (await oa.post(path, {}))["error"] == -240
        for recipient, message, code in (
            ({"user_id": person.id}, {"text": "a"}, -240),
            ({"target": {}}, {"text": "a"}, -201),
            ({"target": {}}, article, 0),
        ):
            body = {"recipient": recipient, "message": message}
            assert (await oa.post("/v2.0/oa/message", body))["error"] == code


async def test_uploads_are_limited_and_die_after_seven_days() -> None:
    made = world()
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)

        async def upload(kind: str, data: bytes) -> dict[str, Any]:
            headers = {"access_token": oa.pair.access}
            answer = await http.post(
                f"/v2.0/oa/upload/{kind}", files={"file": ("a.jpg", data)}, headers=headers
            )
            return dict(answer.json())

        ident = (await upload("image", JPEG))["data"]["attachment_id"]
        assert (await oa.cs(person, media(attachment_id=ident)))["error"] == 0
        assert made.media.uploads[ident].data == JPEG
        assert (await upload("image", JPEG + b"a" * 1024 * 1024))["error"] == -210
        assert (await upload("image", b"%PDF"))["error"] == -201
        token = (await upload("file", b"%PDF-1.7"))["data"]["token"]
        file = {"attachment": {"type": "file", "payload": {"token": token}}}
        assert (await oa.cs(person, file))["error"] == 0
        assert (await upload("file", b"%PDF" + b"a" * 5 * 1024 * 1024))["error"] == -210
        made.clock.advance(days=7)
        oa.pair = made.tokens.issue()
        made.people.write(person, "a")
        assert (await oa.cs(person, media(attachment_id=ident)))["error"] == -201
        assert (await oa.cs(person, file))["error"] == -201


async def test_people_and_the_oa_are_told() -> None:
    made = world()
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        listed = await oa.get("/v3.0/oa/user/getlist", {"data": '{"offset":0,"count":50}'})
        assert listed["data"]["users"] == [{"user_id": person.id}]
        assert (await oa.get("/v3.0/oa/user/getlist", {"data": '{"offset":9952,"count":50}'}))[
            "error"
        ] == -210
        told = await oa.get("/v3.0/oa/user/detail", {"data": f'{{"user_id":"{person.id}"}}'})
        assert told["data"]["display_name"] == person.name
        assert (await oa.get("/v2.0/oa/getoa", {}))["data"]["oa_type"] == "4"
    assert made.clock.now() == MONDAY
