"""What waits in the outbox about one dossier, and taking it back before it is sent.

A row that a worker is already sending stays: what is on the wire cannot be called back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.reminder_tables import OutboxRow
from core.reminders.model import Planned
from core.reminders.plan import Occasion

UNFOLLOWED = "unfollowed"
# Why the rules took something back; a portal that told nonsense for a while may say the opposite later.
UNTRUE = (
    "paid", "collected", "settled", "state_changed", "deadline_moved", "due_moved", "superseded", "past"
)  # fmt: skip
_TAKEN_BACK = (OutboxRow.state == "dropped") & OutboxRow.reason.in_(UNTRUE) & (OutboxRow.unknowns == 0)
# "unknown" without an end: it may have arrived and would be tried once more.
_UNSENT = OutboxRow.finished_at.is_(None) & OutboxRow.state.in_(("pending", "claimed", "unknown"))


@dataclass(frozen=True, slots=True)
class Stands:
    """The kinds and occasions that wait, and those that were taken back as untrue before they were sent."""

    waiting: frozenset[Occasion]
    untrue: frozenset[Occasion]


async def stands(connection: AsyncConnection, code: str) -> Stands:
    """How the messages about a dossier stand."""
    waits: set[Occasion] = set()
    untrue: set[Occasion] = set()
    for row in await connection.execute(_STANDS, {"of": code}):
        (untrue if row.state == "dropped" else waits).add((row.kind, row.occasion))
    return Stands(frozenset(waits), frozenset(untrue))


async def revive(connection: AsyncConnection, code: str, planned: Planned) -> int:
    """The portal takes back what made a message untrue: let it wait again; says how many rows."""
    done: CursorResult[Any] = await connection.execute(
        update(OutboxRow)
        .where(
            OutboxRow.subject == code,
            _TAKEN_BACK,
            OutboxRow.kind == planned.kind.value,
            OutboxRow.occasion == planned.occasion,
        )
        .values(
            state="pending",
            reason=None,
            finished_at=None,
            due_at=planned.at,
            expires_at=planned.expires_at,
        )
    )
    return done.rowcount


_STANDS = (
    select(OutboxRow.kind, OutboxRow.occasion, OutboxRow.state)
    .where(OutboxRow.subject == bindparam("of"), _UNSENT | _TAKEN_BACK)
    .distinct()
)


async def drop(
    connection: AsyncConnection, code: str, gone: Sequence[Occasion], reason: str, now: dt.datetime
) -> int:
    """Take messages back from everybody; says how many rows."""
    dropped = 0
    for kind, occasion in gone:
        dropped += await _drop(
            connection, code, reason, now, OutboxRow.kind == kind, OutboxRow.occasion == occasion
        )
    return dropped


async def drop_all(connection: AsyncConnection, code: str, now: dt.datetime) -> int:
    """Nobody follows the dossier any more."""
    return await _drop(connection, code, UNFOLLOWED, now)


async def drop_of(connection: AsyncConnection, code: str, addresses: Sequence[str], now: dt.datetime) -> int:
    """These addresses do not follow it any more."""
    return await _drop(connection, code, UNFOLLOWED, now, OutboxRow.address.in_(addresses))


async def forget_unfollowed(connection: AsyncConnection, code: str, addresses: Sequence[str]) -> None:
    """They follow it again: what was taken back then, and never sent, may be planned anew."""
    await connection.execute(
        delete(OutboxRow).where(
            OutboxRow.subject == code,
            OutboxRow.state == "dropped",
            OutboxRow.reason == UNFOLLOWED,
            OutboxRow.unknowns == 0,
            OutboxRow.address.in_(addresses),
        )
    )


async def _drop(
    connection: AsyncConnection, code: str, reason: str, now: dt.datetime, *which: ColumnElement[bool]
) -> int:
    done: CursorResult[Any] = await connection.execute(
        update(OutboxRow)
        .where(OutboxRow.subject == code, _UNSENT, *which)
        .values(state="dropped", reason=reason, finished_at=now, body=None, worker=None, lease_until=None)
    )
    return done.rowcount
