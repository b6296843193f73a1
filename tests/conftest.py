"""What many tests need: a catalogue, a database, servers on a free loopback port."""

from __future__ import annotations

import asyncio
import datetime as dt
import pathlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import engine as engines
from core.db.migrate import upgrade
from core.procedures import catalogue as catalogues
from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide

if TYPE_CHECKING:
    from tests.platforms import Platforms
    from tests.running import Running

ROOT = pathlib.Path(__file__).resolve().parents[1]
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the running assistant share one worker, so that it is started once."""
    for item in items:
        if item.get_closest_marker("model"):
            item.add_marker(pytest.mark.xdist_group("assistant"))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped procedures."""
    return catalogues.shipped()


@pytest.fixture(scope="session")
def guide(catalogue: Catalogue) -> Guide:
    """The guide over the shipped procedures."""
    return Guide(catalogue)


@pytest.fixture(scope="session")
def platforms() -> Iterator[Platforms]:
    """The simulated Telegram and Zalo the assistant is on."""
    from tests.platforms import Platforms

    made = Platforms()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, platforms: Platforms) -> Iterator[Running]:
    """The assistant as ``make run`` starts it, on every channel; stopped as Ctrl-C stops it."""
    from tests import running

    started = running.start(tmp_path_factory.mktemp("assistant"), platforms)
    yield started
    assert "Đã dừng trợ lý." in started.stop()


@pytest.fixture
async def engine(tmp_path: pathlib.Path) -> AsyncIterator[AsyncEngine]:
    """A migrated SQLite database of its own."""
    made = engines.create(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    await upgrade(made)
    yield made
    await made.dispose()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[object], Awaitable[str]]]:
    """Start an ASGI application on a real loopback port; gives its address."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def start(app: object) -> str:
        port = free_port()
        server = uvicorn.Server(
            uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1)
        )  # type: ignore[arg-type]
        running.append((server, asyncio.create_task(server.serve())))
        while not server.started:
            await asyncio.sleep(0.01)
        return f"http://127.0.0.1:{port}"

    yield start
    for server, _ in running:
        server.should_exit = True
    await asyncio.gather(*(task for _, task in running), return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition; fails the test when it never comes true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
