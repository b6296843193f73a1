"""An outbox with messages in it, and everything around it as classes with memory."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import OutboxRow
from core.errors import SendError
from core.messages import Address, Message
from core.reminders.contract import Drop, Later
from core.reminders.deliver import Delivery
from core.reminders.entries import Entry
from core.reminders.gate import Replies
from core.reminders.model import Kind, Outgoing
from core.reminders.outbox import Outbox
from core.reminders.pace import Limits, Pace
from core.reminders.reach import PlainReach
from tests.conftest import NOW

SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
ME = "host/-/1/me"
FAST = {name: Limits(100_000.0, dt.timedelta(), 50) for name in ("telegram", "zalo")}


class Clock:
    """A clock that the test moves; whoever sleeps by it moves it too."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Everybody who sleeps wakes at a moment of their own, and none before it."""
        until = self.now + dt.timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, until)


def entry(who: str = "telegram:1", subject: str = "A", **more: Any) -> Entry:
    """A reminder that is due now."""
    values: dict[str, Any] = {
        "kind": Kind.PAYMENT,
        "occasion": "1",
        "due_at": NOW,
        "expires_at": NOW + DAY,
        **more,
    }
    return Entry(who, subject, **values)


class Sender:
    """Keeps what was sent; ``failures`` says by address what goes wrong next, in order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.tried: list[str] = []
        self.failures: dict[str, list[Exception]] = {}
        self.most = self.now = 0

    async def send(self, address: Address, message: Message) -> None:
        who = str(address)
        self.tried.append(who)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.001)
        self.now -= 1
        failure = self.failures[who].pop(0) if self.failures.get(who) else None
        if failure is None or getattr(failure, "unknown", False):
            self.sent.append((who, message.text))
        if failure:
            raise failure


class Writer:
    """Writes the subject; ``says`` has other answers by subject. Keeps whom it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Outgoing] = []
        self.says: dict[str, Drop | Later | Exception] = {}

    async def write(self, outgoing: Outgoing) -> Message | Drop | Later:
        self.asked.append(outgoing)
        said = self.says.get(outgoing.subject, Message(outgoing.subject))
        if isinstance(said, Exception):
            raise said
        return said


class Post:
    """All parts of one process over one database."""

    def __init__(self, engine: AsyncEngine, limits: dict[str, Limits] | None = None, name: str = ME) -> None:
        self.engine, self.clock, self.sender, self.writer = engine, Clock(), Sender(), Writer()
        self.outbox = Outbox(engine, self.clock)
        self.pace = Pace(engine, self.clock, limits or FAST)
        self.gate = Replies(engine, self.clock)
        senders = {"telegram": self.sender, "zalo": self.sender}
        self.delivery = Delivery(
            self.outbox,
            self.writer,
            PlainReach(senders, self.pace, self.clock),
            self.pace,
            self.gate,
            self.clock,
            channels=tuple(senders),
            worker=name,
            sleep=self.clock.sleep,
        )

    async def put(self, *entries: Entry) -> int:
        async with self.engine.begin() as connection:
            return await self.outbox.add(connection, entries)

    async def rows(self) -> Sequence[Any]:
        async with self.engine.connect() as connection:
            return (await connection.execute(select(*OutboxRow.__table__.c).order_by(OutboxRow.id))).all()

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]


def busy(seconds: float) -> SendError:
    return SendError("429", retry_after=seconds, rate=True)
