"""Puts conversations with staff together. Part of the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.handing_over import HandingOver
from bot.rasa import Rasa
from bot.suggesting import Suggester
from bot.talking import TalkSide
from core.conversations.state import States
from core.conversations.talks.book import Book
from core.conversations.talks.forgetting import Endings
from core.conversations.talks.settle import Settling
from core.limits import Counters
from core.messages import Answerer
from core.paths import ROOT
from core.places import units
from core.procedures.guide import Guide
from core.profile import Profile
from core.secret import Secret
from core.staff.offices import Offices


@dataclass(frozen=True, slots=True)
class Talks:
    """The side desk, what the inbox asks before it stores an answer, and what ends by itself."""

    side: TalkSide
    book: Book
    settling: Settling
    endings: Endings
    engine: AsyncEngine
    profile: Profile
    clock: Callable[[], dt.datetime]

    def over(self, conversation: Answerer, guide: Guide, rasa: Rasa) -> HandingOver:
        """The conversation as the channels are to see it."""
        suggester, states = Suggester(guide, rasa, self.profile), States(self.engine)
        return HandingOver(
            conversation, self.side, self.book, self.settling, suggester, states, self.profile, self.clock
        )


def assemble(
    profile: Profile, engine: AsyncEngine, secret: Secret, clock: Callable[[], dt.datetime]
) -> Talks:
    """Build it. Raises PlacesError when the units cannot be read."""
    book = Book(engine, secret)
    known = units.load(ROOT / profile.units)
    side = TalkSide(book, Offices(engine), known, profile, Counters(engine), secret)
    return Talks(side, book, Settling(engine), Endings(engine, profile), engine, profile, clock)
