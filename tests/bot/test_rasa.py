"""The Rasa client: success, the exact request, an error status, no JSON, timeouts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.rasa import Rasa
from core.errors import UnderstandingError
from tests.bot.fakes import FakeRasa, away

ANSWER: list[dict[str, Any]] = [
    {"recipient_id": "web:1", "custom": {"message": {"text": "Lệ phí…", "buttons": [{"title": "A", "payload": "b"}]}}},
    {"recipient_id": "web:1", "custom": {"procedure": "khai-sinh", "hits": [{"id": "khai-sinh", "score": 0.9}]}},
]  # fmt: skip


def rasa(fake: FakeRasa) -> Rasa:
    return Rasa(fake.client(), "http://127.0.0.1:5005/")


async def test_success() -> None:
    turn = await rasa(FakeRasa(lambda _: httpx.Response(200, json=ANSWER))).turn("web:1", "hỏi", None)
    assert [m.text for m in turn.messages] == ["Lệ phí…"]
    assert turn.messages[0].buttons[0].payload == "b"
    assert (turn.procedure, turn.decided) == ("khai-sinh", True)


async def test_the_exact_request() -> None:
    fake = FakeRasa(lambda _: httpx.Response(200, json=ANSWER))
    await rasa(fake).turn("web:1", "còn lệ phí", "khai-sinh")
    assert str(fake.requests[0].url) == "http://127.0.0.1:5005/webhooks/onestop/webhook"
    assert fake.bodies == [
        {"sender": "web:1", "message": "còn lệ phí", "metadata": {"procedure": "khai-sinh"}}
    ]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={}),
        httpx.Response(500, text="boom"),
        httpx.Response(200, text="<html>3 giờ sáng</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"not": "a list"}),
        httpx.Response(200, json=[{"custom": {"procedure": None, "hits": []}}]),
        httpx.Response(200, json=["text"]),
    ],
    ids=["404", "500", "html", "empty", "object", "no message", "odd part"],
)
async def test_an_unusable_answer_is_an_understanding_error(answer: httpx.Response) -> None:
    with pytest.raises(UnderstandingError):
        await rasa(FakeRasa(lambda _: answer)).turn("web:1", "hỏi", None)


def slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


@pytest.mark.parametrize("behaviour", [away, slow])
async def test_away_and_slow(behaviour: Any) -> None:
    client = rasa(FakeRasa(behaviour))
    with pytest.raises(UnderstandingError):
        await client.turn("web:1", "hỏi", None)
    assert not await client.ready()


@pytest.mark.parametrize(
    ("status", "ready"), [({"model_file": "m.tar.gz"}, True), ({"model_file": None}, False)]
)
async def test_ready_means_a_model_is_loaded(status: dict[str, Any], ready: bool) -> None:
    assert await rasa(FakeRasa(lambda _: httpx.Response(200, json=status))).ready() is ready
