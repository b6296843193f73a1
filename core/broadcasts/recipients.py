"""Fixing the recipients of a notice, a few hundred at a time, and putting their messages into the outbox.

One transaction a step: the cursor moves, recipients and messages are added, or nothing of it happens. A process
that ends in between leaves a cursor from which the next one goes on, and the unique keys of recipients and outbox
keep anybody from getting it twice. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from core.broadcasts.audiences import Audiences
from core.broadcasts.model import Broadcast, State, subject
from core.broadcasts.scope import Page, Scope
from core.db import upsert
from core.db.broadcast_tables import BroadcastRecipientRow, BroadcastRow
from core.db.reminder_tables import OutboxRow
from core.db.tables import LinkRow
from core.messages import Address
from core.reminders import entries, gone
from core.reminders.entries import Entry
from core.reminders.model import Kind

CHUNK = 500  # addresses a transaction
RETRIED = "retried"  # why a failed message is not counted any more: a newer one took its place


async def fix(
    connection: AsyncConnection,
    audiences: Audiences,
    broadcast: Broadcast,
    scope: Scope,
    now: dt.datetime,
    chunk: int = CHUNK,
) -> int | None:
    """One step; says how many recipients are new, None when nothing is left to do or it was stopped."""
    after = await _taken_up(connection, broadcast)
    if after is None:
        return None
    upto = await _upto(connection, scope, after, chunk)
    if upto is None:
        await _set(connection, broadcast, expanded=True)
        return None
    await _set(connection, broadcast, cursor=upto)
    verdict = audiences.verdict(broadcast.content, scope, Page(after, upto))
    found = sorted(set(await connection.scalars(verdict.told())))
    twins = await _told_elsewhere(connection, broadcast.id, found)
    new = await _keep(connection, broadcast, [address for address in found if address not in twins])
    at = audiences.first(broadcast.content) or now
    await _post(connection, broadcast, new, at, now)
    return len(new)


async def again(
    connection: AsyncConnection, broadcast: Broadcast, at: dt.datetime, now: dt.datetime, chunk: int = CHUNK
) -> int | None:
    """One step of trying again what failed before this attempt; as :func:`fix`."""
    if await _taken_up(connection, broadcast) is None:
        return None
    failed = (
        select(OutboxRow.id, OutboxRow.address)
        .where(*failed_rows(broadcast.id), OutboxRow.occasion != str(broadcast.attempt))
        .order_by(OutboxRow.id)
        .limit(chunk)
    )
    rows = (await connection.execute(failed)).all()
    if not rows:
        await _set(connection, broadcast, expanded=True)
        return None
    ids, addresses = [row.id for row in rows], [row.address for row in rows]
    await connection.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(reason=RETRIED))
    row = BroadcastRecipientRow
    mine = (row.broadcast == broadcast.id, row.address.in_(addresses))
    await connection.execute(update(row).where(*mine).values(occasion=str(broadcast.attempt)))
    await _post(connection, broadcast, addresses, at, now)
    return len(rows)


def failed_rows(ident: int) -> tuple[ColumnElement[bool], ...]:
    """Conditions on the outbox: messages of a notice that failed, to people who are there, and were not tried
    again since."""
    return (
        OutboxRow.subject == subject(ident),
        OutboxRow.state == "failed",
        func.coalesce(OutboxRow.reason, "") != RETRIED,
        ~gone.is_gone(OutboxRow.address),
    )


async def _taken_up(connection: AsyncConnection, broadcast: Broadcast) -> str | None:
    """Lock the notice and give its cursor; None when it is not being sent any more, or all are fixed.

    Whoever pauses it or calls it off waits behind this transaction, and finds the messages it added.
    """
    row = BroadcastRow
    open_ = (row.state == State.SENDING.value, ~row.expanded, row.attempt == broadcast.attempt)
    statement = update(row).where(row.id == broadcast.id, *open_).values(attempt=row.attempt)
    return (await connection.execute(statement.returning(row.cursor))).scalar_one_or_none()


async def _upto(connection: AsyncConnection, scope: Scope, after: str, chunk: int) -> str | None:
    """The last address of the next page; None behind the last."""
    column = scope.pages_of()
    page = (
        select(column).where(scope.cut(), column > after).distinct().order_by(column).limit(chunk).subquery()
    )
    last: str | None = await connection.scalar(select(func.max(page.c[0])))
    return last


async def _set(connection: AsyncConnection, broadcast: Broadcast, **values: object) -> None:
    await connection.execute(update(BroadcastRow).where(BroadcastRow.id == broadcast.id).values(**values))


async def _told_elsewhere(connection: AsyncConnection, ident: int, addresses: Sequence[str]) -> set[str]:
    """Those whose person is a recipient at another address: it was the better one a moment ago."""
    me, other = aliased(LinkRow), aliased(LinkRow)
    query = (
        select(me.address)
        .join(other, (other.person == me.person) & (other.address != me.address))
        .join(BroadcastRecipientRow, BroadcastRecipientRow.address == other.address)
        .where(me.address.in_(addresses), BroadcastRecipientRow.broadcast == ident)
    )
    return set(await connection.scalars(query))


async def _keep(connection: AsyncConnection, broadcast: Broadcast, addresses: Sequence[str]) -> list[str]:
    """Add recipients; gives those that are new."""
    row = BroadcastRecipientRow
    statement = upsert.insert(connection, row).on_conflict_do_nothing().returning(row.address)
    new: list[str] = []
    for start in range(0, len(addresses), CHUNK):
        values = [
            {
                "broadcast": broadcast.id,
                "address": address,
                "channel": Address.parse(address).channel,
                "occasion": str(broadcast.attempt),
            }
            for address in addresses[start : start + CHUNK]
        ]
        new += (await connection.execute(statement, values)).scalars()
    return new


async def _post(
    connection: AsyncConnection,
    broadcast: Broadcast,
    addresses: Sequence[str],
    at: dt.datetime,
    now: dt.datetime,
) -> None:
    expires = broadcast.content.expires_at
    assert expires is not None, "set when sending began"
    named = (subject(broadcast.id), Kind.NOTICE, str(broadcast.attempt))
    lane = 0 if broadcast.content.emergency else 2
    letters = [Entry(address, *named, at, expires, lane) for address in addresses]
    await entries.add(connection, letters, now)
