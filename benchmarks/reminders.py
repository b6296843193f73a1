"""Reminders: kills under a Telegram with everything that goes wrong, how fast they go, how late replies get.

PostgreSQL is that of TEST_POSTGRES_URL; without it one is started where it is installed, in a folder of its own
and without waiting for the disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.channels.telegram.bulk import Bulk
from core.conversations.inbox import now_utc
from core.db import engine as engines
from core.db.migrate import upgrade
from core.messages import Address, Message
from core.reminders.entries import Entry
from core.reminders.model import Kind
from core.reminders.outbox import Outbox
from core.settings import Settings
from simulators.telegram.server import create
from simulators.telegram.state import World
from tests.conftest import ROOT, free_port
from tests.core.reminders.killing import TOKEN, Outcome, Plan, Play
from tests.core.reminders.posted import DAY, SECOND
from tests.postgres import Cluster, binaries

ROWS, KILLS, DIRECT = 20_000, 1000, 3_000
ENGINES = ("SQLite", "PostgreSQL") if os.environ.get("TEST_POSTGRES_URL") or binaries() else ("SQLite",)
KILLED = Plan(ROWS, kills=KILLS, every=4.0, unknown_wait=20.0, read_timeout=5.0, seconds=3600)
QUICK = Plan(ROWS, troubles=False, read_timeout=5.0, group=100, seconds=1800)


@dataclass(frozen=True)
class Databases:
    """Makes migrated databases, SQLite's in a folder, PostgreSQL's on a server."""

    folder: pathlib.Path
    server: str | None

    @asynccontextmanager
    async def one(self, kind: str) -> AsyncIterator[str]:
        """The address of a database of its own."""
        name = f"bench_{uuid.uuid4().hex}"
        url = f"sqlite+aiosqlite:///{self.folder / name}.db"
        if kind != "SQLite":
            assert self.server
            await self._run(f"CREATE DATABASE {name}")
            url = make_url(self.server).set(database=name).render_as_string(hide_password=False)
        engine = engines.create(url)
        await upgrade(engine)
        await engine.dispose()
        yield url
        if kind != "SQLite":
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _run(self, statement: str) -> None:
        assert self.server
        server = create_async_engine(self.server, isolation_level="AUTOCOMMIT")
        async with server.connect() as connection:
            await connection.execute(text(statement))
        await server.dispose()


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder, _server() as server:
        asyncio.run(_main(Databases(pathlib.Path(folder), server)))


@contextmanager
def _server() -> Iterator[str | None]:
    """The address of a PostgreSQL server, where there is one."""
    if "PostgreSQL" not in ENGINES or (named := os.environ.get("TEST_POSTGRES_URL")):
        yield named if "PostgreSQL" in ENGINES else None
        return
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster.url()
    finally:
        cluster.stop()


async def _main(databases: Databases) -> None:
    killed = [await _play(kind, databases, KILLED) for kind in ENGINES]
    _table(
        f"{ROWS} reminders, three workers, `kill -9` of one every few seconds, 5 % blocked, 5 % refused, 2 % timeouts",
        killed,
        {
            "kills": lambda o: o.kills,
            "sent": lambda o: o.states.get("sent", 0),
            "gone (blocked)": lambda o: o.states.get("gone", 0),
            "lost": lambda o: len(o.lost),
            "doubled without a doubt about the first": lambda o: len(o.wrongly),
            "of unknown outcome at some time": lambda o: o.doubted,
            "of these doubled": lambda o: o.doubled,
            "of these left open, not delivered (policy)": lambda o: o.left_open,
            "most being sent by one worker at once, as seen": lambda o: o.most_open,
            "seconds": lambda o: f"{o.seconds:.0f}",
            "largest process": lambda o: f"{o.peak_mb:.0f} MB",
        },
    )
    direct = await _direct()
    quick = [await _play(kind, databases, QUICK) for kind in ENGINES]
    _table(
        "delivery at the paid limit of 1,000 a second, three workers",
        quick,
        {
            "sent a second": lambda o: f"{o.rate:.0f}",
            "against the bare sender in one process, nothing kept": lambda o: f"{o.rate / direct:.2f}×",
            "lost / doubled": lambda o: f"{len(o.lost)} / {o.doubled}",
        },
    )
    print(f"\nThe bare sender: {direct:.0f} a second.\n")
    await _replies(databases)


def _table(title: str, outcomes: list[Outcome], lines: dict[str, Any]) -> None:
    print(f"\n| {title} | {' | '.join(ENGINES)} |\n|---{'|---' * len(ENGINES)}|")
    for name, of in lines.items():
        print(f"| {name} | {' | '.join(str(of(outcome)) for outcome in outcomes)} |", flush=True)


async def _play(kind: str, databases: Databases, plan: Plan) -> Outcome:
    async with databases.one(kind) as url, _served() as serve:
        return await Play(url, databases.folder, plan).run(serve)


async def _direct() -> float:
    """Messages a second of the channel's sender alone, fifty at a time."""
    world = World(TOKEN, time.monotonic, stars=True, people=set(range(DIRECT)))
    async with _served() as serve:
        bulk = Bulk(_settings("sqlite+aiosqlite://", await serve(create(world))))
        left = list(range(DIRECT))

        async def work() -> None:
            while left:
                await bulk.send(Address("telegram", str(left.pop())), Message("Thử"))

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(50)))
        await bulk.stop()
    return DIRECT / (time.perf_counter() - began)


async def _replies(databases: Databases) -> None:
    print(
        "| replies while bulk is sent | bulk a second | p50 alone → beside | p99 alone → beside |\n|---|---|---|---|"
    )
    for paid in (False, True):
        async with databases.one("SQLite") as url, _served() as serve:
            world = World(TOKEN, time.monotonic, stars=True)
            world.people = {*range(1, ROWS + 1), *range(10_000_000, 10_001_000)}
            base = await serve(create(world))
            engine = engines.create(url)
            now = now_utc()
            rows = (
                Entry(f"telegram:{n}", str(n), Kind.PAYMENT, "1", now - SECOND, now + DAY)
                for n in range(1, ROWS + 1)
            )
            async with engine.begin() as connection:
                await Outbox(engine, now_utc).add(connection, rows)
            await engine.dispose()
            found = json.loads(await asyncio.to_thread(_replying, _environment(url, base, paid)))
        alone, beside = sorted(found["alone"]), sorted(found["beside"])
        name = "paid limit" if paid else "free limit"
        at = {p: [f"{times[int(len(times) * p)]:.0f}" for times in (alone, beside)] for p in (0.5, 0.99)}
        print(
            f"| {name} | {found['bulk']:.0f} | {' → '.join(at[0.5])} ms | {' → '.join(at[0.99])} ms |",
            flush=True,
        )


def _replying(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "benchmarks.replying"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()[-1]


def _environment(url: str, base: str, paid: bool) -> dict[str, str]:
    wanted = {"DATABASE_URL": url, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": base}
    return {**os.environ, **wanted, "TELEGRAM_PAID_BROADCAST": str(paid)}


def _settings(url: str, base: str) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=url,
        telegram_bot_token=TOKEN,  # type: ignore[arg-type]
        telegram_api_base_url=base,
        telegram_paid_broadcast=True,
    )


@asynccontextmanager
async def _served() -> AsyncIterator[Any]:
    """A function that serves an application and gives its address; stopped in the end."""
    servers: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def serve(app: Any) -> str:
        port = free_port()
        config = uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        servers.append((server, asyncio.create_task(server.serve())))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        return f"http://127.0.0.1:{port}"

    try:
        yield serve
    finally:
        for server, task in servers:
            server.should_exit = True
            await task


if __name__ == "__main__":
    main()
