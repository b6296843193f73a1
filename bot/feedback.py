"""Puts the desks of surveys and petitions together and into the conversation. Part of the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Tick
from bot.turned import Turned
from core.conversations.state import State
from core.dossiers.desk.said import Asked, Said
from core.feedback.petition_desk import PetitionDesk, Places
from core.feedback.petitions import Petitions
from core.feedback.survey_desk import SurveyDesk
from core.feedback.surveys import Surveys
from core.feedback.telling import Telling
from core.messages import How, Reply
from core.paths import ROOT
from core.places import units
from core.profile import Profile
from core.staff.offices import Offices

TELLS = 5.0  # seconds between looks for answers of staff


class FeedbackSide:
    """Surveys and petitions as a side desk of the conversation."""

    def __init__(self, surveys: SurveyDesk, petitions: PetitionDesk) -> None:
        self._surveys, self._petitions = surveys, petitions

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """An answer to what was asked, or words about petitions."""
        return _turned(await self._surveys.hear(asked) or await self._petitions.hear(asked), state)

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button of either."""
        return _turned(await self._surveys.press(asked) or await self._petitions.press(asked), state)

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """``/phananh``."""
        if name != "/phananh":
            return None
        text = "pa:mine" if rest else "pa:start"
        return _turned(
            await self._petitions.press(Asked(asked.person, text, asked.now, asked.dossier)), state
        )

    async def handed(self, subject: str, asked: Asked, state: State) -> Turned | None:
        """What Rasa understood as a complaint, praise or a proposal."""
        return _turned(await self._petitions.offer(asked), state) if subject == "feedback" else None


@dataclass(frozen=True, slots=True)
class Feedback:
    """The side desk, what the clock does for it, and what forgets."""

    side: FeedbackSide
    tick: Tick
    forget_old: tuple[Callable[[dt.datetime], Awaitable[None]], ...]


def assemble(profile: Profile, engine: AsyncEngine, clock: Callable[[], dt.datetime]) -> Feedback:
    """Build it. Raises PlacesError when the units cannot be read."""
    places = Places(Offices(engine), units.load(ROOT / profile.units))
    surveys, petitions = Surveys(engine, profile), Petitions(engine, profile)
    side = FeedbackSide(SurveyDesk(surveys), PetitionDesk(petitions, places, profile))
    telling = Telling(engine, places, profile, clock)
    tick = Tick("petitions", telling.tick, every=TELLS, alone=True)
    return Feedback(side, tick, (surveys.forget_old, petitions.forget_old))


def _turned(said: Said | None, state: State) -> Turned | None:
    if said is None:
        return None
    reply = Reply(said.messages, intent="feedback", confidence=1.0, how=How("feedback", private=True))
    return Turned(reply, state.procedure, said.dossier, said.expecting)
