"""The Bot Platform's channel: captured events, refusals, polling and webhook against an own small server."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.zalo_bot.inbound import read
from bot.channels.zalo_bot.outbound import Api, ZaloBotSender, rendered
from bot.channels.zalo_bot.service import WEBHOOK_PATH, ZaloBot
from core.conversations.inbox import Arrival
from core.errors import SendError
from core.messages import Address, Button, Incoming, Message
from tests.conftest import until

WHO = Address("zalobot", "6ede")
SECRET = "a-secret-of-this-test"


def event(name: str = "message.text.received", **more: Any) -> dict[str, Any]:
    message = {
        "from": {"id": "6ede", "display_name": "Ted", "is_bot": False},
        "chat": {"id": "6ede", "chat_type": "PRIVATE"},
        "text": "Xin chào",
        "message_id": "2d75",
        "date": 1750316131602,
    }
    return {"event_name": name, "message": {**message, **more}}


@pytest.mark.parametrize(
    ("given", "kind", "text", "file"),
    [
        (event(), "text", "Xin chào", None),
        (event("message.image.received", text=None, caption="đây", photo="https://x/y"), "photo", "đây", "https://x/y"),
        (event("message.sticker.received", text=None), "sticker", "", None),
        (event("message.voice.received", text=None), "voice", "", None),
        (event("message.unsupported.received", text=None), "file", "", None),
        (event(text=5), "text", "", None),
    ],
)  # fmt: skip
def test_events_that_want_an_answer(given: Any, kind: str, text: str, file: str | None) -> None:
    assert read(given) == Arrival("2d75", Incoming(WHO, text, kind, file=file))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        event("something.new"),
        event(chat={"id": "g", "chat_type": "GROUP"}),
        {"event_name": "message.text.received", "message": None},
        event(**{"from": {"id": "1", "is_bot": True}}),
        event(message_id=5),
        event(chat="x"),
        None,
        [],
        "x",
        {},
    ],
)
def test_events_that_want_none(given: Any) -> None:
    assert read(given) is None


def test_choices_become_numbers_and_links_are_written_out() -> None:
    shown = rendered(
        Message(
            unicodedata.normalize("NFD", "Chọn giúp tôi:"),
            (
                Button("Cổng", url="https://a"),
                Button("Một", "1"),
                Button("Số của tôi", contact=True),
                Button("Hai", "2"),
            ),
        )
    )
    assert shown == (
        "Chọn giúp tôi:\n→ Cổng: https://a\n1. Một\n2. Hai\n(Trả lời bằng số của mục anh/chị chọn.)"
    )


def _api(answer: Any) -> Api:
    return Api(httpx.AsyncClient(transport=httpx.MockTransport(answer)), "https://zalo.test/", "tok")


async def test_the_request_as_the_platform_wants_it() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"ok": True, "result": {"message_id": "1"}})

    await ZaloBotSender(_api(answer)).send(WHO, Message("dài " * 1_000))
    assert [str(r.url) for r in seen] == ["https://zalo.test/bottok/sendMessage"] * 2
    assert all(json.loads(r.content)["chat_id"] == "6ede" for r in seen)
    assert all(len(json.loads(r.content)["text"]) <= 2_000 for r in seen)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"ok": False, "error_code": 401}, (None, False, False)),
        (200, {"ok": False, "error_code": 403}, (None, True, False)),
        (429, {"ok": False, "error_code": 429}, (3600.0, False, False)),
        (500, {"ok": False}, (5.0, False, False)),
        (502, "<html>", (5.0, False, False)),
        (200, "<html>", (5.0, False, False)),
        (200, [], (5.0, False, False)),
    ],
)
async def test_refusals(status: int, body: Any, expected: tuple[float | None, bool, bool]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(status, text=body) if isinstance(body, str) else httpx.Response(status, json=body)
        )

    with pytest.raises(SendError) as caught:
        await ZaloBotSender(_api(answer)).send(WHO, Message("x"))
    error = caught.value
    assert (error.retry_after, error.gone, error.unknown) == expected
    assert "tok" not in str(error).replace("TOKEN", "")


@pytest.mark.parametrize(
    ("raised", "unknown"), [(httpx.ConnectError("x"), False), (httpx.ReadTimeout("x"), True)]
)
async def test_silence(raised: Exception, unknown: bool) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(SendError) as caught:
        await ZaloBotSender(_api(answer)).send(WHO, Message("x"))
    assert caught.value.unknown is unknown


class Kept:
    """An inbox with memory."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []

    async def put(self, arrival: Arrival) -> bool:
        self.arrivals.append(arrival)
        return True


async def test_polling_takes_one_event_at_a_time_and_outlives_an_outage() -> None:
    waiting = [event(message_id="1"), "down", event(message_id="2")]

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("getUpdates"):
            return httpx.Response(200, json={"ok": True, "result": {}})
        if not waiting:
            return httpx.Response(200, json={"ok": True, "result": None})
        now = waiting.pop(0)
        return httpx.Response(502) if now == "down" else httpx.Response(200, json={"ok": True, "result": now})

    inbox = Kept()
    client = httpx.AsyncClient(transport=httpx.MockTransport(_slowly(answer)))
    channel = ZaloBot(client, "https://zalo.test", "tok", inbox)
    await channel.start()
    await until(lambda: len(inbox.arrivals) == 2)
    await channel.stop()
    assert [a.update for a in inbox.arrivals] == ["1", "2"]


def _slowly(answer: Any) -> Any:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        response: httpx.Response = answer(request)
        return response

    return slow


@pytest.mark.parametrize(
    ("headers", "body", "status", "kept"),
    [
        ({"X-Bot-Api-Secret-Token": SECRET}, json.dumps({"ok": True, "result": event()}), 200, 1),
        ({"X-Bot-Api-Secret-Token": SECRET}, json.dumps({"ok": True, "result": event("new")}), 200, 0),
        ({"X-Bot-Api-Secret-Token": "forged"}, json.dumps({"ok": True, "result": event()}), 403, 0),
        ({}, json.dumps({"ok": True, "result": event()}), 403, 0),
        ({"X-Bot-Api-Secret-Token": SECRET}, "{", 422, 0),
        ({"X-Bot-Api-Secret-Token": SECRET}, "[]", 422, 0),
        ({"X-Bot-Api-Secret-Token": SECRET}, " " * 1_100_000, 413, 0),
    ],
)
async def test_the_webhook(headers: dict[str, str], body: str, status: int, kept: int) -> None:
    inbox = Kept()
    channel = ZaloBot(httpx.AsyncClient(), "https://z", "tok", inbox, "https://us", SECRET)
    app = FastAPI()
    app.include_router(channel.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://us") as client:
        answer = await client.post(WEBHOOK_PATH, content=body, headers=headers)
    assert (answer.status_code, len(inbox.arrivals)) == (status, kept)


@pytest.mark.parametrize(
    "file", ["http://photos.zalo.test/a", "https://evil.test/a", "file:///etc/passwd", "x"]
)
async def test_pictures_come_from_known_hosts_only(file: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise AssertionError("must not be asked")

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    channel = ZaloBot(client, "https://z", "t", Kept(), photo_hosts=frozenset({"photos.zalo.test"}))
    assert await channel.fetch(file) is None


async def test_a_picture_is_fetched_and_a_large_one_is_not() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        size = 20_000_000 if "large" in str(request.url) else 5
        return httpx.Response(200, content=b"x" * size)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    channel = ZaloBot(client, "https://z", "t", Kept(), photo_hosts=frozenset({"p.test"}))
    assert await channel.fetch("https://p.test/small") == b"xxxxx"
    assert await channel.fetch("https://p.test/large") is None
