"""Puts together what speaks first: the watch over followed dossiers, the outbox, delivery, and their clock.

Part of the composition root.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.contract import Channel
from bot.channels.zalo_oa.service import Zalo
from bot.clock import Clock, Tick
from bot.dossiers import Dossiers
from bot.reminding import Offering, Reminding
from bot.worker import has_ended, this_process
from core.broadcasts.expansion import Expansion
from core.broadcasts.parts import Broadcasts
from core.conversations.state import States
from core.conversations.talks.forgetting import Endings
from core.figures import fill, read
from core.figures.fill import Filler
from core.figures.noting import Moves
from core.messages import Sender
from core.people.links import Links
from core.profile import Profile
from core.reminders import rules
from core.reminders.deliver import Delivery
from core.reminders.gate import Replies
from core.reminders.ladder import Ladder
from core.reminders.ledger import Ledger
from core.reminders.outbox import Outbox
from core.reminders.pace import LIMITS, PAID_TELEGRAM, Pace
from core.reminders.plan import Rules
from core.reminders.purse import Purse
from core.reminders.refresh import Portals, Refresh
from core.reminders.saving import Saving
from core.reminders.tasks import Tasks
from core.reminders.ticks import Ticks
from core.reminders.twins import Twins
from core.reminders.watch import Watch
from core.reminders.ways import Paid, Parts
from core.reminders.web_mail import CHANNEL as WEB
from core.reminders.writer import Writer
from core.settings import Settings

if TYPE_CHECKING:
    from bot.channels.telegram.bulk import Bulk

TELEGRAM = "telegram"
LOOKS, SENDS, NOTICES, TALKS, TIDIES = 5.0, 2.0, 2.0, 60.0, 3600.0  # seconds between ticks


@dataclass(frozen=True, slots=True)
class Common:
    """What the application has already."""

    settings: Settings
    profile: Profile
    engine: AsyncEngine
    portals: Portals
    dossiers: Dossiers
    reminders: Reminding
    replies: Replies
    notices: Broadcasts
    now: Callable[[], dt.datetime]
    talks: Endings | None = None


class Speaking:
    """Watches and delivers in the background."""

    def __init__(
        self,
        refresh: Refresh,
        delivery: Delivery,
        outbox: Outbox,
        ledger: Ledger,
        tasks: Tasks,
        expansion: Expansion,
        made: Common,
        bulk: Bulk | None,
        more: Sequence[Tick] = (),
    ) -> None:
        self._refresh, self._delivery, self._outbox, self._ledger = refresh, delivery, outbox, ledger
        self._tasks, self._now, self._bulk, self._expansion = tasks, made.now, bulk, expansion
        zone = ZoneInfo(made.profile.timezone)
        beats = Ticks(made.engine, made.now, this_process(), has_ended)
        ticks = [
            Tick("refresh", self._look, every=LOOKS),
            Tick("deliver", delivery.tick, every=SENDS),
            Tick("notices", self._notices, every=NOTICES, alone=True),
            Tick("tidy", self._tidy, every=TIDIES, alone=True),
            Tick(read.TICK, Filler(made.engine, zone, made.now).tick, every=fill.EVERY, alone=True),
            *more,
        ]
        if ends := made.talks:
            ticks.append(Tick("talks", lambda: ends.tick(made.now()), every=TALKS, alone=True))
        self._clock = Clock(ticks, beats, zone, made.now)

    def start(self) -> None:
        """Begin; needs the running event loop."""
        self._clock.start()

    async def stop(self) -> None:
        """Take up nothing more and wait for what is on its way."""
        self._delivery.stop()
        self._expansion.stop()
        await self._clock.stop()
        if self._bulk:
            await self._bulk.stop()

    async def once(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Look at what is due, move notices on and deliver what is due, now; says what came of looks and messages."""
        looked = await self._refresh.tick()
        await self._expansion.tick()
        return looked, await self._delivery.tick()

    async def _look(self) -> Mapping[str, Any]:
        counts = await self._refresh.tick()
        if counts.get("planned"):
            self._clock.wake("deliver")
        return counts

    async def _notices(self) -> Mapping[str, Any]:
        counts = await self._expansion.tick()
        if counts.get("added"):
            self._clock.wake("deliver")
        return counts

    async def _tidy(self) -> Mapping[str, Any]:
        now = self._now()
        expired = await self._outbox.expire(now)
        await self._outbox.forget_old(now)
        await self._ledger.forget_old(now)
        await self._tasks.forget_old(now)
        return {"expired": expired}


def assemble(made: Common, channels: Sequence[Channel], more: Sequence[Tick] = ()) -> Speaking:
    """Build it over the channels of this process and the mail of the web chat.

    Args:
        more: what else the clock does.
    """
    engine, now, dossiers = made.engine, made.now, made.dossiers
    outbox, ledger = Outbox(engine, now), Ledger(engine)
    people = Links(engine, made.profile.linking).everyone
    watch = Watch(engine, this_process())
    moves = Moves(ZoneInfo(made.profile.timezone))
    saving = Saving(engine, watch, dossiers.snapshots, outbox, people, noted=moves)
    ruled = Rules(rules, made.profile.calendar(), made.profile.reminders)
    refresh = Refresh(engine, watch, made.portals, saving, ruled, now)
    bulk = _bulk(made, channels)
    senders = _senders(made, channels, bulk)
    limits = dict(LIMITS) | ({"telegram": PAID_TELEGRAM} if made.settings.telegram_paid_broadcast else {})
    pace = Pace(engine, now, limits)
    writer = _writer(made)
    delivery = Delivery(
        outbox,
        writer,
        Ladder(_ways(made, channels, senders, pace, writer)),
        pace,
        made.replies,
        now,
        channels=tuple(senders),
        worker=this_process(),
        dead=has_ended,
    )
    notices = made.notices.expansion
    return Speaking(refresh, delivery, outbox, ledger, Tasks(engine), notices, made, bulk, more)


def _senders(made: Common, channels: Sequence[Channel], bulk: Bulk | None) -> dict[str, Sender]:
    states = States(made.engine)
    writable: dict[str, Sender] = {c.name: c.sender for c in channels}
    if bulk:
        writable[TELEGRAM] = bulk
    offering: dict[str, Sender] = {n: Offering(sender, states, made.now) for n, sender in writable.items()}
    return offering | {WEB: made.reminders.mail}


def _ways(
    made: Common, channels: Sequence[Channel], senders: Mapping[str, Sender], pace: Pace, writer: Writer
) -> Parts:
    """Every way to a person: Zalo's account is the one that may cost something."""
    engine, now, costs = made.engine, made.now, made.profile.reminders.costs
    purse = Purse(engine, now, ZoneInfo(made.profile.timezone), costs.month)
    paid = {c.name: Paid(c.windows, c.templates) for c in channels if isinstance(c, Zalo)}
    links, twins = Links(engine, made.profile.linking), Twins(engine, now)
    return Parts(senders, paid, pace, writer, writer, links, twins, Tasks(engine), purse, costs, now)


def _bulk(made: Common, channels: Sequence[Channel]) -> Bulk | None:
    if all(channel.name != TELEGRAM for channel in channels):
        return None
    from bot.channels.telegram.bulk import Bulk  # half a second that most starts can save

    return Bulk(made.settings)


def _writer(made: Common) -> Writer:
    dossiers = made.dossiers
    return Writer(
        made.reminders.wishes,
        dossiers.watch,
        dossiers.snapshots,
        dossiers.rights,
        made.profile,
        made.now,
        simulated=made.settings.portals_file is None,
        notices=made.notices.letters,
    )
