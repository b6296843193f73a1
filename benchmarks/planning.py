"""What planning costs as ever more dossiers are followed: taking looks up, deciding, and keeping what follows.

The portal is a table in memory, so that only our own work is measured. Each size is measured by a sample of
looks, of which one in twenty brings a change. Every size has a process of its own, so that its peak memory is
its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from core import profile as profiles
from core.db import engine as engines
from core.db.migrate import upgrade
from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier, DossierView, Owner, Status
from core.dossiers.portals.connections import Limits
from core.dossiers.portals.router import Served
from core.dossiers.snapshots import Snapshots
from core.reminders import rules as functions
from core.reminders.plan import Rules
from core.reminders.refresh import Refresh
from core.reminders.saving import Entry, Saving
from core.reminders.timetable import Timetable
from core.reminders.watch import Watch
from core.secret import Secret
from tests.core.reminders.watching import PlainOutbox

SIZES = (100_000, 1_000_000)
SAMPLE = 5_000  # looks measured at each size
_EACH = 20  # dossiers a person follows
_NOW = dt.datetime(2026, 11, 16, 2, 0, tzinfo=dt.UTC)
_LIMITS = Limits(concurrency=200, refresh_per_second=1000)


class Source:
    """A portal that answers from its head; one dossier in twenty was finished since the last look."""

    def __init__(self) -> None:
        self.asked = 0

    def served(self, root: str) -> Served:
        return Served("bench", _LIMITS)

    async def dossier(self, code: DossierCode) -> Dossier:
        self.asked += 1
        number = int(code.text.rpartition("-")[2])
        status = Status.DONE if number % 20 == 0 else Status.PROCESSING
        view = DossierView(
            code.text,
            status,
            status.title,
            procedure_code="2.000635",
            procedure_name="Cấp bản sao trích lục hộ tịch",
            agency="UBND phường Tuy Hòa",
            received_at=_NOW - dt.timedelta(days=10),
            due_at=_NOW + dt.timedelta(days=1 + number % 20),
        )
        return Dossier(view, Owner(("+84905123456",), ("066099001234",)))


class Clock:
    """Goes on by a second with every batch, so that the pace of the portal holds nothing up."""

    def __init__(self) -> None:
        self.now = _NOW

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=1)
        return self.now


class Counting(PlainOutbox):
    """Counts what is put in."""

    rows = 0

    async def add(self, connection: AsyncConnection, rows: Iterable[Entry]) -> int:
        new = await super().add(connection, rows)
        self.rows += new
        return new


def seed(file: Path, size: int) -> None:
    """So many followed dossiers, each due at a moment of its own in the last and the coming day."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {size - 1})"
    code = "printf('H15.50.05.13-261008-%07d', i)"
    moment = "strftime('%Y-%m-%d %H:%M:%f', '2026-11-15 02:00:00', '+' || ((i * 7919) % 172800) || ' seconds') || '000'"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(
        f"{numbers} INSERT INTO followed (address, code, label, since) "
        f"SELECT 'zalo:' || (i / {_EACH}), {code}, '', '2026-11-01 02:00:00.000000' FROM n"
    )
    connection.execute(
        f"{numbers} INSERT INTO watch (code, root, next_at, status, since, checked_at, failures) "
        f"SELECT {code}, 'H15', {moment}, 4, '2026-11-01 02:00:00.000000', '2026-11-14 02:00:00.000000', 0 FROM n"
    )
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


async def _measure(file: Path, size: int) -> dict[str, float]:
    engine = engines.create(f"sqlite+aiosqlite:///{file}")
    await upgrade(engine)
    begun = time.perf_counter()
    seed(file, size)
    seeded = time.perf_counter() - begun
    source, outbox, watch = Source(), Counting(engine), Watch(engine, "bench")
    rules = Rules(functions, profiles.load("dak-lak").calendar(), Timetable())
    saving = Saving(engine, watch, Snapshots(engine, Secret("k" * 32)), outbox)
    clock = Clock()
    refresh = Refresh(engine, watch, source, saving, rules, clock, seconds=0)
    await refresh.tick()  # statements are compiled
    warm, before = source.asked, _resident()
    begun, worked = time.perf_counter(), time.process_time()
    while source.asked - warm < SAMPLE:
        clock.now += dt.timedelta(seconds=1)
        await refresh.tick()
    spent = time.perf_counter() - begun
    grown = _resident() - before
    looks, worked = source.asked - warm, time.process_time() - worked
    claims = await _claims(watch, engine, clock)
    await engine.dispose()
    return {
        "seeded": seeded, "looks": looks, "seconds": spent, "worked": worked, "rows": outbox.rows, "claim": claims,
        "peak": _peak(), "grown": grown,
    }  # fmt: skip


async def _claims(watch: Watch, engine: object, clock: Clock) -> float:
    """Looks taken up a second, without asking or keeping: what finding the next costs."""
    begun, taken = time.perf_counter(), 0
    for _ in range(50):
        async with engine.begin() as connection:  # type: ignore[attr-defined]
            taken += len(await watch.claim(connection, ["H15"], 400, clock()))
    return taken / (time.perf_counter() - begun)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def main() -> None:
    """Print the table, one process a size."""
    found = {}
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.planning", str(size)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        found[size] = json.loads(run.stdout.splitlines()[-1])
    print(
        "| followed dossiers | looks planned a second | processor time a look | taken up a second | rows of the outbox | peak memory | growth"
        " while planning |\n|---|---|---|---|---|---|---|"
    )
    for size, one in found.items():
        print(
            f"| {size:,} | {one['looks'] / one['seconds']:.0f} |"
            f" {1000 * one['worked'] / one['looks']:.2f} ms | {one['claim']:.0f} | {one['rows']:.0f} |"
            f" {one['peak']:.0f} MB | {one['grown']:+.0f} MB |"
        )
    small, large = (found[size] for size in (SIZES[0], SIZES[-1]))
    ratio = (large["worked"] / large["looks"]) / (small["worked"] / small["looks"])
    print(f"\nOne look among {SIZES[-1]:,} against {SIZES[0]:,}: {ratio:.2f}× the processor time.")
    print(f"Seeding took {' and '.join(str(round(one['seeded'])) + ' s' for one in found.values())}.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
            print(json.dumps(asyncio.run(_measure(Path(folder) / "planning.db", int(sys.argv[1])))))
    else:
        main()
