"""The clock: what it does at once, what it makes up for, and in which zone it lives."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, Tick, last
from core.conversations.inbox import now_utc
from core.reminders.ticks import Ticks
from tests.conftest import until

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Deed:
    """Counts; waits when told to."""

    def __init__(self) -> None:
        self.times, self.go = 0, asyncio.Event()
        self.go.set()

    async def __call__(self) -> dict[str, Any]:
        self.times += 1
        await self.go.wait()
        return {}


def clock(engine: AsyncEngine, *ticks: Tick, worker: str = "host/-/1/a") -> Clock:
    return Clock(ticks, Ticks(engine, now_utc, worker), ZONE, now_utc)


async def test_at_once_and_then_every_so_often(engine: AsyncEngine) -> None:
    deed = Deed()
    made = clock(engine, Tick("deliver", deed, every=0.05))
    made.start()
    await until(lambda: deed.times >= 3)
    await made.stop()
    times = deed.times
    await asyncio.sleep(0.2)
    assert deed.times == times


async def test_never_twice_at_the_same_time_and_once_more_when_woken(engine: AsyncEngine) -> None:
    deed = Deed()
    deed.go.clear()
    made = clock(engine, Tick("deliver", deed, every=3600))
    made.start()
    await until(lambda: deed.times == 1)
    for _ in range(3):
        made.wake("deliver")
    await asyncio.sleep(0.05)
    assert deed.times == 1
    deed.go.set()
    await until(lambda: deed.times == 2)
    await asyncio.sleep(0.05)
    assert deed.times == 2
    await made.stop()


async def test_a_missed_time_of_day_is_made_up_for_by_one_process(engine: AsyncEngine) -> None:
    just = (now_utc() - dt.timedelta(minutes=5)).astimezone(ZONE).time()
    deed = Deed()
    clocks = [clock(engine, Tick("daily", deed, at=just), worker=f"host/-/{n}/a") for n in range(3)]
    for made in clocks:
        made.start()
    await until(lambda: deed.times >= 1)
    await asyncio.sleep(0.2)
    for made in clocks:
        await made.stop()
    assert deed.times == 1
    again = clock(engine, Tick("daily", deed, at=just))  # a restart on the same day
    again.start()
    await asyncio.sleep(0.2)
    await again.stop()
    assert deed.times == 1


async def test_a_failing_tick_goes_on(engine: AsyncEngine) -> None:
    times = 0

    async def fail() -> dict[str, Any]:
        nonlocal times
        times += 1
        raise ValueError

    made = clock(engine, Tick("deliver", fail, every=0.05))
    made.start()
    await until(lambda: times >= 3)
    await made.stop()
    beat = (await Ticks(engine, now_utc, "x").beats())["deliver"]
    assert (beat.well_at, beat.result) == (None, {"error": "ValueError"})


@pytest.mark.parametrize(
    ("at", "now", "expected"),
    [
        ("07:00", "2026-11-24T00:00:00+00:00", "2026-11-24T07:00:00+07:00"),  # at the very moment
        ("07:00", "2026-11-23T23:59:59+00:00", "2026-11-23T07:00:00+07:00"),
        ("00:00", "2026-12-31T17:00:00+00:00", "2027-01-01T00:00:00+07:00"),  # the year ends at home first
        ("23:59", "2026-12-31T17:00:00+00:00", "2026-12-31T23:59:00+07:00"),
        ("23:59", "2026-12-31T16:58:00+00:00", "2026-12-30T23:59:00+07:00"),
    ],
)
def test_the_last_time_of_day_is_that_of_the_province(at: str, now: str, expected: str) -> None:
    moment = dt.datetime.fromisoformat(now)
    assert last(dt.time.fromisoformat(at), moment, ZONE) == dt.datetime.fromisoformat(expected)


@pytest.mark.parametrize("when", [{}, {"every": 1.0, "at": dt.time(7)}])
def test_a_tick_has_one_kind_of_time(when: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either every or at"):
        Tick("x", Deed(), **when)
