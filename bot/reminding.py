"""Puts the reminder desk together and into the conversation. Part of the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.turned import Turned
from core.broadcasts.desk import NoticeDesk
from core.broadcasts.subscribers import Subscribers
from core.conversations.state import State, States
from core.db import engine as engines
from core.dossiers.desk.said import Asked, Said
from core.errors import SendError
from core.feedback.surveys import Surveys
from core.limits import Counters
from core.messages import Address, How, Message, Reply, Sender
from core.paths import ROOT
from core.places import units
from core.profile import Profile
from core.reminders.coming import Coming
from core.reminders.desk import ReminderDesk
from core.reminders.rating import Rating
from core.reminders.rating_words import TALK
from core.reminders.ratings import Ratings
from core.reminders.sent import SentBook
from core.reminders.web_mail import Taken, WebMail
from core.reminders.why import Why
from core.reminders.wishes import WishBook
from core.secret import Secret

log = structlog.get_logger()


class ReminderSide:
    """The reminder desk as a side desk of the conversation."""

    def __init__(self, desk: ReminderDesk) -> None:
        self._desk = desk

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """Words about our messages, or the answer to what the desk asked."""
        return _turned(await self._desk.hear(asked), state)

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button under one of our messages."""
        return _turned(await self._desk.press(asked), state)

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """``/nhacnho`` and ``/kiemtra``."""
        return _turned(await self._desk.command(asked, name, rest), state)


class NoticeSide:
    """Who gets general notices, as a side desk of the conversation."""

    def __init__(self, desk: NoticeDesk) -> None:
        self._desk = desk

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """Words about getting notices, or the commune that was asked for."""
        return _turned(await self._desk.hear(asked), state)

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button about getting notices."""
        return _turned(await self._desk.press(asked), state)

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """``/nhanthongbao``, with a commune behind it or alone."""
        if name != "/nhanthongbao":
            return None
        return await self.hear(replace(asked, text=f"nhận thông báo {rest}"), state) or await self.hear(
            replace(asked, text="nhận thông báo"), state
        )


class Offering:
    """A sender of our own messages: what they offer can be answered with its number or its title, and "bao giờ
    xong" is about their dossier. For channels that can be written to; on the web a message waits to be read."""

    def __init__(self, sender: Sender, states: States, clock: Callable[[], dt.datetime]) -> None:
        self._sender, self._states, self._clock = sender, states, clock

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message. Raises SendError and nothing else."""
        try:
            await self._sender.send(address, message)
        except SendError as error:
            if error.unknown:  # it may have arrived
                await self._offer(address, message)
            raise
        await self._offer(address, message)

    async def _offer(self, address: Address, message: Message) -> None:
        """What is not kept can still be pressed; an error here would have the message sent once more."""
        options = tuple((b.title, b.payload) for b in message.buttons if b.payload and not b.url)
        try:
            await self._states.offer(address, options, _dossier(message), self._clock())
        except engines.AWAY as error:
            log.warning("not_offered", channel=address.channel, error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Reminding:
    """The side desks, what the list of dossiers shows, the web's mail box, the wishes, and what forgets."""

    sides: tuple[NoticeSide, ReminderSide]
    coming: Coming
    mail: WebMail
    wishes: WishBook
    forget_old: tuple[Callable[[dt.datetime], Awaitable[None]], ...]


def assemble(
    profile: Profile,
    engine: AsyncEngine,
    secret: Secret,
    clock: Callable[[], dt.datetime],
    taken: Taken | None = None,
) -> Reminding:
    """Build it. Raises PlacesError when the units cannot be read.

    Args:
        taken: told of the letters the page of the web has.
    """
    surveys = Surveys(engine, profile)
    wishes, sent, mail = WishBook(engine), SentBook(engine), WebMail(engine, clock, taken)
    why = Why(sent, Counters(engine), secret, profile)
    notices = NoticeDesk(Subscribers(engine), wishes, units.load(ROOT / profile.units), profile)
    rating = Rating(sent, Ratings(engine), surveys.office)
    desk = ReminderDesk(wishes, sent, why, rating, profile, notices.place)
    coming = Coming(engine, wishes, profile)
    # Notices come first: "thôi nhận thông báo" of a subscriber ends those and no reminder.
    sides = (NoticeSide(notices), ReminderSide(desk))
    return Reminding(sides, coming, mail, wishes, (mail.forget_old,))


def _dossier(message: Message) -> str | None:
    """The dossier a message is about, as its buttons name it."""
    for payload in (b.payload or "" for b in message.buttons):
        for beginning in ("d:show:", "rm:rate:1:"):
            if payload.startswith(beginning) and TALK not in payload:
                return payload.removeprefix(beginning)
    return None


def _turned(said: Said | None, state: State) -> Turned | None:
    if said is None:
        return None
    reply = Reply(said.messages, intent="reminders", confidence=1.0, how=How("reminder_desk"))
    return Turned(reply, state.procedure, said.dossier or state.dossier, said.expecting)
