"""The month's money, all processes together: taken before a paid step, given back when it cost nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
from core.db.reminder_tables import SpendingRow as Row


class Purse:
    """Never lets a month cost more than its ceiling. Errors of the database are raised as they are.

    Args:
        ceiling: of a month, in đồng.
        zone: of the province: where months begin.
    """

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], dt.datetime], zone: ZoneInfo, ceiling: int
    ) -> None:
        self._engine, self._clock, self._zone, self.ceiling = engine, clock, zone, ceiling

    @property
    def month(self) -> str:
        """``2026-11``."""
        return f"{self._clock().astimezone(self._zone):%Y-%m}"

    async def take(self, price: int) -> str | None:
        """Reserve money; gives the month it was taken from, None when it would pass the ceiling.

        A process that ends before it gives the money back leaves it spent: rather too little than too much.
        """
        if price > self.ceiling:
            return None
        month = self.month
        first = upsert.insert(self._engine, Row).values(month=month, spent=0)
        room = (Row.month == month, Row.spent + price <= self.ceiling)
        async with self._engine.begin() as connection:
            await connection.execute(first.on_conflict_do_nothing(index_elements=[Row.month]))
            taken = await connection.execute(update(Row).where(*room).values(spent=Row.spent + price))
        return month if taken.rowcount else None

    async def give_back(self, month: str, price: int) -> None:
        """Nothing was charged after all."""
        statement = update(Row).where(Row.month == month).values(spent=Row.spent - price)
        async with self._engine.begin() as connection:
            await connection.execute(statement)

    async def spent(self) -> int:
        """What this month cost so far, in đồng, what is under way included."""
        async with self._engine.connect() as connection:
            return await connection.scalar(select(Row.spent).where(Row.month == self.month)) or 0
