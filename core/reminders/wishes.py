"""What a person chose about being told, kept for all of their addresses.

A choice is written to every address of the person, so that each keeps it when they part. Where addresses that
chose differently were linked later, the newest choice counts, but "stop" said anywhere holds everywhere.
Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.reminder_tables import OutboxRow, WishesRow
from core.db.tables import FollowedRow, LinkRow
from core.messages import Address
from core.people.same import same_person
from core.reminders.model import Kind, Wishes

STOPPED = "stopped"  # why what waited was dropped
# "unknown" without an end may have arrived and would be tried once more. What a worker has claimed it finds
# gone when it begins; what is on the wire cannot be called back.
_WAITS = OutboxRow.finished_at.is_(None) & OutboxRow.state.in_(("pending", "claimed", "unknown"))

_DONE: dict[str, Any] = {"body": None, "worker": None, "lease_until": None}


class WishBook:
    """Reads and writes wishes by address."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._put = upsert.replace(engine, WishesRow)

    async def get(self, address: Address) -> Wishes:
        """What holds for the person; the defaults when they never chose."""
        query = (
            select(WishesRow.__table__)
            .where(same_person(WishesRow.address, str(address)))
            .order_by(WishesRow.updated_at.desc(), WishesRow.address)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return _wishes(rows)

    async def put(self, address: Address, wishes: Wishes, now: dt.datetime) -> None:
        """Keep wishes. Use ``stop`` and ``resume`` for stopping and beginning again."""
        async with self._engine.begin() as connection:
            await self._write(connection, address, wishes, now)

    async def stop(self, address: Address, now: dt.datetime) -> int:
        """Nothing more to this person; what waits for them is dropped in the same transaction. Says how many."""
        wishes = await self.get(address)
        stopped = Wishes(wishes.off, wishes.hours, wishes.quiet_changes, None, stopped=True)
        async with self._engine.begin() as connection:
            await self._write(connection, address, stopped, now)
            statement = (
                update(OutboxRow)
                .where(same_person(OutboxRow.address, str(address)), _WAITS)
                .values(state="dropped", reason=STOPPED, finished_at=now, **_DONE)
            )
            done: CursorResult[Any] = await connection.execute(statement)
            return done.rowcount

    async def resume(self, address: Address, now: dt.datetime) -> int:
        """Begin again: no stop, no pause. Of what was dropped about dossiers they still follow, the part that
        lies ahead waits again; what came due meanwhile does not, so that nobody is flooded. Says how many."""
        wishes = await self.get(address)
        again = Wishes(wishes.off, wishes.hours, wishes.quiet_changes)
        still = select(FollowedRow.code).where(same_person(FollowedRow.address, str(address)))
        async with self._engine.begin() as connection:
            await self._write(connection, address, again, now)
            statement = (
                update(OutboxRow)
                .where(
                    same_person(OutboxRow.address, str(address)),
                    OutboxRow.state == "dropped",
                    OutboxRow.reason == STOPPED,
                    OutboxRow.unknowns == 0,
                    OutboxRow.due_at > now,
                    OutboxRow.subject.in_(still),
                )
                .values(state="pending", reason=None, finished_at=None)
            )
            done: CursorResult[Any] = await connection.execute(statement)
            return done.rowcount

    async def _write(
        self, connection: AsyncConnection, address: Address, wishes: Wishes, now: dt.datetime
    ) -> None:
        me = select(LinkRow.person).where(LinkRow.address == str(address)).scalar_subquery()
        linked = await connection.scalars(select(LinkRow.address).where(LinkRow.person == me))
        everywhere = sorted({str(address), *linked})
        await connection.execute(self._put, [_row(one, wishes, now) for one in everywhere])


def _row(address: str, wishes: Wishes, now: dt.datetime) -> dict[str, Any]:
    opens, closes = wishes.hours or (None, None)
    return {
        "address": address,
        "off": sorted(kind.value for kind in wishes.off),
        "from_minute": _minute(opens),
        "until_minute": _minute(closes),
        "quiet_changes": wishes.quiet_changes,
        "paused_until": wishes.paused_until,
        "stopped": wishes.stopped,
        "updated_at": now,
    }


def _wishes(rows: Sequence[Any]) -> Wishes:
    if not rows:
        return Wishes()
    row, known = rows[0], set(Kind)
    hours = None
    if row.from_minute is not None and row.until_minute is not None:
        hours = (_time(row.from_minute), _time(row.until_minute))
    off = frozenset(Kind(name) for name in row.off if name in known)  # a kind may be given up one day
    return Wishes(off, hours, row.quiet_changes, row.paused_until, any(one.stopped for one in rows))


def _minute(moment: dt.time | None) -> int | None:
    return None if moment is None else moment.hour * 60 + moment.minute


def _time(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))
