"""The JSON contract and the page of the web chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.app import create_app
from bot.channels.web import api
from bot.channels.web.api import install_problem_handlers, routes
from core.messages import MAX_PHOTO, Incoming, Message, Reply
from core.settings import Settings
from tests.bot.fakes import FakeConversation, echo


@pytest.fixture
async def client(tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'a.db'}",
        rasa_url="http://127.0.0.1:9",
    )
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as made,
    ):
        yield made


async def test_the_contract(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/chat", json={"session": "abc-123", "payload": "topics"})
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"messages"}
    for message in body["messages"]:
        assert set(message) == {"text", "buttons"}
        for button in message["buttons"]:
            assert set(button) in ({"title", "payload"}, {"title", "url"})
    text = await client.post("/api/chat", json={"session": "abc-123", "text": "khai sinh cần giấy tờ gì"})
    assert text.json()["messages"][0]["text"]


async def test_a_refused_request_is_not_echoed(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/chat", content=b'{"session": "bi mat"}')
    problem: dict[str, Any] = response.json()
    assert problem["status"] == response.status_code == 422
    assert set(problem) == {"type", "status", "title", "detail"}
    assert "bi mat" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/static/../../pyproject.toml", 404), ("GET", "/api/chat", 405), ("GET", "/static/api.py", 404)],
)  # fmt: skip
async def test_what_is_not_there_is_problem_json(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/static/chat.css", "/static/chat.js", "/static/icon.svg"])
async def test_pages_forbid_foreign_scripts_and_frames(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 200
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "http://" not in response.text.replace("http://www.w3.org/2000/svg", "")


async def test_health_says_chat_works_while_understanding_is_away(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"chat": True, "understanding": False}


def over(talk: FakeConversation) -> httpx.AsyncClient:
    """A client of the web chat over a conversation that answers as told."""
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(routes(talk, "tỉnh Đắk Lắk"))
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_a_position_is_answered(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/chat", json={"session": "abc", "location": [13.096, 109.321]})
    assert response.status_code == 200
    assert "Phường Tuy Hòa" in response.json()["messages"][0]["text"]
    lost = await client.post("/api/chat", json={"session": "abc", "location": [21.0, 105.8]})
    assert "nằm ngoài tỉnh Đắk Lắk" in lost.json()["messages"][0]["text"]


async def test_only_this_site_may_ask_for_a_position(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["permissions-policy"] == "geolocation=(self)"


async def _chunks(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 65_536 + 1):
        yield bytes(65_536)


async def test_a_picture_not_taken_in_is_explained() -> None:
    talk, kind = FakeConversation(), {"Content-Type": "image/png"}
    said = {415: "JPEG, PNG hoặc WebP", 422: "trống", 413: "10 MB"}
    async with over(talk) as client:
        answers = [
            await client.post("/api/photo?session=a", content=b"x", headers={"Content-Type": "image/heic"}),
            await client.post("/api/photo?session=a", content=b"", headers=kind),
            await client.post("/api/photo?session=a", content=_chunks(MAX_PHOTO), headers=kind),
        ]
    assert [a.status_code for a in answers] == list(said)
    assert all(said[a.status_code] in a.json()["detail"] for a in answers)
    assert talk.asked == []


async def test_a_picture_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(30)

    monkeypatch.setattr(api, "PHOTO_SECONDS", 0.1)
    async with over(FakeConversation()) as client:
        response = await client.post(
            "/api/photo?session=a", content=trickle(), headers={"Content-Type": "image/png"}
        )
    assert response.status_code == 408
    assert "chậm" in response.json()["detail"]


async def test_what_must_not_be_kept_is_said() -> None:
    def answer(_: Incoming) -> Reply:
        return Reply((Message("Đã nhận."),), said="số [số đã che]")

    async with over(FakeConversation(answer)) as client:
        response = await client.post("/api/chat", json={"session": "a", "text": "số 0912345678"})
    assert response.json()["said"] == "số [số đã che]"
    assert response.headers["cache-control"] == "no-store"
    async with over(FakeConversation(echo)) as client:
        assert "said" not in (await client.post("/api/chat", json={"session": "a", "text": "chào"})).json()
