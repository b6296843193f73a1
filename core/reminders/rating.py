"""The conversation about a rating: asked once, answered by a button or in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from core.dossiers.desk.said import Asked, Said, say
from core.messages import Address
from core.reminders import rating_words
from core.reminders.model import Kind
from core.reminders.rating_words import TALK
from core.reminders.ratings import Ratings
from core.reminders.sent import SentBook

LOW = 2  # and below: a person is offered
_INVITED = dt.timedelta(days=30)
_JUST = dt.timedelta(days=1)


Whose = Callable[[Address, str], Awaitable[int | None]]
"""The office whose work a subject was; None when nobody knows."""


async def nobody(address: Address, subject: str) -> int | None:
    """No office is known."""
    return None


class Rating:
    """Takes ratings of those who were asked for one."""

    def __init__(self, sent: SentBook, ratings: Ratings, whose: Whose = nobody) -> None:
        self._sent, self._ratings, self._whose = sent, ratings, whose

    async def hear(self, asked: Asked) -> Said | None:
        """A rating in words, where one was asked for; None for everything else."""
        address, score = asked.person.address, rating_words.named(asked.text)
        if score is not None:
            invited = await self._sent.last(address, asked.now - _INVITED, Kind.RATING)
            return await self._rated(asked, score, invited.subject) if invited else None
        if (score := rating_words.answered(asked.text)) is None:
            return None
        last = await self._sent.last(address, asked.now - _JUST)
        if last is None or last.kind is not Kind.RATING:
            return None
        return await self._rated(asked, score, last.subject)

    async def press(self, asked: Asked, rest: str) -> Said | None:
        """The button ``score:code``; None when it is no such button."""
        score, _, code = rest.partition(":")
        if score not in {"1", "2", "3", "4", "5"} or not code:
            return None
        invited = await self._sent.about(asked.person.address, code, Kind.RATING)
        if invited is None or asked.now - invited.at > _INVITED:
            return Said((say("rate_uninvited"),), asked.dossier)
        return await self._rated(asked, int(score), code)

    async def _rated(self, asked: Asked, score: int, subject: str) -> Said:
        address, talk = asked.person.address, subject.startswith(TALK)
        office = await self._whose(address, subject)
        done = await self._ratings.rate(address, subject, score, asked.now, office)
        names = {"kept": "rate_kept", "changed": "rate_changed", "new": "rate_thanks"}
        name = "rate_low" if score <= LOW and done != "kept" else names[done]
        what = "cuộc trao đổi với cán bộ" if talk else f"hồ sơ {subject}"
        message = say(name, subject, score=str(score), what=what)
        return Said((message,), asked.dossier if talk else subject)
