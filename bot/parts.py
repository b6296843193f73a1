"""The long-lived parts of the application, put together over one database. Part of the composition root.

Tests put the same parts together over a simulated town, so that what they talk to is what citizens talk to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import beside as besides
from bot import dossiers, feedback, portal_push, reminding, speaking, staffed, staffing
from bot.beside import Side
from bot.clock import Tick
from bot.conversation import Conversation
from bot.handing_over import HandingOver
from bot.noting import Noting
from bot.rasa import Rasa
from bot.wrong import WrongSide
from core.broadcasts import parts as notices
from core.conversations.inbox import Inbox
from core.conversations.state import States
from core.dossiers.portals.router import Portals
from core.figures.turns import TurnLog
from core.messages import Answerer
from core.procedures.choices import Choices
from core.procedures.guide import Guide
from core.procedures.reports import Reports
from core.profile import Profile
from core.reminders.gate import Replies
from core.reminders.web_mail import WebMail
from core.secret import Secret
from core.settings import Settings
from core.staff.audit import Audit

Forgetting = Callable[[dt.datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Given:
    """What the parts stand on: opened, and closed again, by whoever composes them.

    Args:
        client: reaches the Rasa server.
        now: the moment, with its zone.
    """

    settings: Settings
    profile: Profile
    engine: AsyncEngine
    secret: Secret
    portals: Portals
    client: httpx.AsyncClient
    guide: Guide
    now: Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one process.

    Args:
        conversation: the assistant alone.
        handing_over: over it, staff who may have the conversation.
        noting: over both, what notes every answer for the figures.
        answerer: the conversation as channels are given it, all of that together.
        first: what speaking first needs.
        ticks: what the clock does beside that.
        forget_old: deletes what may no longer be kept.
        push: takes in what portals push; None where nobody serves it.
    """

    conversation: Conversation
    handing_over: HandingOver
    noting: Noting
    answerer: Answerer
    rasa: Rasa
    engine: AsyncEngine
    guide: Guide
    inbox: Inbox
    secret: Secret
    mail: WebMail
    talks: staffed.Talks
    first: speaking.Common
    ticks: tuple[Tick, ...]
    forget_old: tuple[Forgetting, ...]
    push: portal_push.Push | None = None


def compose(given: Given) -> Parts:
    """Put them together; connects to nothing. Raises PlacesError when the units cannot be read."""
    engine, secret, profile, now = given.engine, given.secret, given.profile, given.now
    settings, guide, portals = given.settings, given.guide, given.portals
    rasa = Rasa(given.client, settings.rasa_url)
    talks = staffed.assemble(profile, engine, secret, now)
    reminders = reminding.assemble(profile, engine, secret, now, talks.settling.taken)
    desk = dossiers.assemble(settings, profile, engine, secret, portals, now, reminders.coming)
    choices, inbox = Choices(engine, secret), Inbox(engine, now, talks.settling)
    opinions = feedback.assemble(profile, engine, now)
    reports = Reports(engine, secret, lambda: profile.today(now()))
    staff = staffing.assemble(profile, engine, secret, now)
    wrong = WrongSide(reports, guide, profile.today)
    sides: list[Side] = [staff.side, wrong, opinions.side, *reminders.sides]
    beside = besides.assemble(profile, engine, secret, inbox, desk.on_part, now, sides, talks.side)
    conversation = Conversation(guide, desk.desk, beside.desk, States(engine), choices, rasa, profile, now)
    over = talks.over(conversation, guide, rasa)
    turns = TurnLog(engine, secret, ZoneInfo(profile.timezone), profile.figures)
    noting = Noting(over, turns, now)
    public = settings.public_url
    many = notices.assemble(engine, profile, Audit(engine, now), lambda: guide.catalogue, now, public)
    replies, ends = Replies(engine, now), talks.endings
    first = speaking.Common(settings, profile, engine, portals, desk, reminders, replies, many, now, ends)
    return Parts(
        conversation=conversation,
        handing_over=over,
        noting=noting,
        answerer=noting,
        rasa=rasa,
        engine=engine,
        guide=guide,
        inbox=inbox,
        secret=secret,
        mail=reminders.mail,
        talks=talks,
        first=first,
        ticks=(opinions.tick,),
        forget_old=(
            *desk.forget_old,
            *beside.forget_old,
            *reminders.forget_old,
            *opinions.forget_old,
            *staff.forget_old,
            choices.forget_old,
            inbox.forget_old,
            reports.forget_old,
            talks.endings.forget_old,
            turns.forget_old,
        ),
    )
