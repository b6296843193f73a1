"""A process that delivers, as the application's does, until it is told to stop or killed.

Started as ``python -m tests.core.reminders.delivering`` with the settings of the application and, in DELIVERING,
the limits of the play as JSON.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
from zoneinfo import ZoneInfo

from bot.channels.telegram.bulk import Bulk
from bot.clock import Clock, Tick
from bot.worker import has_ended, this_process
from core.conversations.inbox import now_utc
from core.db import engine as engines
from core.messages import Message
from core.reminders.deliver import Delivery
from core.reminders.gate import Replies
from core.reminders.model import Outgoing
from core.reminders.outbox import Outbox
from core.reminders.pace import Limits, Pace
from core.reminders.reach import PlainReach
from core.reminders.ticks import Ticks
from core.settings import Settings

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Writer:
    """Says of each message which it is."""

    async def write(self, outgoing: Outgoing) -> Message:
        return Message(outgoing.subject)


async def main() -> None:
    """Deliver until SIGTERM."""
    asked, settings = json.loads(os.environ["DELIVERING"]), Settings()
    engine, bulk = engines.create(settings.database_url), Bulk(settings, asked["read_timeout"])
    limits = Limits(asked["rate"], dt.timedelta(seconds=1), asked["group"])
    pace = Pace(engine, now_utc, {"telegram": limits})
    delivery = Delivery(
        Outbox(engine, now_utc, dt.timedelta(seconds=asked["unknown_wait"])),
        Writer(),
        PlainReach({"telegram": bulk}, pace, now_utc),
        pace,
        Replies(engine, now_utc),
        now_utc,
        channels=["telegram"],
        worker=this_process(),
        dead=has_ended,
    )
    clock = Clock(
        [Tick("deliver", delivery.tick, every=0.5)], Ticks(engine, now_utc, this_process()), ZONE, now_utc
    )
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    clock.start()
    await over.wait()
    delivery.stop()
    await clock.stop()
    await bulk.stop()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
