"""A console with people who want notices, and the assistant's delivery over senders that remember."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from core.broadcasts import parts as notices
from core.broadcasts.parts import Broadcasts
from core.broadcasts.subscribers import Subscribers
from core.dossiers.rights import Rights
from core.dossiers.snapshots import Snapshots
from core.errors import SendError
from core.messages import Address, Message
from core.reminders.deliver import Delivery
from core.reminders.gate import Replies
from core.reminders.outbox import Outbox
from core.reminders.pace import Pace
from core.reminders.reach import PlainReach
from core.reminders.watch import Watch
from core.reminders.wishes import WishBook
from core.reminders.writer import Writer
from core.staff.chat_links import ChatLinks
from tests.console.conftest import Console

TUY_HOA = "22015"
CHANNELS = ("zalo", "telegram", "web")


class FakeSender:
    """Keeps what it sent; fails for whom it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.broken: set[str] = set()

    async def send(self, address: Address, message: Message) -> None:
        """Deliver, or refuse for good."""
        if str(address) in self.broken:
            raise SendError("refused")
        self.sent.append((str(address), message))


@dataclass
class World:
    """What happens outside the console's pages."""

    console: Console
    senders: dict[str, FakeSender] = field(default_factory=lambda: {name: FakeSender() for name in CHANNELS})

    def __post_init__(self) -> None:
        zone = self.console.parts.zone
        day = self.console.clock().astimezone(zone).date() + dt.timedelta(1)
        while day.weekday() > 3:
            day += dt.timedelta(1)
        self.console.clock.at = dt.datetime.combine(day, dt.time(9), zone).astimezone(dt.UTC)
        self.notices = self._notices()
        self.delivery = self._delivery()

    async def subscribe(self, number: int, channel: str = "zalo", unit: str | None = TUY_HOA) -> list[str]:
        """People who agreed to notices; gives their addresses."""
        made = [f"{channel}:1{place:09d}" for place in range(number)]
        for one in made:
            book = Subscribers(self.console.parts.engine)
            await book.put(Address.parse(one), unit, self.console.clock())
        return made

    async def link(self, account: int, address: str) -> None:
        """The chat of a member of staff."""
        parts = self.console.parts
        found = await parts.accounts.get(account)
        assert found is not None
        links = ChatLinks(parts.engine, parts.audit, parts.secret, parts.now)
        await links.take(Address.parse(address), None, await links.code(found.staff))

    async def fix(self) -> None:
        """The assistant's clock begins what is due and fixes recipients, or ends it."""
        await self.notices.expansion.tick()

    async def deliver(self) -> None:
        """The assistant sends what waits, and its clock notices the end."""
        for _ in range(3):
            await self.delivery.tick()
            self.console.clock.on(seconds=5)
        await self.notices.expansion.tick()

    def arrived(self, text: str = "") -> list[str]:
        """Who got a message with a text in it, on all channels."""
        return [who for sender in self.senders.values() for who, m in sender.sent if text in m.text]

    def _notices(self) -> Broadcasts:
        parts = self.console.parts
        url = parts.settings.public_url
        return notices.assemble(parts.engine, parts.profile, parts.audit, parts.catalogue, parts.now, url)

    def _delivery(self) -> Delivery:
        parts = self.console.parts
        engine, now, profile = parts.engine, parts.now, parts.profile
        writer = Writer(
            WishBook(engine),
            Watch(engine),
            Snapshots(engine, parts.secret),
            Rights(engine, parts.secret, profile.dossiers),
            profile,
            now,
            notices=self.notices.letters,
        )
        pace = Pace(engine, now)
        reach = PlainReach(self.senders, pace, now)
        outbox = Outbox(engine, now)
        return Delivery(
            outbox,
            writer,
            reach,
            pace,
            Replies(engine, now),
            now,
            channels=CHANNELS,
            worker="test",
            dead=_lives,
        )


def _lives(worker: str) -> bool:
    return False
