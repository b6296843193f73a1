"""What many tests need: a catalogue, a database, servers on a free loopback port."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import pathlib
import random
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import engine as engines
from core.db.tables import Base
from core.procedures import catalogue as catalogues
from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide

if TYPE_CHECKING:
    from tests.platforms import Platforms
    from tests.postgres import Databases
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


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """A PostgreSQL server that makes databases: that of TEST_POSTGRES_URL, or one of the tests' own."""
    from tests import postgres

    server = os.environ.get("TEST_POSTGRES_URL")
    if not server and not postgres.binaries():
        pytest.skip(postgres.MISSING)
    base = tmp_path_factory.getbasetemp()  # of this worker; workers share the folder above
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with nullcontext(server) if server else postgres.shared(folder) as url, postgres.databases(url) as made:
        yield made


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A migrated SQLite database, to be copied."""
    from tests import postgres

    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    postgres.migrate(f"sqlite+aiosqlite:///{file}")
    return file


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked ``both_databases`` run once on each; others on SQLite."""
    both = metafunc.definition.get_closest_marker("both_databases")
    if both and "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"])


@pytest.fixture
def database_kind() -> str:
    """Which database a test runs on."""
    return "sqlite"


@pytest.fixture
async def database_url(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path, database_kind: str
) -> AsyncIterator[str]:
    """The address of a migrated database of its own."""
    if database_kind == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{file}"
        return
    databases: Databases = request.getfixturevalue("postgres")
    url = await databases.lend()
    yield url
    await databases.give_back(url)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A migrated database of its own; see ``both_databases``."""
    made = engines.create(database_url)
    yield made
    await made.dispose()


async def rows(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def dump(engine: AsyncEngine) -> str:
    """Everything that is in the database."""
    found = []
    for table in Base.metadata.sorted_tables:
        found += [f"{table.name} {row}" for row in await rows(engine, f"SELECT * FROM {table.name}")]
    return "\n".join(found)


def free_port() -> int:
    """A port nobody listens on now, of those that the system gives to no connection of its own (32768 and above)."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


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
