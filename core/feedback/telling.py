"""Telling people that their petition was answered. Staff only write the answer down; a process of the assistant tells.

The message is an arrival that is answered already, so it outlives a restart and is sent once however often it is told;
the web page, which cannot be written to, fetches it. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.conversations.inbox import Arrival, Inbox
from core.db.feedback_tables import PetitionRow
from core.feedback import wording
from core.feedback.petition_desk import Places
from core.feedback.petitions import read
from core.messages import Address, Incoming
from core.profile import Profile
from core.reminders.web_mail import CHANNEL as WEB
from core.reminders.web_mail import WebMail

_MOST = 50  # a tick
_NOWHERE = frozenset({"terminal"})  # it is asked for there, nothing can be told


class Telling:
    """Tells who has not been told yet."""

    def __init__(
        self,
        engine: AsyncEngine,
        inbox: Inbox,
        mail: WebMail,
        places: Places,
        profile: Profile,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine, self._inbox, self._mail = engine, inbox, mail
        self._places, self._profile, self._clock = places, profile, clock

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
        petition, address = read(one), Address.parse(to)
        assert petition.answered_at is not None
        message = self._profile.fill(wording.answered(petition, await self._places.of(petition)))
        if address.channel == WEB:
            await self._mail.send(address, message)
        elif address.channel not in _NOWHERE:
            name = f"petition:{ident}:{petition.answered_at:%Y%m%d%H%M%S%f}"
            await self._inbox.put(Arrival(name, Incoming(address, "", "payload")), (message,))
        row = PetitionRow  # an answer that was changed meanwhile is told anew
        mine = (row.id == ident, row.answered_at == petition.answered_at)
        async with self._engine.begin() as connection:
            await connection.execute(update(row).where(*mine).values(told_at=self._clock()))
