"""Telling somebody something from a process that sends nothing itself, in the transaction of what it is about."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.conversations.inbox import to_json
from core.db import upsert
from core.db.reminder_tables import WebMailRow
from core.db.tables import InboundRow
from core.messages import Address, Incoming, Message

_PULLED = "web"  # its page fetches what waits
_UNTOLD = frozenset({"terminal"})  # nobody is there afterwards


async def post(
    connection: AsyncConnection, address: Address, ident: str, message: Message, now: dt.datetime
) -> bool:
    """Have the assistant's processes deliver a message; False where nobody can be told, or when it was posted before.

    Elsewhere than on the web it is an arrival that is answered already: it outlives a restart, comes after what is
    being answered there, and is sent once.

    Args:
        ident: the occasion, at most 100 letters; the same one is told once on a channel that is written to.
    """
    if address.channel in _UNTOLD:
        return False
    if address.channel == _PULLED:
        row = {"address": str(address), "body": message.as_dict(), "at": now}
        await connection.execute(insert(WebMailRow).values(row))
        return True
    if connection.dialect.name == "postgresql":  # ids of one conversation in the order of their commits
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(str(address)))))
    statement = upsert.insert(connection, InboundRow).values(
        channel=address.channel,
        update=ident,
        address=str(address),
        body=to_json(Incoming(address, "", "payload")),
        reply=[message.as_dict()],
        due_at=now,
        at=now,
    )
    statement = statement.on_conflict_do_nothing(index_elements=["channel", "update"])
    return (await connection.scalar(statement.returning(InboundRow.id))) is not None
