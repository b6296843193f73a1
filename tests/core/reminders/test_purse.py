"""The month's money under many hands, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from core.reminders.purse import Purse

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 11, 30, 16, 59, tzinfo=dt.UTC)  # 23:59 in the province


async def test_many_at_once_never_pass_the_ceiling(engine: AsyncEngine) -> None:
    purses = [Purse(engine, lambda: NOW, ZONE, 10_000) for _ in range(4)]
    taken = await asyncio.gather(*(purse.take(560) for purse in purses for _ in range(8)))
    assert sum(month is not None for month in taken) == 17
    assert await purses[0].spent() == 17 * 560
    await purses[1].give_back("2026-11", 560)
    assert await purses[2].take(560) == "2026-11"
    assert await purses[3].take(560) is None


async def test_a_month_begins_in_the_province(engine: AsyncEngine) -> None:
    now = [NOW]
    purse = Purse(engine, lambda: now[0], ZONE, 600)
    assert await purse.take(560) == "2026-11"
    now[0] += dt.timedelta(minutes=1)
    assert await purse.take(560) == "2026-12"
    await purse.give_back("2026-11", 560)
    assert await purse.spent() == 560
    assert await Purse(engine, lambda: now[0], ZONE, 0).take(1) is None
