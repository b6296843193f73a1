"""How often something may happen, counted in the database so that every process shares the count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
from core.db.engine import transact
from core.db.tables import CounterRow

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
LASTING = "month:"  # counters whose key begins so are kept for two months: they count the platform's plan
_KEEP = dt.timedelta(days=2)
_KEEP_LASTING = dt.timedelta(days=62)


class Counting:
    """Counts within the transaction of a connection; always take the keys in the same order."""

    def __init__(self, connection: Connection, hit: Any) -> None:
        self._connection, self._hit = connection, hit

    def hit(self, key: str, window: dt.timedelta, now: dt.datetime) -> int:
        """As :meth:`Counters.hit`."""
        values = {"of": key, "at": now, "begun": now - window}
        return int(self._connection.execute(self._hit, values).scalar_one())

    def counts(self, windows: Mapping[str, dt.timedelta], now: dt.datetime) -> dict[str, int]:
        """For each key how many events there are in its window, in one statement; counts none."""
        values: dict[str, Any] = {}
        for number, (key, window) in enumerate(windows.items()):
            values[f"of{number}"], values[f"begun{number}"] = key, now - window
        row = self._connection.execute(_counts(len(windows)), values).one()
        return {key: count or 0 for key, count in zip(windows, row, strict=True)}


class Counters:
    """Counts by key. A window starts with its first event and ends ``window`` later."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._hit = _hit(engine)

    def within(self, connection: Connection) -> Counting:
        """Counting in the transaction of a connection of the same database."""
        return Counting(connection, self._hit)

    async def hit(self, key: str, window: dt.timedelta, now: dt.datetime) -> int:
        """Count one event and say how many there are in the window, this one included.

        One statement, so that many at once are all counted: whoever gets a number above the limit
        has to stop.
        """
        return await transact(self._engine, lambda c: self.within(c).hit(key, window, now))

    async def count(self, key: str, window: dt.timedelta, now: dt.datetime) -> int:
        """How many events there are in the window, without counting one."""
        return await transact(self._engine, lambda c: self.within(c).counts({key: window}, now)[key])

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
        lasting = CounterRow.key.startswith(LASTING, autoescape=True)
        keep_from = case((lasting, now - _KEEP_LASTING), else_=now - _KEEP)
        async with self._engine.begin() as connection:
            await connection.execute(delete(CounterRow).where(CounterRow.started_at < keep_from))


@cache
def _counts(number: int) -> Any:
    """Counts of the keys ``of0``, ``of1``, … whose windows began after ``begun0``, …; NULL where there are none."""
    return select(
        *(
            select(CounterRow.count)
            .where(CounterRow.key == bindparam(f"of{n}"), CounterRow.started_at > bindparam(f"begun{n}"))
            .scalar_subquery()
            for n in range(number)
        )
    )


def _hit(engine: AsyncEngine) -> Any:
    """Counts one event of the key ``of`` at ``at``; a window of before ``begun`` is over and starts anew."""
    at = bindparam("at", type_=CounterRow.started_at.type)
    over = CounterRow.started_at <= bindparam("begun")
    first = upsert.insert(engine, CounterRow).values(key=bindparam("of"), started_at=at, count=1)
    return first.on_conflict_do_update(
        index_elements=[CounterRow.key],
        set_={
            "count": case((over, 1), else_=CounterRow.count + 1),
            "started_at": case((over, at), else_=CounterRow.started_at),
        },
    ).returning(CounterRow.count)
