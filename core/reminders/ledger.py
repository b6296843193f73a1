"""The ledger: what was tried to bring each message to its person, what it cost and how it ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.reminder_tables import DeliveryRow
from core.reminders.contract import Step

_TRACKING = "nhac-"
KEEP = dt.timedelta(days=400)  # a year's accounts and the questions about them


async def write(
    connection: AsyncConnection, steps: Iterable[tuple[int, Sequence[Step]]], at: dt.datetime
) -> None:
    """Add one row a step: pairs of an outbox id and what was tried for it."""
    rows = [
        {
            "outbox": ident,
            "step": step.step,
            "address": step.address,
            "at": at,
            "outcome": step.outcome,
            "reason": step.reason[:80] if step.reason else None,
            "cost": step.cost,
        }
        for ident, tried in steps
        for step in tried
    ]
    if rows:
        await connection.execute(insert(DeliveryRow), rows)


def tracking(outbox: int) -> str:
    """What a platform's delivery report names a message by."""
    return f"{_TRACKING}{outbox}"


class Ledger:
    """Reads the ledger, and keeps what platforms report afterwards."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of(self, outbox: int) -> tuple[Step, ...]:
        """What was tried for one message, in order."""
        query = select(DeliveryRow).where(DeliveryRow.outbox == outbox).order_by(DeliveryRow.id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Step(r.step, r.address, r.outcome, r.reason, r.cost) for r in rows)

    async def spent(self, since: dt.datetime, until: dt.datetime) -> dict[tuple[str, str], tuple[int, int]]:
        """How many steps of each (step, outcome) there were and what they cost together, in đồng."""
        row = DeliveryRow
        query = (
            select(row.step, row.outcome, func.count(), func.coalesce(func.sum(row.cost), 0))
            .where(row.at >= since, row.at < until)
            .group_by(row.step, row.outcome)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return {(step, outcome): (number, cost) for step, outcome, number, cost in found}

    async def delivered(self, tracked: str) -> bool:
        """A template reached a telephone: its step is ``delivered``. False when it is none of ours."""
        ident = tracked.removeprefix(_TRACKING)
        if not tracked.startswith(_TRACKING) or not ident.isascii() or not ident.isdigit() or len(ident) > 18:
            return False
        row = DeliveryRow
        mine = (row.outbox == int(ident), row.step == "template", row.outcome.in_(("sent", "unknown")))
        async with self._engine.begin() as connection:
            result = await connection.execute(update(row).where(*mine).values(outcome="delivered"))
        return result.rowcount > 0

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what happened longer than KEEP ago."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(DeliveryRow).where(DeliveryRow.at < now - KEEP))
