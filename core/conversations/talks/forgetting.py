"""What ends by itself, and what is deleted: whoever is late, conversations that are over, a person's data.

Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.conversations.talks import lines
from core.conversations.talks.book import CONSENT
from core.conversations.talks.model import Direction, Ended, Stand
from core.conversations.talks.posting import post
from core.conversations.talks.terms import Terms
from core.db.tables import ConsentRow
from core.db.talk_tables import TalkLineRow, TalkPreludeRow, TalkRow
from core.messages import Address, Message
from core.profile import Profile
from core.sentences import sentence

_BEFORE = dt.timedelta(hours=12)  # as long as a conversation's state is remembered
_AT_ONCE = 200  # conversations looked at in one tick
_IDLE = "Chưa có trả lời trong thời gian quy định nên cuộc trò chuyện trở lại hàng chờ."


class Endings:
    """What the clock does with conversations."""

    def __init__(self, engine: AsyncEngine, profile: Profile) -> None:
        self._engine, self._profile = engine, profile
        self._terms: Terms = profile.talks

    async def tick(self, now: dt.datetime) -> Mapping[str, int]:
        """Give back to the queue what somebody has and does not answer, and close what is long silent."""
        late = now - self._terms.idle
        idle = await self._each(
            _held(TalkRow.asked_at < late, TalkRow.claimed_at < late), now, self._give_back
        )
        silent = _held(TalkRow.asked_at.is_(None), TalkRow.last_said_at < now - self._terms.silent)
        closed = await self._each(silent, now, self._close_silent)
        waiting = [TalkRow.state == Stand.WAITING, TalkRow.since < now - self._terms.unclaimed]
        closed += await self._each(waiting, now, self._close_unclaimed)
        return {"given_back": idle, "closed": closed}

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete conversations that were closed longer ago than they may be kept, with lines and numbers."""
        old = select(TalkRow.id).where(TalkRow.closed_at < now - self._terms.keep).limit(_AT_ONCE * 5)
        async with self._engine.begin() as connection:
            await _delete(connection, list((await connection.execute(old)).scalars().all()))
            prelude = delete(TalkPreludeRow).where(TalkPreludeRow.updated_at < now - _BEFORE)
            await connection.execute(prelude)

    async def forget(self, address: Address, now: dt.datetime) -> int:
        """Delete everything of an address, open or closed; says how many conversations."""
        own = str(address)
        async with self._engine.begin() as connection:
            found = await connection.execute(select(TalkRow.id).where(TalkRow.address == own))
            talks = list(found.scalars().all())
            await _delete(connection, talks)
            await connection.execute(delete(TalkPreludeRow).where(TalkPreludeRow.address == own))
            given = (
                ConsentRow.address == own,
                ConsentRow.purpose == CONSENT,
                ConsentRow.withdrawn_at.is_(None),
            )
            await connection.execute(update(ConsentRow).where(*given).values(withdrawn_at=now))
        return len(talks)

    async def _each(self, where: list[Any], now: dt.datetime, deed: Any) -> int:
        query = select(TalkRow.id).where(TalkRow.closed_at.is_(None), *where).limit(_AT_ONCE)
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).scalars().all()
        done = 0
        for talk in found:
            async with self._engine.begin() as connection:
                done += await deed(connection, talk, where, now)
        return done

    async def _give_back(
        self, connection: AsyncConnection, talk: int, where: list[Any], now: dt.datetime
    ) -> int:
        values = {"state": Stand.WAITING, "claimed_by": None, "claimed_at": None}
        if not await self._change(connection, talk, where, values):
            return 0
        await lines.add(connection, talk, Direction.NOTE, _IDLE, now)
        return 1

    async def _close_silent(
        self, connection: AsyncConnection, talk: int, where: list[Any], now: dt.datetime
    ) -> int:
        return await self._close(connection, talk, where, now, Ended.SILENT, sentence("talk_silent"))

    async def _close_unclaimed(
        self, connection: AsyncConnection, talk: int, where: list[Any], now: dt.datetime
    ) -> int:
        return await self._close(connection, talk, where, now, Ended.UNCLAIMED, sentence("talk_unclaimed"))

    async def _close(
        self,
        connection: AsyncConnection,
        talk: int,
        where: list[Any],
        now: dt.datetime,
        ended: Ended,
        message: Message,
    ) -> int:
        values = {"state": Stand.CLOSED, "closed_at": now, "ended": ended, "asked_at": None, "unread": 0}
        address = await self._change(connection, talk, where, values)
        if address is None:
            return 0
        said = (self._profile.fill(message),)
        await post(connection, talk, Address.parse(address), said, Direction.BOT, now, ref=f"end:{ended}")
        return 1

    async def _change(
        self, connection: AsyncConnection, talk: int, where: list[Any], values: dict[str, Any]
    ) -> str | None:
        """Change it when it still is as it was found; gives its address."""
        statement = (
            update(TalkRow)
            .where(TalkRow.id == talk, TalkRow.closed_at.is_(None), *where)
            .values(version=TalkRow.version + 1, **values)
            .returning(TalkRow.address)
        )
        return (await connection.execute(statement)).scalar_one_or_none()


def _held(*where: Any) -> list[Any]:
    return [TalkRow.state == Stand.HELD, *where]


async def _delete(connection: AsyncConnection, talks: list[int]) -> None:
    if talks:
        await connection.execute(delete(TalkLineRow).where(TalkLineRow.talk.in_(talks)))
        await connection.execute(delete(TalkRow).where(TalkRow.id.in_(talks)))
