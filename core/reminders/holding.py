"""Holding back everything that waits about one subject: a notice that is paused, called off or over.

While a subject stands in the table of holds, no worker begins a message about it (see ``claims.begin``), so what
a worker has in hand, or gives back to wait, does not go either. The rows themselves leave the queue in one
statement: held ones are finished for everybody until they are let go, and so hold nobody up and never expire.

Every function works in the caller's transaction. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import upsert
from core.db.reminder_tables import OutboxHoldRow, OutboxRow

HELD = "held"
_WAITS = ("pending", "claimed")
_FREE: dict[str, Any] = {"worker": None, "lease_until": None}


async def stop(connection: AsyncConnection, subject: str, now: dt.datetime) -> None:
    """Let no worker begin anything about a subject; what waits stays where it is."""
    row = upsert.insert(connection, OutboxHoldRow).values(subject=subject, since=now)
    await connection.execute(row.on_conflict_do_nothing(index_elements=[OutboxHoldRow.subject]))


async def hold(connection: AsyncConnection, subject: str, now: dt.datetime, most: int | None = None) -> int:
    """Stop, and take what waits out of the queue until :func:`let_go`; says how many rows.

    Args:
        most: rows touched at once; None for all.
    """
    await stop(connection, subject, now)
    values = {"state": HELD, "reason": HELD, "finished_at": now}
    return await _take(connection, subject, _WAITS, most, values)


async def let_go(connection: AsyncConnection, subject: str) -> int:
    """Go on where it stopped; says how many rows wait again."""
    await forget(connection, subject)
    values = {"state": "pending", "reason": None, "finished_at": None}
    return await _take(connection, subject, (HELD,), None, values)


async def end(
    connection: AsyncConnection,
    subject: str,
    state: str,
    reason: str,
    now: dt.datetime,
    most: int | None = None,
) -> int:
    """Stop, and finish what waits or is held, for good; says how many rows.

    Args:
        state: ``dropped`` or ``expired``.
        most: as for :func:`hold`.
    """
    await stop(connection, subject, now)
    values = {"state": state, "reason": reason, "finished_at": now, "body": None}
    return await _take(connection, subject, (*_WAITS, HELD), most, values)


async def waits(connection: AsyncConnection, subject: str) -> bool:
    """Whether anything about the subject waits or is in a worker's hands; what is held does not count."""
    row = OutboxRow
    query = select(row.id).where(row.subject == subject, row.state.in_((*_WAITS, "sending"))).limit(1)
    return await connection.scalar(query) is not None


async def forget(connection: AsyncConnection, subject: str) -> None:
    """Lift the stop."""
    await connection.execute(delete(OutboxHoldRow).where(OutboxHoldRow.subject == subject))


async def _take(
    connection: AsyncConnection, subject: str, states: tuple[str, ...], most: int | None, values: Any
) -> int:
    """Change all rows in these states, or the first ``most`` of them.

    On PostgreSQL they are locked in the order of their ids, as workers lock theirs.
    """
    row = OutboxRow
    wanted: Any = (row.subject == subject, row.state.in_(states))
    if most is not None or connection.dialect.name == "postgresql":
        ids = select(row.id).where(*wanted).order_by(row.id).limit(most).with_for_update()
        wanted = (row.id.in_(ids), row.state.in_(states))
    return (await connection.execute(update(row).where(*wanted).values(**values, **_FREE))).rowcount
