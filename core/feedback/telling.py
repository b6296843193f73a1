"""Telling people that their petition was answered. Staff only write the answer down; a process of the assistant tells.

Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.conversations.posting import post
from core.db.feedback_tables import PetitionRow
from core.feedback import wording
from core.feedback.petition_desk import Places
from core.feedback.petitions import read
from core.messages import Address
from core.profile import Profile

_MOST = 50  # a tick


class Telling:
    """Tells who has not been told yet."""

    def __init__(
        self, engine: AsyncEngine, places: Places, profile: Profile, clock: Callable[[], dt.datetime]
    ) -> None:
        self._engine, self._places, self._profile, self._clock = engine, places, profile, clock

    async def tick(self) -> Mapping[str, int]:
        """Tell of every answer that was written since; says how many."""
        row = PetitionRow
        untold = (row.told_at.is_(None), row.answered_at.is_not(None))
        query = select(*row.__table__.c).where(*untold).order_by(row.answered_at).limit(_MOST)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        for one in rows:
            await self._tell(one.id, one.address, one)
        return {"told": len(rows)}

    async def _tell(self, ident: int, to: str, one: object) -> None:
        petition, now, row = read(one), self._clock(), PetitionRow
        assert petition.answered_at is not None
        message = self._profile.fill(wording.answered(petition, await self._places.of(petition)))
        name = f"petition:{ident}:{petition.answered_at:%Y%m%d%H%M%S%f}"
        # An answer that was changed meanwhile is told anew; told and marked are one.
        mine = (row.id == ident, row.answered_at == petition.answered_at, row.told_at.is_(None))
        async with self._engine.begin() as connection:
            marked = await connection.execute(update(row).where(*mine).values(told_at=now))
            if marked.rowcount:
                await post(connection, Address.parse(to), name, message, now)
