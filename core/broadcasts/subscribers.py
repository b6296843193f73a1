"""Who agreed to get general notices, and of which commune. Errors of the database are raised as they are.

A consent is given at one address and recorded there with the text that was shown; withdrawing it counts for every
address of the person, at once: what waits for them is dropped in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts.model import PURPOSE
from core.db import upsert
from core.db.broadcast_tables import NoticeSubscriberRow
from core.db.reminder_tables import OutboxRow
from core.db.tables import ConsentRow
from core.messages import Address
from core.people.same import same_person
from core.reminders.model import Kind

WORDING = "2026-11-notices"  # which text of the consent was shown; a new text gets a new name
WITHDRAWN = "no_consent"  # why what waited was dropped
# What a worker has claimed it finds gone when it begins; what is on the wire cannot be called back.
_WAITS = OutboxRow.state.in_(("pending", "claimed", "held")) | (
    (OutboxRow.state == "unknown") & OutboxRow.finished_at.is_(None)
)
_DONE: dict[str, Any] = {"body": None, "worker": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody gets: the province's notices and, with ``unit``, those of that commune."""

    unit: str | None
    since: dt.datetime


class Subscribers:
    """Reads and writes who wants notices."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._put = upsert.insert(engine, NoticeSubscriberRow).on_conflict_do_nothing()

    async def get(self, address: Address) -> Subscription | None:
        """What the person gets, whichever of their addresses they said it at; None when nothing."""
        row = NoticeSubscriberRow
        query = (
            select(row.unit, row.since)
            .where(same_person(row.address, str(address)))
            .order_by(row.since.desc(), row.address)
            .limit(1)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).first()
        return Subscription(found.unit, found.since) if found else None

    async def put(self, address: Address, unit: str | None, now: dt.datetime) -> None:
        """The person agreed to get notices, or names another commune.

        Args:
            unit: official number of the commune; None for the province's notices alone.
        """
        row, mine = NoticeSubscriberRow, {"address": str(address), "unit": unit, "since": now}
        async with self._engine.begin() as connection:
            whose = same_person(row.address, str(address))
            changed = await connection.execute(update(row).where(whose).values(unit=unit))
            if changed.rowcount == 0:
                await connection.execute(self._put, mine)
                await self._consent(connection, address, now)

    async def end(self, address: Address, now: dt.datetime) -> bool:
        """The person wants no notices any more; says whether they got any."""
        row, own = NoticeSubscriberRow, str(address)
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(row).where(same_person(row.address, own)))
            given = (ConsentRow.purpose == PURPOSE, ConsentRow.withdrawn_at.is_(None))
            await connection.execute(
                update(ConsentRow)
                .where(same_person(ConsentRow.address, own), *given)
                .values(withdrawn_at=now)
            )
            await connection.execute(
                update(OutboxRow)
                .where(same_person(OutboxRow.address, own), OutboxRow.kind == Kind.NOTICE.value, _WAITS)
                .values(state="dropped", reason=WITHDRAWN, finished_at=now, **_DONE)
            )
        return gone.rowcount > 0

    async def _consent(self, connection: AsyncConnection, address: Address, now: dt.datetime) -> None:
        given = (ConsentRow.purpose == PURPOSE, ConsentRow.withdrawn_at.is_(None))
        there = select(ConsentRow.id).where(ConsentRow.address == str(address), *given).limit(1)
        if await connection.scalar(there) is None:
            values = {"address": str(address), "purpose": PURPOSE, "wording": WORDING, "given_at": now}
            await connection.execute(upsert.insert(connection, ConsentRow).values(values))
