"""The same message to another address of the same person: they are told once, whichever comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import OutboxRow
from core.messages import Address
from core.reminders import gone
from core.reminders.model import Outgoing

SOON = dt.timedelta(minutes=5)
_TOLD = ("sent", "unknown")
_UNDER_WAY = ("claimed", "sending")


class Twins:
    """Looks into the outbox. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._clock = engine, clock

    async def standing(
        self, outgoing: Outgoing, others: Sequence[Address]
    ) -> Literal["told", "under_way", "free"]:
        """Whether the person was told this at another address, or is about to be.

        Of two that go at the same time the one with the lower id does, so that both never wait for each other;
        one that is not due yet is not waited for.
        """
        row, names = OutboxRow, [str(other) for other in others]
        same = (
            row.subject == outgoing.subject,
            row.kind == str(outgoing.kind),
            row.occasion == outgoing.occasion,
        )
        query = select(row.id, row.state, row.due_at).where(row.address.in_(names), *same)
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        if any(twin.state in _TOLD for twin in found):
            return "told"
        soon = self._clock() + SOON
        ahead = (
            twin.id < outgoing.id
            and (twin.state in _UNDER_WAY or (twin.state == "pending" and twin.due_at <= soon))
            for twin in found
        )
        return "under_way" if any(ahead) else "free"

    async def reachable(self, others: Sequence[Address]) -> tuple[Address, ...]:
        """Those of the addresses that are not gone, in order."""
        async with self._engine.connect() as connection:
            away = await gone.among(connection, [str(other) for other in others])
        return tuple(other for other in others if str(other) not in away)
