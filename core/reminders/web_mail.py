"""Messages to the web chat, which cannot be written to: they wait until its page asks for them.

A message is kept until the page has said that it has it, at most KEEP. Errors of the database are raised as
they are, except where a sender has to answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import engine as engines
from core.db.reminder_tables import WebMailRow
from core.errors import SendError
from core.messages import Address, Message

KEEP = dt.timedelta(days=30)
CHANNEL = "web"
_MOST = 50  # messages fetched at once
_AGAIN = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that waits; ``id`` grows."""

    id: int
    at: dt.datetime
    message: Message


Taken = Callable[[AsyncConnection, Sequence[int]], Awaitable[None]]


class WebMail:
    """The sender of the channel ``web``, and what its page fetches.

    Args:
        taken: told, in the transaction that deletes them, of the letters the page has.
    """

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], dt.datetime], taken: Taken | None = None
    ) -> None:
        self._engine, self._clock, self._taken = engine, clock, taken

    async def send(self, address: Address, message: Message) -> None:
        """Keep a message. Raises SendError when the database is out of reach; then nothing was kept."""
        row = {"address": str(address), "body": message.as_dict(), "at": self._clock()}
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(WebMailRow).values(row))
        except engines.AWAY as error:
            raise SendError("database_away", retry_after=_AGAIN) from error

    async def fetch(self, address: Address, after: int) -> Sequence[Letter]:
        """What waits, the oldest first. Everything up to ``after`` has been shown and is deleted."""
        now = self._clock()
        own = WebMailRow.address == str(address)
        query = (
            select(*WebMailRow.__table__.c)
            .where(own, WebMailRow.id > after, WebMailRow.at > now - KEEP)
            .order_by(WebMailRow.id)
            .limit(_MOST)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        if after:
            async with self._engine.begin() as connection:
                had = delete(WebMailRow).where(own, WebMailRow.id <= after).returning(WebMailRow.id)
                letters = (await connection.execute(had)).scalars().all()
                if letters and self._taken:
                    await self._taken(connection, letters)
        return [Letter(row.id, row.at, Message.from_dict(row.body)) for row in rows]

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what nobody fetched within KEEP."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(WebMailRow).where(WebMailRow.at <= now - KEEP))
