"""How fast each channel may be written to, all processes together, and pauses when a platform asks for one.

A worker reserves a span of time for a batch before it sends: the spans of all processes follow one another,
and within its span a worker spreads its messages evenly, so that no second holds more than the rate. Replies
never ask here, but what they take of the platform's limit is taken off ours: each message that arrived since the
last reservation counts as one reply. A pause belongs to one channel and holds up nothing but what we say first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
from core.db.reminder_tables import PaceRow
from core.db.tables import InboundRow

_COUNTED = dt.timedelta(seconds=1)  # replies longer ago are out of every platform's window
_SPREAD = 0.2  # seconds of sending that are claimed at once: a pause finds little in hand


@dataclass(frozen=True, slots=True)
class Limits:
    """What one channel takes.

    Args:
        rate: messages a second, all processes together.
        spacing: time between two messages to one address.
        group: most messages of one worker whose outcome is open at the same time; a worker that is killed
            leaves at most so many unknown.
    """

    rate: float
    spacing: dt.timedelta = dt.timedelta(seconds=1)
    group: int = 25

    @property
    def batch(self) -> int:
        """How many rows are claimed at once."""
        return max(1, min(self.group, round(self.rate * _SPREAD)))


LIMITS: Mapping[str, Limits] = {
    # About 30/s and 1/s a chat (PTB wiki "Avoiding flood limits"); five a second are left to replies.
    "telegram": Limits(25.0),
    # 4,000 requests a minute for the whole application, replies and quota questions among them.
    "zalo": Limits(40.0),
    # The free plan has no documented rate, but 3,000 messages a month and fifty people.
    "zalobot": Limits(2.0),
    # A row in our own database until the person opens the page again.
    "web": Limits(200.0, dt.timedelta(), 50),
}
# Paid broadcasts: 1,000/s (Bot API, allow_paid_broadcast); replies need a part of it.
PAID_TELEGRAM = Limits(900.0, group=100)
OTHERWISE = Limits(5.0)


class Pace:
    """Reservations and pauses, kept in the database. Errors of the database are raised as they are."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Callable[[], dt.datetime],
        limits: Mapping[str, Limits] = LIMITS,
    ) -> None:
        self._engine, self._clock, self._limits = engine, clock, limits
        self._paused: dict[str, dt.datetime] = {}

    def limits(self, channel: str) -> Limits:
        """What a channel takes; little where nobody said."""
        return self._limits.get(channel, OTHERWISE)

    async def reserve(self, channel: str, number: int, longest: dt.timedelta) -> dt.datetime | None:
        """The moment from which ``number`` messages may go, evenly over ``number / rate`` seconds.

        None, and nothing is reserved, when that is more than ``longest`` away.
        """
        span = dt.timedelta(seconds=number / self.limits(channel).rate)
        while True:  # of those that try at once one gets through, each time
            row, now = await self._row(channel), self._clock()
            start: dt.datetime = max(now, row.free_at, row.paused_until or now)
            replies = await self._replies(channel, max(row.counted_at, now - _COUNTED), now)
            start += dt.timedelta(seconds=replies / self.limits(channel).rate)
            if start - now > longest:
                return None
            unchanged = (PaceRow.channel == channel, PaceRow.free_at == row.free_at)
            statement = update(PaceRow).where(*unchanged).values(free_at=start + span, counted_at=now)
            async with self._engine.begin() as connection:
                if (await connection.execute(statement)).rowcount:
                    return start

    async def pause(self, channel: str, until: dt.datetime) -> None:
        """Send nothing more of ours on a channel before ``until``; a longer pause stays."""
        await self._row(channel)
        self._paused[channel] = max(until, self._paused.get(channel, until))
        longer = PaceRow.paused_until.is_(None) | (PaceRow.paused_until < until)
        statement = update(PaceRow).where(PaceRow.channel == channel, longer).values(paused_until=until)
        async with self._engine.begin() as connection:
            await connection.execute(statement)

    async def paused(self, channel: str) -> dt.datetime | None:
        """Until when a channel is paused, by whichever process; None when it is not."""
        query = select(PaceRow.paused_until).where(PaceRow.channel == channel)
        async with self._engine.connect() as connection:
            until: dt.datetime | None = await connection.scalar(query)
        if until is not None:
            self._paused[channel] = until
        return until if until and until > self._clock() else None

    def known_pause(self, channel: str) -> dt.datetime | None:
        """The pause as this process last heard of it, without asking the database."""
        until = self._paused.get(channel)
        return until if until and until > self._clock() else None

    async def _replies(self, channel: str, since: dt.datetime, until: dt.datetime) -> int:
        """How many people wrote; each gets about one message."""
        row = InboundRow
        query = select(func.count()).where(row.at > since, row.at <= until, row.channel == channel)
        async with self._engine.connect() as connection:
            return await connection.scalar(query) or 0

    async def _row(self, channel: str) -> Any:
        query = select(PaceRow.free_at, PaceRow.paused_until, PaceRow.counted_at).where(
            PaceRow.channel == channel
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is not None:
            return row
        first = upsert.insert(self._engine, PaceRow).values(
            channel=channel, free_at=self._clock(), counted_at=self._clock()
        )
        async with self._engine.begin() as connection:
            await connection.execute(first.on_conflict_do_nothing(index_elements=[PaceRow.channel]))
            return (await connection.execute(query)).one()
