"""A process that does for notices what the application does, until it is told to stop or killed.

Started as ``python -m benchmarks.broadcasting`` with the settings of the application and, in BROADCASTING, the
seconds its clock is ahead as JSON: notices go by day only, and a measurement at any hour.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.telegram.bulk import Bulk
from bot.clock import Clock, Tick
from bot.reminding import Offering
from bot.worker import has_ended, this_process
from core import profile as profiles
from core.broadcasts import parts as notices
from core.broadcasts.parts import Broadcasts
from core.conversations.inbox import now_utc
from core.conversations.state import States
from core.db import engine as engines
from core.people.links import Links
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.reminders.deliver import Delivery
from core.reminders.gate import Replies
from core.reminders.ladder import Ladder
from core.reminders.outbox import Outbox
from core.reminders.pace import PAID_TELEGRAM, Pace
from core.reminders.purse import Purse
from core.reminders.tasks import Tasks
from core.reminders.ticks import Ticks
from core.reminders.twins import Twins
from core.reminders.ways import Parts
from core.reminders.wishes import WishBook
from core.reminders.writer import Writer
from core.settings import Settings
from core.staff.audit import Audit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Now = Callable[[], dt.datetime]


def ahead(seconds: float) -> Now:
    """A clock that is ahead."""
    return lambda: now_utc() + dt.timedelta(seconds=seconds)


def many(engine: AsyncEngine, profile: Profile, now: Now) -> Broadcasts:
    """The parts of notices over a database; nothing is asked of the catalogue here."""
    return notices.assemble(engine, profile, Audit(engine, now), lambda: Catalogue([]), now, None)


def delivery(engine: AsyncEngine, bulk: Bulk, profile: Profile, parts: Broadcasts, now: Now) -> Delivery:
    """As ``bot.speaking`` builds it, over Telegram alone."""
    pace = Pace(engine, now, {"telegram": PAID_TELEGRAM})
    nothing: Any = None  # what is asked about dossiers only
    writer = Writer(WishBook(engine), nothing, nothing, nothing, profile, now, notices=parts.letters)
    costs, links = profile.reminders.costs, Links(engine, profile.linking)
    sender = Offering(bulk, States(engine), now)
    purse = Purse(engine, now, ZONE, costs.month)
    twins, tasks = Twins(engine, now), Tasks(engine)
    ways = Parts({"telegram": sender}, {}, pace, writer, nothing, links, twins, tasks, purse, costs, now)
    return Delivery(
        Outbox(engine, now),
        writer,
        Ladder(ways),
        pace,
        Replies(engine, now),
        now,
        channels=["telegram"],
        worker=this_process(),
        dead=has_ended,
    )


async def main() -> None:
    """Work until SIGTERM."""
    now, settings = ahead(json.loads(os.environ["BROADCASTING"])), Settings()
    engine, bulk, profile = engines.create(settings.database_url), Bulk(settings), profiles.load("dak-lak")
    parts = many(engine, profile, now)
    sending = delivery(engine, bulk, profile, parts, now)

    async def look() -> Mapping[str, Any]:
        counts = await parts.expansion.tick()
        if counts.get("added"):
            clock.wake("deliver")
        return counts

    ticks = [Tick("notices", look, every=2.0, alone=True), Tick("deliver", sending.tick, every=2.0)]
    clock = Clock(ticks, Ticks(engine, now, this_process(), has_ended), ZONE, now)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    clock.start()
    await over.wait()
    sending.stop()
    parts.expansion.stop()
    await clock.stop()
    await bulk.stop()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
