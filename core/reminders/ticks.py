"""The heartbeat and the lease of everything the clock does.

One row a name: when it last began, ended and ended well, by whom, with what result. Monitoring reads it;
processes agree by it which of them does what only one may do at a time, and what was missed while none ran.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
from core.db.reminder_tables import TickRow

log = structlog.get_logger()
LEASE = dt.timedelta(seconds=60)
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Beat:
    """How one thing the clock does stands.

    Args:
        well_at: when it last ended without an error; old means that something is wrong.
        result: what it did that time; of a failed run the kind of the error.
    """

    name: str
    began_at: dt.datetime
    ended_at: dt.datetime | None
    well_at: dt.datetime | None
    worker: str
    result: Mapping[str, Any]


class Ticks:
    """The table of ticks.

    Args:
        worker: the name of this process.
        dead: whether a worker is known to have ended; its lease counts no more.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Callable[[], dt.datetime],
        worker: str,
        dead: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._engine, self._clock, self._worker, self._dead = engine, clock, worker, dead

    async def run(
        self,
        name: str,
        deed: Callable[[], Awaitable[Mapping[str, Any]]],
        *,
        alone: bool = False,
        since: dt.datetime | None = None,
    ) -> bool:
        """Do something and keep the heartbeat; False when another process does it, or has done it.

        An error of the deed is logged and kept as the result, never raised; errors of the database here are.

        Args:
            name: at most 40 letters.
            alone: take the lease, so that one process does it at a time.
            since: not again when it was begun since this moment and has ended well.
        """
        if not await self._begin(name, alone, since):
            return False
        renewing = asyncio.create_task(self._renew(name)) if alone else None
        try:
            result, well = dict(await deed()), True
        except Exception as error:  # the clock goes on whatever a deed raises
            log.error("tick_failed", tick=name, error=_kind(error))
            result, well = {"error": _kind(error)}, False
        finally:
            if renewing:
                renewing.cancel()
        await self._end(name, result, well, alone)
        return True

    async def beats(self) -> dict[str, Beat]:
        """All heartbeats by name."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(*TickRow.__table__.c))).all()
        return {r.name: Beat(r.name, r.began_at, r.ended_at, r.well_at, r.worker, r.result) for r in rows}

    async def _begin(self, name: str, alone: bool, since: dt.datetime | None) -> bool:
        now = self._clock()
        first = upsert.insert(self._engine, TickRow).values(name=name, began_at=_NEVER, worker="", result={})
        async with self._engine.begin() as connection:
            await connection.execute(first.on_conflict_do_nothing(index_elements=[TickRow.name]))
            holder = await connection.scalar(select(TickRow.worker).where(TickRow.name == name))
            free = or_(TickRow.lease_until.is_(None), TickRow.lease_until <= now)
            if holder and self._dead(holder):
                free = or_(free, TickRow.worker == holder)
            conditions = [TickRow.name == name]
            if alone:
                conditions.append(free)
            if since is not None:
                done = (TickRow.began_at >= since) & (TickRow.well_at >= TickRow.began_at)
                conditions.append(or_(TickRow.well_at.is_(None), ~done))
            values = {"began_at": now, "worker": self._worker, "lease_until": now + LEASE if alone else None}
            return (await connection.execute(update(TickRow).where(*conditions).values(values))).rowcount > 0

    async def _end(self, name: str, result: dict[str, Any], well: bool, alone: bool) -> None:
        now = self._clock()
        mine = [TickRow.name == name]
        if alone:  # who lost the lease to another leaves the row to it
            mine.append(TickRow.worker == self._worker)
        values: dict[str, Any] = {"ended_at": now, "lease_until": None, "result": result}
        values["well_at"] = now if well else TickRow.well_at
        async with self._engine.begin() as connection:
            await connection.execute(update(TickRow).where(*mine).values(values))

    async def _renew(self, name: str) -> None:
        mine = (TickRow.name == name, TickRow.worker == self._worker, TickRow.lease_until.is_not(None))
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                async with self._engine.begin() as connection:
                    statement = update(TickRow).where(*mine).values(lease_until=self._clock() + LEASE)
                    await connection.execute(statement)
            except Exception as error:  # whatever the driver raises: there are two more tries in a lease
                log.warning("tick_not_renewed", tick=name, error=type(error).__name__)


def _kind(error: Exception) -> str:
    """The kind of an error; of a group, the kind of its first."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
