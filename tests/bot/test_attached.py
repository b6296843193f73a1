"""Files of notices, as a browser gets them from the bot."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.attached import routes
from core.procedures.catalogue import Catalogue
from tests.core.broadcasts.made import AUTHOR, Town, content


@pytest.fixture
async def town(engine: AsyncEngine, catalogue: Catalogue) -> Town:
    return Town(engine, catalogue)


async def _get(town: Town, path: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(routes(town.many.files))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://bot.example") as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        (b"%PDF-1.7 x", "application/pdf", "S%C6%A1%20%C4%91%E1%BB%93.pdf"),
        (b"\xff\xd8\xff\xe0 x", "image/jpeg", "S%C6%A1%20%C4%91%E1%BB%93.jpg"),
    ],
)
async def test_shown_and_nothing_else(town: Town, body: bytes, kind: str, name: str) -> None:
    draft = await town.many.drafts.create(AUTHOR, content())
    file = await town.many.files.attach(AUTHOR, draft.id, 1, "Sơ đồ", body)
    response = await _get(town, town.many.files.url(file))
    assert (response.status_code, response.content) == (200, body)
    headers = response.headers
    assert headers["content-type"] == kind
    assert headers["content-disposition"] == f"inline; filename*=UTF-8''{name}"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]


@pytest.mark.parametrize("path", ["/tep/khong-co", "/tep/" + "a" * 5000, "/tep/%2e%2e%2fetc"])
async def test_nothing_without_its_name(town: Town, path: str) -> None:
    response = await _get(town, path)
    assert response.status_code == 404
    assert response.headers.get("cache-control", "no-store") == "no-store"
