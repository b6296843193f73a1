"""Sending a line to the citizen through their own channel, in the transaction that writes it.

Where the platform can be written to, the line goes into the inbox as an arrival that is answered already: it is sent
in its turn, survives restarts, and is sent once. The web cannot be written to: there it is a letter its page fetches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.conversations.arriving import Arrival, place
from core.conversations.posting import WEB, letter
from core.conversations.talks import lines
from core.conversations.talks.model import OURS, Delivery, Direction
from core.db.talk_tables import TalkLineRow
from core.messages import Address, Incoming, Message
from core.splitting import split

MAX_BUBBLE = 1_500  # letters of one message


async def post(
    connection: AsyncConnection,
    talk: int,
    address: Address,
    messages: Sequence[Message],
    direction: Direction,
    now: dt.datetime,
    *,
    ref: str,
    staff: int | None = None,
) -> bool:
    """Write a line and have it sent; False, and nothing happens, when the conversation has one with this ``ref``.

    Args:
        messages: what the citizen reads; ``by`` names the office where a person writes.
        staff: the account that writes.
    """
    text = "\n\n".join(m.text for m in messages)
    added = {"ref": ref, "staff": staff, "delivery": Delivery.WAITING}
    line = await lines.add(connection, talk, direction, text, now, **added)  # type: ignore[arg-type]
    if line is None:
        return False
    if address.channel == WEB:
        await _mail(connection, line, address, messages, now)
    else:
        arrival = Arrival(f"{OURS}{line}", Incoming(address, "", "payload"))
        await place(connection, arrival, [part for m in messages for part in _said(m)], now)
    return True


async def _mail(
    connection: AsyncConnection, line: int, address: Address, messages: Sequence[Message], now: dt.datetime
) -> None:
    numbers = [await letter(connection, address, message, now) for message in messages]
    await connection.execute(update(TalkLineRow).where(TalkLineRow.id == line).values(mail=numbers[-1]))


def _said(message: Message) -> list[Message]:
    """The message as a chat shows it: who writes stands before it, where a person does."""
    text = f"{message.by}:\n{message.text}" if message.by else message.text
    return split(replace(message, text=text, by=""), MAX_BUBBLE)
