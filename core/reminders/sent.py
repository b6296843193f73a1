"""What was sent to a person, as they may ask about it: by its code, the last one, and how it went.

Only messages to the person's own addresses are ever found. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import DeliveryRow, OutboxRow
from core.db.tables import ConsentRow, FollowedRow
from core.messages import Address
from core.people.same import same_person
from core.reminders.model import Kind
from core.reminders.sent_model import Consent, Sent, Tried

# Rows of which the person may have seen the message. One that is on its way has no end yet.
_SEEN = OutboxRow.state.in_(("sent", "unknown", "sending"))
_MOST = 20  # steps told of one message


class SentBook:
    """Reads what was sent."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def last(self, address: Address, since: dt.datetime, kind: Kind | None = None) -> Sent | None:
        """The newest message since a moment."""
        wanted = () if kind is None else (OutboxRow.kind == kind.value,)
        found = await self._find(address, 1, *wanted)
        return found[0] if found and found[0].at >= since else None

    async def newest(self, address: Address, number: int) -> Sequence[Sent]:
        """The newest messages, the newest first."""
        return await self._find(address, number)

    async def by_check(self, address: Address, codes: Collection[str]) -> Sent | None:
        """The newest message with one of these codes."""
        found = await self._find(address, 1, OutboxRow.check.in_(codes))
        return found[0] if found else None

    async def about(self, address: Address, subject: str, kind: Kind) -> Sent | None:
        """The newest message of a kind about a dossier."""
        found = await self._find(address, 1, OutboxRow.subject == subject, OutboxRow.kind == kind.value)
        return found[0] if found else None

    async def steps(self, sent: Sent) -> tuple[Tried, ...]:
        """What was tried to bring a message, in order."""
        query = select(DeliveryRow).where(DeliveryRow.outbox == sent.id).order_by(DeliveryRow.id).limit(_MOST)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Tried(r.step, r.address.partition(":")[0], r.at, r.outcome, r.cost) for r in rows)

    async def consent(self, address: Address, code: str) -> Consent | None:
        """Since when the person follows a dossier."""
        query = (
            select(ConsentRow.given_at, ConsentRow.withdrawn_at)
            .where(same_person(ConsentRow.address, str(address)), ConsentRow.purpose == f"follow:{code}")
            .order_by(ConsentRow.withdrawn_at.is_not(None), ConsentRow.given_at)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return Consent(row.given_at, row.withdrawn_at) if row else None

    async def follows(self, address: Address) -> bool:
        """Whether the person follows anything."""
        query = select(FollowedRow.code).where(same_person(FollowedRow.address, str(address))).limit(1)
        async with self._engine.connect() as connection:
            return await connection.scalar(query) is not None

    async def _find(self, address: Address, number: int, *which: ColumnElement[bool]) -> list[Sent]:
        at = func.coalesce(OutboxRow.finished_at, OutboxRow.due_at)
        query = (
            select(*OutboxRow.__table__.c)
            .where(same_person(OutboxRow.address, str(address)), _SEEN, *which)
            .order_by(at.desc(), OutboxRow.id.desc())
            .limit(number)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [_sent(row) for row in rows]


def _sent(row: Any) -> Sent:
    at = row.finished_at or row.due_at
    return Sent(row.id, Address.parse(row.address), row.subject, Kind(row.kind), row.occasion, row.check, at)
