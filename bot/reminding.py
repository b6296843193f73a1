"""Puts the reminder desk together and into the conversation. Part of the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.turned import Turned
from core.conversations.state import State, States
from core.db import engine as engines
from core.dossiers.desk.said import Asked, Said
from core.errors import SendError
from core.limits import Counters
from core.messages import Address, Message, Reply, Sender
from core.profile import Profile
from core.reminders.coming import Coming
from core.reminders.desk import ReminderDesk
from core.reminders.rating import Rating
from core.reminders.ratings import Ratings
from core.reminders.sent import SentBook
from core.reminders.web_mail import WebMail
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
    """The side desk, what the list of dossiers shows, the web's mail box, the wishes, and what forgets."""

    side: ReminderSide
    coming: Coming
    mail: WebMail
    wishes: WishBook
    forget_old: tuple[Callable[[dt.datetime], Awaitable[None]], ...]


def assemble(
    profile: Profile, engine: AsyncEngine, secret: Secret, clock: Callable[[], dt.datetime]
) -> Reminding:
    """Build it."""
    wishes, sent, mail = WishBook(engine), SentBook(engine), WebMail(engine, clock)
    why = Why(sent, Counters(engine), secret, profile)
    desk = ReminderDesk(wishes, sent, why, Rating(sent, Ratings(engine)), profile)
    coming = Coming(engine, wishes, profile)
    return Reminding(ReminderSide(desk), coming, mail, wishes, (mail.forget_old,))


def _dossier(message: Message) -> str | None:
    """The dossier a message is about, as its buttons name it."""
    for payload in (b.payload or "" for b in message.buttons):
        for beginning in ("d:show:", "rm:rate:1:"):
            if payload.startswith(beginning):
                return payload.removeprefix(beginning)
    return None


def _turned(said: Said | None, state: State) -> Turned | None:
    if said is None:
        return None
    reply = Reply(said.messages, intent="reminders", confidence=1.0)
    return Turned(reply, state.procedure, said.dossier or state.dossier, said.expecting)
