"""Databases for what must be true of both: SQLite, and PostgreSQL where TEST_POSTGRES_URL names a server."""

from __future__ import annotations

import os
import pathlib
import uuid
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.db import engine as engines
from core.db.migrate import upgrade

POSTGRES = os.environ.get("TEST_POSTGRES_URL")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> AsyncIterator[str]:
    """The address of a migrated database of its own, of each kind."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        await _migrate(url)
        yield url
        return
    if not POSTGRES:
        pytest.skip("TEST_POSTGRES_URL is not set")
    server = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"test_{uuid.uuid4().hex}"
    async with server.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    await _migrate(url)
    yield url
    async with server.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await server.dispose()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine over that database."""
    made = engines.create(database_url)
    yield made
    await made.dispose()


async def _migrate(url: str) -> None:
    engine = engines.create(url)
    await upgrade(engine)
    await engine.dispose()
