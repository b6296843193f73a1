"""The JSON contract and the page of the web chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.app import create_app
from bot.channels.web.api import MAX_BODY
from core.settings import Settings


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


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"\xff\xfe", 422),
        (b'{"session": "a"}', 422),
        (b'{"session": "a", "text": "x", "payload": "y"}', 422),
        (b'{"session": "", "text": "x"}', 422),
        (b'{"session": "a b", "text": "x"}', 422),
        (b'{"session": "a", "text": 5}', 422),
        (b'{"session": "a", "text": "x", "admin": true}', 422),
        (json.dumps({"session": "a" * 129, "text": "x"}).encode(), 422),
        (json.dumps({"session": "a", "payload": "x" * 1001}).encode(), 422),
        (b"{" + b" " * MAX_BODY, 413),
    ],
)
async def test_a_bad_request_is_problem_json_and_echoes_nothing(
    client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    response = await client.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert set(problem) == {"type", "status", "title", "detail"}


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
