"""Replies go before bulk: whoever sends bulk waits until the replies now going out on the channel have gone.

Within a process the worker says which replies are going. Of other processes the inbox tells: a row with a
stored reply and a running lease is being sent (or will be within milliseconds). That look is one query over
the few unfinished rows, made once a batch, so a reply that another process begins during a batch may find up
to one batch ahead of it; the rate kept free for replies (see ``pace``) is what it goes out with.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.tables import InboundRow

LOOKS, PAUSE = 10, 0.05  # at most half a second for the replies of other processes


class Replies:
    """The replies going out now.

    Args:
        engine: the database with the inbox; without it only this process's replies are known.
    """

    def __init__(
        self, engine: AsyncEngine | None = None, clock: Callable[[], dt.datetime] | None = None
    ) -> None:
        self._engine, self._clock = engine, clock
        self._going: dict[str, set[asyncio.Event]] = {}

    @asynccontextmanager
    async def going(self, channel: str) -> AsyncIterator[None]:
        """A reply is going out on a channel while this is open; never waits."""
        gone = asyncio.Event()
        self._going.setdefault(channel, set()).add(gone)
        try:
            yield
        finally:
            self._going[channel].discard(gone)
            gone.set()

    async def clear(self, channel: str) -> None:
        """Wait for the replies going out at this moment. Later ones are not waited for: bulk never starves."""
        for gone in tuple(self._going.get(channel, ())):
            await gone.wait()

    async def elsewhere(self, channel: str) -> None:
        """Wait, but not long, while other processes send replies on a channel."""
        for _ in range(LOOKS):
            if not await self._seen(channel):
                return
            await asyncio.sleep(PAUSE)

    async def _seen(self, channel: str) -> bool:
        if self._engine is None or self._clock is None:
            return False
        row = InboundRow
        sending = (row.finished_at.is_(None), row.reply.is_not(None), row.lease_until > self._clock())
        query = select(row.id).where(*sending, row.channel == channel).limit(1)
        async with self._engine.connect() as connection:
            return await connection.scalar(query) is not None
