"""Telling somebody something from a process that sends nothing itself, in the transaction of what it is about.

Where the platform can be written to, it is an arrival that is answered already: it outlives a restart, comes after what
is being answered there, and is sent once. The web cannot be written to: there it is a letter its page fetches.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.conversations.arriving import Arrival, place
from core.db.reminder_tables import WebMailRow
from core.messages import Address, Incoming, Message

WEB = "web"
_UNTOLD = frozenset({"terminal"})  # nobody is there afterwards


async def post(
    connection: AsyncConnection, address: Address, ident: str, message: Message, now: dt.datetime
) -> bool:
    """Have the assistant's processes deliver a message; False where nobody can be told, or when it was posted before.

    Args:
        ident: the occasion, at most 100 letters; the same one is told once on a channel that is written to.
    """
    if address.channel in _UNTOLD:
        return False
    if address.channel == WEB:
        await letter(connection, address, message, now)
        return True
    return await place(connection, Arrival(ident, Incoming(address, "", "payload")), [message], now)


async def letter(connection: AsyncConnection, address: Address, message: Message, now: dt.datetime) -> int:
    """Put a message into the mail of the web chat; gives its number."""
    row = {"address": str(address), "body": message.as_dict(), "at": now}
    added = insert(WebMailRow).values(row).returning(WebMailRow.id)
    return int((await connection.execute(added)).scalar_one())
