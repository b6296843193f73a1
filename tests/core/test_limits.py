"""Counting in the database: windows, many at once, taking back."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.limits import HOUR, Counters
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases


async def test_a_window_begins_with_its_first_event(engine: AsyncEngine) -> None:
    counters = Counters(engine)
    assert [await counters.hit("k", HOUR, NOW + n * dt.timedelta(minutes=20)) for n in range(3)] == [1, 2, 3]
    assert await counters.count("k", HOUR, NOW + dt.timedelta(minutes=59)) == 3
    assert await counters.count("k", HOUR, NOW + HOUR) == 0
    assert await counters.hit("k", HOUR, NOW + HOUR) == 1
    assert await counters.count("other", HOUR, NOW) == 0


async def test_of_many_at_once_each_gets_a_number_of_its_own(engine: AsyncEngine) -> None:
    counters = Counters(engine)
    numbers = await asyncio.gather(*(counters.hit("k", HOUR, NOW) for _ in range(40)))
    assert sorted(numbers) == list(range(1, 41))


async def test_taking_back_and_forgetting(engine: AsyncEngine) -> None:
    counters = Counters(engine)
    await counters.hit("k", HOUR, NOW)
    await counters.take_back("k")
    await counters.take_back("k")
    assert await counters.count("k", HOUR, NOW) == 0
    await counters.hit("k", HOUR, NOW)
    await counters.forget_old(NOW + dt.timedelta(days=3))
    assert await counters.count("k", HOUR, NOW) == 0
