"""How often something may happen, counted in the database so that every process shares the count."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.tables import CounterRow

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
_KEEP = dt.timedelta(days=2)


class Counters:
    """Counts by key. A window starts with its first event and ends ``window`` later."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._insert: Any = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    async def hit(self, key: str, window: dt.timedelta, now: dt.datetime) -> int:
        """Count one event and say how many there are in the window, this one included.

        One statement, so that many at once are all counted: whoever gets a number above the limit
        has to stop.
        """
        over = CounterRow.started_at <= now - window
        statement = self._insert(CounterRow).values(key=key, started_at=now, count=1)
        statement = statement.on_conflict_do_update(
            index_elements=[CounterRow.key],
            set_={
                "count": case((over, 1), else_=CounterRow.count + 1),
                "started_at": case((over, now), else_=CounterRow.started_at),
            },
        ).returning(CounterRow.count)
        async with self._engine.begin() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def count(self, key: str, window: dt.timedelta, now: dt.datetime) -> int:
        """How many events there are in the window, without counting one."""
        query = select(CounterRow.count).where(CounterRow.key == key, CounterRow.started_at > now - window)
        async with self._engine.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def take_back(self, key: str) -> None:
        """Uncount one event that turned out harmless."""
        statement = (
            update(CounterRow)
            .where(CounterRow.key == key, CounterRow.count > 0)
            .values(count=CounterRow.count - 1)
        )
        async with self._engine.begin() as connection:
            await connection.execute(statement)

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete counters whose window is long over."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(CounterRow).where(CounterRow.started_at < now - _KEEP))
