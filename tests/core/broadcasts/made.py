"""Everything around notices to many: staff, citizens with their wishes, and everything that sends."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core import profile as profiles
from core.broadcasts import parts
from core.broadcasts.audiences import Audiences
from core.broadcasts.expansion import Expansion
from core.broadcasts.model import Audience, Broadcast, Content, Report, subject
from core.db.broadcast_tables import NoticeSubscriberRow
from core.db.reminder_tables import GoneRow, OutboxRow, WatchRow
from core.db.staff_tables import OfficeRow, StaffLinkRow
from core.db.tables import FollowedRow, LinkRow
from core.dossiers.model import Status
from core.messages import Address, Message
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.reminders.deliver import Delivery
from core.reminders.entries import Entry
from core.reminders.gate import Replies
from core.reminders.model import Kind, Wishes
from core.reminders.outbox import Outbox
from core.reminders.pace import Limits, Pace
from core.reminders.reach import PlainReach
from core.reminders.wishes import WishBook
from core.reminders.writer import Writer
from core.staff.audit import Audit
from core.staff.rights import Role, Staff
from tests.core.reminders.posted import Clock, Sender

MORNING = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)  # a Wednesday, 10:00 in the province
NIGHT = dt.datetime(2026, 11, 25, 16, 0, tzinfo=dt.UTC)  # 23:00
HOUR, MINUTE, LONG_AGO = dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(days=30)
CHANNELS = ("zalo", "telegram", "web")


def staff(ident: int, *roles: Role, offices: tuple[int, ...] = ()) -> Staff:
    """Somebody of the whole province, unless offices are given."""
    name = f"can-bo-{ident}"
    return Staff(ident, name, f"Cán bộ {ident}", frozenset(roles), frozenset(offices), not offices)


AUTHOR, SECOND, APPROVER = staff(1, Role.COUNTER), staff(2, Role.COUNTER), staff(3, Role.APPROVER)


class Town:
    """A database with citizens and staff in it, and every part of notices over it.

    Args:
        approve_above: of the profile.
    """

    def __init__(self, engine: AsyncEngine, catalogue: Catalogue, approve_above: int = 1000) -> None:
        self.engine, self.clock, self.sender = engine, Clock(), Sender()
        self.clock.now = MORNING
        self.profile = _profile(approve_above)
        self.audit = Audit(engine, self.clock)
        many = parts.assemble(
            engine, self.profile, self.audit, lambda: catalogue, self.clock, "https://bot.example"
        )
        self.many = replace(many, expansion=self.expansion(many.audiences))
        self.outbox, self.wishes = Outbox(engine, self.clock), WishBook(engine)

    def expansion(self, audiences: Audiences, steps: int | None = None) -> Expansion:
        """What another process does for notices, three addresses at a time; it ends after so many steps."""
        made = Expansion(self.engine, self.profile.broadcasts, audiences, self.audit, self.clock, chunk=3)
        step, left = made._step, steps

        async def counted(*arguments: Any) -> int | None:
            nonlocal left
            if left is not None and (left := left - 1) == 0:
                made.stop()
            return await step(*arguments)

        made._step = counted  # type: ignore[method-assign]
        return made

    async def one_step(self) -> None:
        """A process begins what is due, fixes three recipients and ends."""
        await self.expansion(self.many.audiences, 1).tick()

    def delivery(self, worker: str = "host/-/1/me") -> Delivery:
        """A worker that writes as the application does and sends to a class with memory."""
        limits = {name: Limits(100_000.0, dt.timedelta(), 50) for name in CHANNELS}
        pace = Pace(self.engine, self.clock, limits)
        reach = PlainReach(dict.fromkeys(CHANNELS, self.sender), pace, self.clock)
        return Delivery(
            self.outbox,
            self.writer(),
            reach,
            pace,
            Replies(self.engine, self.clock),
            self.clock,
            channels=CHANNELS,
            worker=worker,
            sleep=self.clock.sleep,
        )

    def writer(self) -> Writer:
        """Writes notices only: there is nothing about dossiers here."""
        nothing: Any = None
        return Writer(
            self.wishes, nothing, nothing, nothing, self.profile, self.clock, notices=self.many.letters
        )

    async def put(self, table: Any, *values: dict[str, Any]) -> None:
        """Add rows."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(table), list(values))

    async def subscribe(
        self, *addresses: str, unit: str | None = None, since: dt.datetime | None = None
    ) -> None:
        """They agreed to general notices."""
        at = since or MORNING - LONG_AGO
        await self.put(NoticeSubscriberRow, *({"address": a, "unit": unit, "since": at} for a in addresses))

    async def follow(
        self, code: str, *addresses: str, status: Status = Status.PROCESSING, procedure: str = "1.001193"
    ) -> None:
        """They follow a dossier."""
        at = MORNING - LONG_AGO
        told = {"status": int(status), "procedure": procedure, "since": at, "next_at": at, "failures": 0}
        await self.put(WatchRow, {"code": code, "root": code[:3], **told})
        await self.put(
            FollowedRow, *({"address": a, "code": code, "label": "", "since": at} for a in addresses)
        )

    async def link(self, *addresses: str, person: str = "p") -> None:
        """The addresses are one person's."""
        await self.put(LinkRow, *({"address": a, "person": person, "since": MORNING} for a in addresses))

    async def gone(self, *addresses: str) -> None:
        """They blocked us."""
        await self.put(GoneRow, *({"address": a, "at": MORNING, "reason": "blocked"} for a in addresses))

    async def wish(self, address: str, wishes: Wishes, at: dt.datetime = MORNING) -> None:
        """They chose something."""
        await self.wishes.put(Address.parse(address), wishes, at)

    async def office(self, name: str, unit: str | None = None, *identifiers: str) -> int:
        """An office; gives its id."""
        row = {"name": name, "unit": unit, "identifiers": list(identifiers), "phone": "", "active": True}
        await self.put(OfficeRow, row)
        async with self.engine.connect() as connection:
            return int(await connection.scalar(select(OfficeRow.id).where(OfficeRow.name == name)) or 0)

    async def chat(self, account: Staff, address: str) -> None:
        """A member of staff linked a chat."""
        await self.put(StaffLinkRow, {"address": address, "account": account.id, "since": MORNING})

    async def approved(self, content: Content, author: Staff = AUTHOR) -> Broadcast:
        """A notice that may go, approved where it has to be."""
        draft = await self.many.drafts.create(author, content)
        sent = await self.many.approval.submit(author, draft.id, draft.version)
        if sent.state == "waiting":
            sent = await self.many.approval.approve(APPROVER, draft.id, draft.version)
        return sent

    async def begun(self, content: Content) -> Broadcast:
        """A notice whose recipients are fixed."""
        made = await self.approved(content)
        await self.tick()
        return await self.get(made.id)

    async def get(self, ident: int) -> Broadcast:
        """The notice as it stands."""
        found = await self.many.drafts.get(APPROVER, ident)
        assert found is not None
        return found

    async def report(self, ident: int) -> Report:
        """What became of it."""
        found = await self.many.reports.report(ident)
        assert found is not None
        return found

    async def tick(self) -> dict[str, int]:
        """What the clock does for notices, until nothing of it is left."""
        return await self.many.expansion.tick()

    async def put_reminder_behind(self) -> None:
        """A notice of somebody else that is due after those that wait."""
        body = Message("Khác").as_dict()
        late = Entry("zalo:reminder", "x", Kind.NOTICE, "1", MORNING, MORNING + LONG_AGO, 2, body)
        async with self.engine.begin() as connection:
            await self.outbox.add(connection, [late])

    async def deliver(self) -> None:
        """Everything that is due goes."""
        await self.delivery().tick()

    async def outgoing(self, ident: int) -> list[Any]:
        """The messages of a notice."""
        query = (
            select(*OutboxRow.__table__.c).where(OutboxRow.subject == subject(ident)).order_by(OutboxRow.id)
        )
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).all())

    def sent_to(self) -> list[str]:
        """Who got something, sorted; twice who got it twice."""
        return sorted(address for address, _ in self.sender.sent)


def content(audience: Audience | None = None, **more: Any) -> Content:
    """A notice."""
    return Content("Nghỉ lễ", "Quầy nghỉ từ ngày mai.", audience or Audience(), **more)


def _profile(approve_above: int) -> Profile:
    shipped = profiles.load("dak-lak")
    sending = shipped.broadcasts.model_copy(update={"approve_above": approve_above})
    return shipped.model_copy(update={"broadcasts": sending})
