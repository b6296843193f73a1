"""A process that answers citizens and delivers reminders, as the application does, and says how late replies were.

Started by ``benchmarks.reminders``; prints milliseconds as JSON, without and with bulk beside them.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from bot.channels.telegram.bulk import Bulk
from bot.channels.telegram.service import Telegram
from bot.worker import Worker, this_process
from core.conversations.inbox import Arrival, Inbox, now_utc
from core.db import engine as engines
from core.messages import Address, Incoming, Message, Reply, Sender
from core.reminders.deliver import Delivery
from core.reminders.gate import Replies
from core.reminders.model import Outgoing
from core.reminders.outbox import Outbox
from core.reminders.pace import LIMITS, PAID_TELEGRAM, Pace
from core.reminders.reach import PlainReach
from core.settings import Settings

SECONDS, EVERY = 15.0, 0.1


class Echo:
    """Answers and writes at once: what is measured is everything around it."""

    async def answer(self, incoming: Incoming) -> Reply:
        return Reply((Message(incoming.text),))

    async def write(self, outgoing: Outgoing) -> Message:
        return Message(outgoing.subject)


class Timed:
    """A sender that keeps when each reply was taken by the platform."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self.at = sender, dict[str, float]()

    async def send(self, address: Address, message: Message) -> None:
        await self._sender.send(address, message)
        self.at[message.text] = time.perf_counter()


async def main() -> None:
    """Measure replies alone, then beside bulk."""
    settings = Settings()
    paid = settings.telegram_paid_broadcast
    engine = engines.create(settings.database_url)
    inbox, gate = Inbox(engine, now_utc), Replies(engine, now_utc)
    channel: Any = Telegram(settings, inbox)
    timed = channel.sender = Timed(channel.sender)
    pace = Pace(engine, now_utc, {"telegram": PAID_TELEGRAM if paid else LIMITS["telegram"]})
    bulk = Bulk(settings)
    delivery = Delivery(
        Outbox(engine, now_utc),
        Echo(),
        PlainReach({"telegram": bulk}, pace, now_utc),
        pace,
        gate,
        now_utc,
        channels=["telegram"],
        worker=this_process(),
        budget=SECONDS,
    )
    worker = Worker(inbox, Echo(), [channel], now_utc, replies=gate)
    worker.start()
    await _replies(inbox, timed, "warm", 2.0)
    alone = await _replies(inbox, timed, "alone", SECONDS)
    delivering = asyncio.create_task(delivery.tick())
    beside = await _replies(inbox, timed, "beside", SECONDS)
    counts = await delivering
    print(json.dumps({"alone": alone, "beside": beside, "bulk": counts.get("sent", 0) / SECONDS}))
    await worker.stop()
    await bulk.stop()
    await engine.dispose()


async def _replies(inbox: Inbox, timed: Timed, name: str, seconds: float) -> list[float]:
    """Somebody writes every tenth of a second; milliseconds until each has the answer."""
    began: dict[str, float] = {}
    for n in range(int(seconds / EVERY)):
        said = f"{name}-{n}"
        began[said] = time.perf_counter()
        await inbox.put(Arrival(said, Incoming(Address("telegram", str(10_000_000 + n)), said)))
        await asyncio.sleep(EVERY)
    async with asyncio.timeout(60):
        while not began.keys() <= timed.at.keys():  # noqa: ASYNC110  many things are waited for at once
            await asyncio.sleep(0.05)
    return [1000 * (timed.at[said] - since) for said, since in began.items()]


if __name__ == "__main__":
    asyncio.run(main())
