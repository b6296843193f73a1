"""What a conversation answers beside procedures and dossiers: reminders, links between channels, counters near by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.talking import TalkSide
from bot.telling import Teller
from bot.turned import Turned
from core.conversations.inbox import Inbox
from core.conversations.state import State, States
from core.dossiers.access import Person
from core.dossiers.desk.said import Asked
from core.messages import How, Incoming, Reply
from core.paths import ROOT
from core.people.codes import Codes
from core.people.desk import LinkDesk, OnPart
from core.people.events import Events
from core.people.links import Links
from core.people.model import Answer, Notice, Told
from core.places import counters, units
from core.places.counters import Counters
from core.profile import Profile
from core.secret import Secret
from core.sentences import sentence
from nlu.vietnamese import words

_MOST_WORDS = 14  # of an answer to "which commune?"; a longer message asks something


class Side(Protocol):
    """A desk of one subject: it answers with a turn, or leaves the message to others (None)."""

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """What was written, or the answer to what this desk asked for."""
        ...

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button."""
        ...

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """A command such as ``/lienket`` with what stands behind it."""
        ...


@runtime_checkable
class Handed(Protocol):
    """A side desk that answers what Rasa understood as its subject."""

    async def handed(self, subject: str, asked: Asked, state: State) -> Turned | None:
        """A turn that an action handed back with its subject; None for others' subjects."""
        ...


class LinkSide:
    """Links between channels."""

    def __init__(self, links: LinkDesk) -> None:
        self._links = links

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """Words about links, or a code that was asked for."""
        answer = await self._links.hear(_told(asked))
        return _linked(answer, state) if answer else None

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button about links."""
        answer = await self._links.press(_told(asked))
        return _linked(answer, state) if answer else None

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """``/lienket``, with a code behind it or alone."""
        if name != "/lienket":
            return None
        answer = await self._links.hear(replace(_told(asked), text=f"liên kết {rest}"))
        answer = answer or await self._links.hear(replace(_told(asked), text="liên kết"))
        assert answer is not None, "the words for links are understood"
        return _linked(answer, state)


class Beside:
    """The side desks, asked one after the other, and the counters."""

    def __init__(
        self, sides: Sequence[Side], counters: Counters, teller: Teller, talks: TalkSide | None = None
    ) -> None:
        self._sides, self._counters, self._teller, self._talks = tuple(sides), counters, teller, talks

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """Words for a side desk, or the commune that was asked for."""
        for side in self._sides:
            if turned := await side.hear(asked, state):
                return turned
        if asked.expecting == counters.EXPECTING and len(words(asked.text)) <= _MOST_WORDS:
            found = self._counters.named(asked.text)
            return Turned(Reply((found,)), state.procedure, state.dossier) if found else None
        return None

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button of a side desk."""
        for side in self._sides:
            if turned := await side.press(asked, state):
                return turned
        return None

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """A command of a side desk."""
        for side in self._sides:
            if turned := await side.command(name, asked, rest, state):
                return turned
        return None

    async def handed(self, subject: str, asked: Asked, state: State) -> Turned | None:
        """What Rasa understood as a side desk's subject."""
        for side in self._sides:
            if isinstance(side, Handed) and (turned := await side.handed(subject, asked, state)):
                return turned
        return None

    def near(self, incoming: Incoming, state: State) -> Turned:
        """A shared position: the counters near it."""
        message, expecting = self._counters.near(incoming.location)
        return Turned(Reply((message,)), state.procedure, state.dossier, expecting)

    def nearest(self, asked: Asked, state: State) -> Turned:
        """Somebody asks for the nearest counter: that of the commune they name, or they are asked where they are."""
        if found := self._counters.named(asked.text):
            return Turned(Reply((found,)), state.procedure, state.dossier)
        reply = Reply((sentence("nearest_office"),))
        return Turned(reply, state.procedure, state.dossier, counters.EXPECTING)

    async def offer(self, incoming: Incoming, turned: Turned, now: dt.datetime) -> Turned:
        """The answer, with a person offered under it where the assistant failed again."""
        if self._talks is None:
            return turned
        asked = Asked(Person(incoming.address, incoming.origin), incoming.text, now)
        return await self._talks.offer(asked, turned)

    async def tell(self, notices: Iterable[Notice]) -> None:
        """Tell other addresses what happened. Errors of the database are raised as they are."""
        await self._teller.tell(notices)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The desk and what forgets the old."""

    desk: Beside
    forget_old: tuple[Callable[[dt.datetime], Awaitable[None]], ...]


def assemble(
    profile: Profile,
    engine: AsyncEngine,
    secret: Secret,
    inbox: Inbox,
    on_part: Sequence[OnPart],
    clock: Callable[[], dt.datetime],
    more: Sequence[Side] = (),
    talks: TalkSide | None = None,
) -> Assembled:
    """Build it. Part of the composition root. Raises PlacesError when the units cannot be read.

    Args:
        more: further side desks, asked before the links.
        talks: the desk of conversations with staff, asked before all others.
    """
    codes, events = Codes(engine, secret, profile.linking), Events(engine, secret)
    links = LinkDesk(Links(engine, profile.linking), codes, events, profile, on_part)
    near = Counters(units.load(ROOT / profile.units), profile)
    teller = Teller(inbox, States(engine), profile, clock)
    sides = (*([talks] if talks else []), *more, LinkSide(links))
    return Assembled(Beside(sides, near, teller, talks), (codes.forget_old, events.forget_old))


def _told(asked: Asked) -> Told:
    person = asked.person
    return Told(person.address, asked.text, asked.now, person.origin, asked.expecting)


def _linked(answer: Answer, state: State) -> Turned:
    reply = Reply(answer.messages, intent="linking", confidence=1.0, how=How("linking"))
    return Turned(
        reply,
        state.procedure,
        state.dossier,
        answer.expecting,
        answer.secret,
        notices=answer.notices,
    )
