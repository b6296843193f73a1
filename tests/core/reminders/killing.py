"""Many reminders, three processes that deliver them, a Telegram with everything that goes wrong, and `kill -9`."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.conversations.inbox import now_utc
from core.db import engine as engines
from core.db.reminder_tables import OutboxRow
from core.reminders.entries import Entry
from core.reminders.model import Kind
from core.reminders.outbox import Outbox
from simulators.telegram.server import create
from simulators.telegram.state import World
from tests.conftest import ROOT
from tests.core.reminders.posted import DAY, SECOND

TOKEN, WORKERS = "123456:simulated", 3


@dataclass(frozen=True)
class Plan:
    """What is played.

    Args:
        every: seconds between two kills; None for no kills.
        rate: messages a second that the workers allow themselves together.
        read_timeout, unknown_wait: seconds.
        troubles: whether 5 % blocked us, 5 % are refused once (429) and 2 % get no answer.
    """

    rows: int
    kills: int = 0
    every: float = 3.0
    rate: float = 900.0
    group: int = 50
    read_timeout: float = 1.0
    unknown_wait: float = 3.0
    troubles: bool = True
    seconds: float = 600.0


@dataclass
class Outcome:
    """What came of it, in messages.

    ``lost``: neither delivered nor of an outcome that policy leaves open. ``left_open``: unknown for good and not
    delivered: notices once, reminders twice. ``doubled``: delivered more than once, of which ``wrongly`` without
    a doubt about their first try, or although they are notices.
    """

    kills: int = 0
    states: dict[str, int] = field(default_factory=dict)
    delivered: int = 0
    lost: list[str] = field(default_factory=list)
    left_open: int = 0
    doubled: int = 0
    wrongly: list[str] = field(default_factory=list)
    doubted: int = 0
    most_open: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    calls: int = 0
    peak_mb: float = 0.0


class Play:
    """One database, one Telegram, three workers."""

    def __init__(self, url: str, folder: pathlib.Path, plan: Plan, seed: int = 1) -> None:
        self._url, self._folder, self._plan, self._random = url, folder, plan, random.Random(seed)
        self._world = World(TOKEN, time.monotonic, stars=True)
        self._engine: AsyncEngine = engines.create(url)
        self._workers: list[subprocess.Popen[bytes]] = []
        self._environment: dict[str, str] = {}
        self._times: list[float] = []
        self.outcome = Outcome()

    async def run(self, serve: Callable[[object], Awaitable[str]]) -> Outcome:
        """Play until nothing is open. Fails when that takes longer than planned."""
        self._trouble()
        self._watch()
        self._environment = self._settings(await serve(create(self._world)))
        async with self._engine.begin() as connection:
            await Outbox(self._engine, now_utc).add(connection, self._entries())
        began = time.monotonic()
        try:
            self._workers = [self._start() for _ in range(WORKERS)]
            async with asyncio.timeout(self._plan.seconds):
                await self._kill_now_and_then()
                while await self._open():
                    await asyncio.sleep(0.3)
        finally:
            self._stop()
        self.outcome.seconds = time.monotonic() - began
        await self._judge()
        await self._engine.dispose()
        return self.outcome

    def _entries(self) -> Iterator[Entry]:
        now = now_utc()
        for n in range(1, self._plan.rows + 1):
            notice = n % 10 == 0
            kind = Kind.NOTICE if notice else Kind.PAYMENT
            body = {"text": str(n)} if notice else None
            due = now - SECOND
            yield Entry(f"telegram:{n}", str(n), kind, "1", due, now + DAY, 1, body)

    def _trouble(self) -> None:
        people = range(1, self._plan.rows + 1)
        self._world.people = set(people)
        if not self._plan.troubles:
            return
        self._world.blocked = {n for n in people if n % 20 == 7}
        for n in people:
            if n % 400 >= 380:  # limits are hit by many at once
                self._world.trouble[n] = deque(["429"])
            elif n % 50 == 3:
                self._world.trouble[n] = deque(["drop" if n % 100 == 3 else "lost"])
            elif n % 50 == 30 and n % 100 == 30:  # of the notices, too
                self._world.trouble[n] = deque(["drop" if n % 200 == 30 else "lost"])

    def _watch(self) -> None:
        """Keep when each message arrived."""
        deliver = self._world.deliver

        def watched(*arguments: Any, **more: Any) -> Any:
            sent = deliver(*arguments, **more)
            self._times.append(time.monotonic())
            return sent

        self._world.deliver = watched  # type: ignore[method-assign]

    def _settings(self, base: str) -> dict[str, str]:
        plan = self._plan
        limits = {key: getattr(plan, key) for key in ("rate", "group", "read_timeout", "unknown_wait")}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_")}
        return {
            **kept,
            "DATABASE_URL": self._url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": base,
            "TELEGRAM_PAID_BROADCAST": "true",
            "DELIVERING": json.dumps(limits),
        }

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.core.reminders.delivering"]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def _stop(self) -> None:
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self._workers:
            worker.wait(30)
        self.outcome.peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    async def _kill_now_and_then(self) -> None:
        while not self._times:  # until they have started
            await asyncio.sleep(0.05)
        while self.outcome.kills < self._plan.kills and await self._open():
            await asyncio.sleep(self._plan.every * self._random.uniform(0.5, 1.5))
            number = self._random.randrange(WORKERS)
            worker = self._workers[number]
            worker.send_signal(signal.SIGKILL)
            await asyncio.to_thread(worker.wait)
            self.outcome.kills += 1
            self._workers[number] = self._start()

    async def _open(self) -> bool:
        query = select(OutboxRow.id).where(OutboxRow.finished_at.is_(None)).limit(1)
        held = select(OutboxRow.worker).where(
            OutboxRow.lease_until.is_not(None), OutboxRow.state == "sending"
        )
        async with self._engine.connect() as connection:
            workers = (await connection.execute(held)).scalars().all()
            self.outcome.most_open = max([self.outcome.most_open, *Counter(workers).values()])
            return await connection.scalar(query) is not None

    async def _judge(self) -> None:
        out, got = self.outcome, Counter(sent.text for sent in self._world.sent)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(*OutboxRow.__table__.c))).all()
        out.states = dict(Counter(row.state for row in rows))
        out.delivered = len(got)
        out.calls = self._world.calls["sendMessage"]
        for row in rows:
            self._judge_one(row, got[row.subject])
        if self._times:
            out.rate = len(self._times) / (self._times[-1] - self._times[0] or 1.0)

    def _judge_one(self, row: Any, times: int) -> None:
        out = self.outcome
        said = f"{row.subject}: {row.kind} {row.state} {row.reason} unknowns={row.unknowns} times={times}"
        out.doubted += row.unknowns > 0
        if times > 1:
            out.doubled += 1
            if not row.unknowns or row.kind == Kind.NOTICE or times > 2:
                out.wrongly.append(said)
        elif times == 0:
            allowed = 1 if row.kind == Kind.NOTICE else 2
            if row.state == "unknown" and row.unknowns == allowed:
                out.left_open += 1
            elif row.state != "gone" or int(row.subject) not in self._world.blocked:
                out.lost.append(said)
