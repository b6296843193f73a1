"""Heartbeats and leases, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import TickRow
from core.reminders import ticks as ticking
from core.reminders.ticks import LEASE, Ticks
from tests.conftest import NOW
from tests.core.reminders.posted import ME, MINUTE, SECOND, Clock

OTHER = "host/-/2/other"


class Deed:
    """Counts; waits, or fails, when told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times, self.error = 0, error
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> dict[str, Any]:
        self.times += 1
        await self.go.wait()
        if self.error:
            raise self.error
        return {"sent": self.times}


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_heartbeat_says_when_and_what(engine: AsyncEngine, clock: Clock) -> None:
    ticks, deed = Ticks(engine, clock, ME), Deed()
    assert await ticks.run("deliver", deed)
    beat = (await ticks.beats())["deliver"]
    assert (beat.began_at, beat.ended_at, beat.well_at, beat.worker) == (NOW, NOW, NOW, ME)
    assert beat.result == {"sent": 1}


async def test_a_failure_shows_and_the_last_good_end_stays(engine: AsyncEngine, clock: Clock) -> None:
    ticks = Ticks(engine, clock, ME)
    await ticks.run("deliver", Deed())
    clock.now += MINUTE
    assert await ticks.run("deliver", Deed(ExceptionGroup("", [ValueError("of somebody")])))
    beat = (await ticks.beats())["deliver"]
    assert (beat.ended_at, beat.well_at) == (NOW + MINUTE, NOW)
    assert beat.result == {"error": "ValueError"}


async def test_one_at_a_time_where_only_one_may(engine: AsyncEngine, clock: Clock) -> None:
    mine, others, deed = Ticks(engine, clock, ME), Ticks(engine, clock, OTHER), Deed()
    deed.go.clear()
    running = asyncio.create_task(mine.run("plan", deed, alone=True))
    while not deed.times:
        await asyncio.sleep(0.01)
    assert not await others.run("plan", Deed(), alone=True)
    assert await others.run("deliver", Deed())
    deed.go.set()
    assert await running
    assert await others.run("plan", Deed(), alone=True)


async def test_a_lease_ends_with_its_worker_or_its_time(engine: AsyncEngine, clock: Clock) -> None:
    deed, mine = Deed(), Ticks(engine, clock, ME)
    deed.go.clear()
    running = asyncio.create_task(mine.run("plan", deed, alone=True))
    while not deed.times:
        await asyncio.sleep(0.01)
    knowing = Ticks(engine, clock, OTHER, dead=lambda worker: worker == ME)
    assert await knowing.run("plan", Deed(), alone=True)
    deed.go.set()
    assert await running
    assert (await mine.beats())["plan"].worker == OTHER  # who lost the lease leaves the heartbeat alone

    deed.go.clear()
    running = asyncio.create_task(mine.run("plan", deed, alone=True))
    while deed.times < 2:
        await asyncio.sleep(0.01)
    clock.now += LEASE
    assert await Ticks(engine, clock, OTHER).run("plan", Deed(), alone=True)
    deed.go.set()
    await running


async def test_a_lease_is_renewed_while_it_is_needed(
    engine: AsyncEngine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "LEASE", LEASE / 1000)
    deed, mine = Deed(), Ticks(engine, clock, ME)
    deed.go.clear()
    running = asyncio.create_task(mine.run("plan", deed, alone=True))
    while not deed.times:
        await asyncio.sleep(0.01)
    clock.now += LEASE
    async with asyncio.timeout(10):
        while await _lease_ends(engine) <= clock.now:
            await asyncio.sleep(0.01)
    assert not await Ticks(engine, clock, OTHER).run("plan", Deed(), alone=True)
    deed.go.set()
    await running


async def _lease_ends(engine: AsyncEngine) -> dt.datetime:
    async with engine.connect() as connection:
        return await connection.scalar(select(TickRow.lease_until))  # type: ignore[return-value]


async def test_what_was_done_since_is_not_done_again_unless_it_failed(
    engine: AsyncEngine, clock: Clock
) -> None:
    mine, others = Ticks(engine, clock, ME), Ticks(engine, clock, OTHER)
    clock.now += SECOND
    assert await mine.run("daily", Deed(ValueError()), alone=True, since=NOW)
    assert await others.run("daily", Deed(), alone=True, since=NOW)
    assert not await mine.run("daily", Deed(), alone=True, since=NOW)
    clock.now += MINUTE
    assert await mine.run("daily", Deed(), alone=True, since=NOW + MINUTE)
