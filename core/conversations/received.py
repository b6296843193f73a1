"""Which updates of a channel were already taken in: platforms repeat what they think was lost."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db.tables import ReceivedRow

KEEP = dt.timedelta(days=3)  # Telegram keeps undelivered updates for about a day


class Received:
    """Remembers update ids, shared by every process on the same database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def first_time(self, channel: str, update: str, now: dt.datetime) -> bool:
        """Record the update; False when it was recorded before."""
        row = ReceivedRow(channel=channel, update=update, at=now)
        try:
            async with AsyncSession(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError:
            return False
        return True

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete ids older than KEEP."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(ReceivedRow).where(ReceivedRow.at < now - KEEP))
