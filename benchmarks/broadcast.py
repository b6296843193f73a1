"""A notice to 100,000 subscribers on a simulated Telegram: kills, a pause, and a second one called off midway.

``python -m benchmarks.broadcast --size 20000`` for a smaller one. PostgreSQL as for ``reminders``.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.broadcasting import ZONE, ahead, many
from benchmarks.reminders import ENGINES, Databases, _served, _server
from benchmarks.subscribers import settle
from core import profile as profiles
from core.broadcasts.model import Content, Report, State, subject
from core.db import engine as engines
from core.db.reminder_tables import OutboxRow
from core.staff.rights import Role, Staff
from simulators.telegram.server import create
from simulators.telegram.state import World
from tests.conftest import ROOT
from tests.core.reminders.killing import TOKEN

SIZE, WORKERS = 100_000, 3
EVERY, PART = (
    5.0,
    40,
)  # between two kills: so many seconds, and of so many parts of all there is to do one is done
AT = 0.4  # of the recipients have ended when it is paused or called off
AUTHOR = Staff(1, "a", "A", frozenset({Role.ADMIN}), everywhere=True)
APPROVER = Staff(2, "b", "B", frozenset({Role.ADMIN}), everywhere=True)
WORDS = Content("Nghỉ lễ", "Các quầy một cửa nghỉ ngày mai và làm việc lại vào thứ Hai.")


@dataclass
class Outcome:
    """What came of it; times in milliseconds, ``seconds`` from the beginning to the end."""

    states: dict[str, int] = field(default_factory=dict)
    counted: int = 0
    recipients: int = 0
    kills: int = 0
    kills_while_fixing: int = 0
    twice: int = 0
    wrong: list[str] = field(default_factory=list)
    arrived: int = 0
    unknown_arrived: int = 0
    after_stop: int = 0
    during_pause: int = 0
    count_ms: float = 0.0
    report_ms: list[float] = field(default_factory=list)
    pause_ms: float = 0.0
    resume_ms: float = 0.0
    cancel_ms: float = 0.0
    seconds: float = 0.0
    logged: Counter[str] = field(default_factory=Counter)


class Play:
    """One database, one Telegram, three workers, one console (this process)."""

    def __init__(self, url: str, folder: pathlib.Path, size: int, *, cancelled: bool) -> None:
        self._url, self._folder, self._size, self._cancelled = url, folder, size, cancelled
        self._world = World(TOKEN, time.monotonic, stars=True, people=set(range(1, size + 1)))
        self._engine: AsyncEngine = engines.create(url)
        local = dt.datetime.now(ZONE)
        morning = dt.datetime.combine(dt.date(2026, 11, 25), dt.time(9), ZONE)  # a working day
        self._ahead = (morning - local).total_seconds()
        self._now = ahead(self._ahead)
        self._many = many(self._engine, profiles.load("dak-lak"), self._now)
        self._random, self._workers = random.Random(1), list[subprocess.Popen[bytes]]()
        self._environment: dict[str, str] = {}
        self._log = folder / f"{time.monotonic_ns()}.log"
        self.outcome = Outcome()

    async def run(self, serve: Any) -> Outcome:
        """Play until nothing is open."""
        await settle(self._engine, self._world, self._size, self._now() - dt.timedelta(days=30))
        self._environment = self._settings(await serve(create(self._world)))
        ident = await self._approved()
        began = time.monotonic()
        try:
            self._workers = [self._start() for _ in range(WORKERS)]
            killing = asyncio.create_task(self._kill(ident))
            await (self._call_off(ident) if self._cancelled else self._pause(ident))
            while not (await self._state(ident)).ended or await self._open(ident):
                await self._report(ident)
                await asyncio.sleep(0.5)
            killing.cancel()
            self.outcome.seconds = time.monotonic() - began
        finally:
            for worker in self._workers:
                worker.send_signal(signal.SIGTERM)
            for worker in self._workers:
                worker.wait(30)
        await self._judge(ident)
        self.outcome.logged = Counter(re.findall(r"\] (\w+) ", self._log.read_text()))
        await self._engine.dispose()
        return self.outcome

    async def _approved(self) -> int:
        parts, times = self._many, []
        for _ in range(5):
            began = time.perf_counter()
            count = await parts.audiences.count(WORDS)
            times.append(time.perf_counter() - began)
        self.outcome.count_ms, self.outcome.counted = sorted(times)[2] * 1000, count.recipients
        draft = await parts.drafts.create(AUTHOR, WORDS)
        await parts.approval.submit(AUTHOR, draft.id, draft.version)
        await parts.approval.approve(APPROVER, draft.id, draft.version)
        return draft.id

    async def _pause(self, ident: int) -> None:
        await self._until(ident, AT)
        out = self.outcome
        out.pause_ms = await _timed(self._many.steering.pause(AUTHOR, ident))
        await asyncio.sleep(6)  # what was being sent ends, the longest with a timeout
        before = len(self._world.sent)
        await asyncio.sleep(6)
        out.during_pause = len(self._world.sent) - before
        out.resume_ms = await _timed(self._many.steering.resume(AUTHOR, ident))

    async def _call_off(self, ident: int) -> None:
        await self._until(ident, AT)
        self.outcome.cancel_ms = await _timed(self._many.steering.cancel(AUTHOR, ident))
        await asyncio.sleep(6)
        before = len(self._world.sent)
        await asyncio.sleep(6)
        self.outcome.after_stop = len(self._world.sent) - before

    async def _until(self, ident: int, share: float) -> None:
        """Wait until so many have ended."""
        while True:
            report = await self._report(ident)
            if _ended(report) >= share * self.outcome.counted:
                return
            await asyncio.sleep(0.5)

    async def _report(self, ident: int) -> Report:
        began = time.perf_counter()
        report = await self._many.reports.report(ident)
        assert report
        if report.expanded:
            self.outcome.report_ms.append((time.perf_counter() - began) * 1000)
        return report

    async def _state(self, ident: int) -> State:
        found = await self._many.drafts.get(AUTHOR, ident)
        assert found
        return found.state

    async def _open(self, ident: int) -> bool:
        report = await self._report(ident)
        return _ended(report) < report.recipients

    async def _kill(self, ident: int) -> None:
        done = 0
        while True:
            await asyncio.sleep(EVERY * self._random.uniform(0.5, 1.5))
            report, found = await self._report(ident), await self._many.drafts.get(AUTHOR, ident)
            now_done = report.recipients + _ended(report)
            if now_done < done + 2 * self.outcome.counted / PART:  # a busy machine starts workers slowly
                continue
            done = now_done
            number = self._random.randrange(WORKERS)
            worker = self._workers[number]
            worker.send_signal(signal.SIGKILL)
            await asyncio.to_thread(worker.wait)
            self.outcome.kills += 1
            self.outcome.kills_while_fixing += bool(found and found.began_at and not found.expanded)
            self._workers[number] = self._start()

    def _settings(self, base: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_")}
        return {
            **kept,
            "DATABASE_URL": self._url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": base,
            "TELEGRAM_PAID_BROADCAST": "true",
            "BROADCASTING": json.dumps(self._ahead),
        }

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "benchmarks.broadcasting"]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    async def _judge(self, ident: int) -> None:
        """Each recipient ended once; what arrived was sent or doubtful, and nothing arrived twice."""
        out, got = self.outcome, Counter(f"telegram:{sent.chat}" for sent in self._world.sent)
        query = select(OutboxRow.address, OutboxRow.state).where(OutboxRow.subject == subject(ident))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        report = await self._many.reports.report(ident)
        assert report
        out.states = dict(Counter(row.state for row in rows))
        out.recipients, out.arrived = report.recipients, got.total()
        out.twice = sum(1 for number in got.values() if number > 1)
        for row in rows:
            times = got.pop(row.address, 0)
            out.unknown_arrived += row.state == "unknown" and times > 0
            if row.state != "unknown" and (row.state == "sent") != (times == 1):
                out.wrong.append(f"{row.state}, arrived {times} times")
        out.wrong += [f"no recipient, arrived {times} times" for times in got.values()]
        if sum(out.states.values()) != report.recipients:
            out.wrong.append("the report does not add up")


def _ended(report: Report) -> int:
    return report.recipients - report.of("waiting", "held", "sending")


async def _timed(deed: Any) -> float:
    began = time.perf_counter()
    await deed
    return (time.perf_counter() - began) * 1000


LINES: dict[str, Any] = {
    "subscribers counted as recipients, in ms": lambda o: f"{o.counted} in {o.count_ms:.0f}",
    "recipients when it ended": lambda o: o.recipients,
    "kills, of these while recipients were fixed": lambda o: f"{o.kills}, {o.kills_while_fixing}",
    "how they ended": lambda o: ", ".join(f"{n} {s}" for s, n in sorted(o.states.items())),
    "arrived, of these of unknown outcome": lambda o: f"{o.arrived}, {o.unknown_arrived}",
    "arrived twice": lambda o: o.twice,
    "otherwise than reported": lambda o: len(o.wrong),
    "report, median and worst of ms beside all that": lambda o: _middle(o.report_ms),
    "warnings and errors of the workers": lambda o: (
        ", ".join(f"{n} {s}" for s, n in o.logged.items()) or "none"
    ),
    "seconds": lambda o: f"{o.seconds:.0f}",
}


def _middle(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{ordered[len(ordered) // 2]:.0f}, {ordered[-1]:.0f}" if ordered else "-"


def main(size: int = SIZE, kinds: tuple[str, ...] = ENGINES) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder, _server() as server:
        asyncio.run(_main(Databases(pathlib.Path(folder), server), size, kinds))


async def _main(databases: Databases, size: int, kinds: tuple[str, ...]) -> None:
    for cancelled in (False, True):
        found = []
        for kind in kinds:
            async with databases.one(kind) as url, _served() as serve:
                found.append(await Play(url, databases.folder, size, cancelled=cancelled).run(serve))
        stop = {"called off, ms": lambda o: f"{o.cancel_ms:.0f}", "arrived later": lambda o: o.after_stop}
        rest = {
            "paused, resumed, ms": lambda o: f"{o.pause_ms:.0f}, {o.resume_ms:.0f}",
            "arrived during the pause": lambda o: o.during_pause,
        }
        title = f"{size} subscribers, three workers, kills, {'called off' if cancelled else 'paused'} midway"
        print(f"\n| {title} | {' | '.join(kinds)} |\n|---{'|---' * len(kinds)}|")
        for name, of in {**LINES, **(stop if cancelled else rest)}.items():
            print(f"| {name} | {' | '.join(str(of(outcome)) for outcome in found)} |", flush=True)
        for outcome in found:
            for line in sorted(Counter(outcome.wrong).items()):
                print(f"wrong: {line}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--on", choices=ENGINES, action="append")
    asked = parser.parse_args()
    main(asked.size, tuple(asked.on or ENGINES))
