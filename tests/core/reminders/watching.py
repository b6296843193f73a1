"""A list, a watch, a refresh over a portal with memory, and an outbox in the database, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import profile as profiles
from core.db import upsert
from core.db.reminder_tables import OutboxRow, WatchRow
from core.dossiers.codes import DossierCode
from core.dossiers.followed import List
from core.dossiers.model import Dossier, Status
from core.dossiers.portals.connections import Limits
from core.dossiers.portals.router import Served
from core.dossiers.snapshots import Snapshots
from core.errors import PortalError
from core.messages import Address
from core.reminders import rules as functions
from core.reminders.entries import Entry
from core.reminders.followers import PAGE, People, each_alone
from core.reminders.following import Following
from core.reminders.plan import Rules
from core.reminders.refresh import Refresh
from core.reminders.saving import Saving
from core.reminders.timetable import Timetable
from core.reminders.watch import Watch
from core.secret import Secret
from tests.core.dossiers.made import CODE, Clock, FakePortal, dossier

RULES = Rules(functions, profiles.load("dak-lak").calendar(), Timetable())
MONDAY = dt.datetime(2026, 11, 16, 2, 0, tzinfo=dt.UTC)  # nine o'clock in the province
LIMITS = Limits(refresh_per_second=1000)
MINISTRY = DossierCode.parse("G09.20-20261009-0092637")


class PlainOutbox:
    """An outbox that only takes in."""

    def __init__(self, engine: AsyncEngine) -> None:
        unique = [OutboxRow.address, OutboxRow.subject, OutboxRow.kind, OutboxRow.occasion]
        added = upsert.insert(engine, OutboxRow).on_conflict_do_nothing(index_elements=unique)
        self._add = added.returning(OutboxRow.id)

    async def add(self, connection: AsyncConnection, rows: Iterable[Entry]) -> int:
        now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
        values = [
            {
                "address": one.address,
                "channel": Address.parse(one.address).channel,
                "subject": one.subject,
                "kind": one.kind.value,
                "occasion": one.occasion,
                "lane": one.lane,
                "check": "2222",
                "due_at": one.due_at,
                "expires_at": one.expires_at,
                "created_at": now,
                "state": "pending",
                "tries": 0,
                "unknowns": 0,
            }
            for one in rows
        ]
        return len((await connection.execute(self._add, values)).all())


class Portals(FakePortal):
    """Portals by root, some of which may be down."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        super().__init__()
        self.limits, self.down = limits, dict[str, PortalError]()

    def served(self, root: str) -> Served | None:
        return Served(root.lower(), self.limits) if root in ("H15", "H45", "G09") else None

    async def dossier(self, code: DossierCode) -> Dossier | None:
        if error := self.down.get(code.root):
            self.calls.append(code.text)
            raise error
        return await super().dossier(code)


@dataclass
class Town:
    """Everything between "follow" and the outbox, with the real rules."""

    engine: AsyncEngine
    people: People = each_alone
    page: int = PAGE
    clock: Clock = field(default_factory=lambda: Clock(MONDAY))
    portals: Portals = field(default_factory=Portals)

    def __post_init__(self) -> None:
        self.snapshots = Snapshots(self.engine, Secret("k" * 32))
        self.watch = Watch(self.engine)
        self.list = List(self.engine, Following(self.watch, self.snapshots, self.people))

    def refresh(self, name: str = "one", engine: AsyncEngine | None = None, seconds: float = 0) -> Refresh:
        """A worker."""
        engine = engine or self.engine
        watch = Watch(engine, name)
        saving = Saving(engine, watch, self.snapshots, PlainOutbox(engine), self.people, self.page)
        return Refresh(engine, watch, self.portals, saving, RULES, self.clock, seconds)

    def holds(
        self, code: DossierCode = CODE, status: Status | None = Status.PROCESSING, **more: object
    ) -> None:
        """From now on the portal says this."""
        self.portals.held[code.text] = dossier(code, status, **more)

    async def follows(self, who: str = "1", code: DossierCode = CODE, seen: bool = True) -> None:
        """Somebody looks at a dossier and follows it."""
        if seen:
            await self.snapshots.put(code.text, self.portals.held.get(code.text), self.clock())
        assert await self.list.add(Address("zalo", who), code.text, self.clock())

    async def leaves(self, who: str = "1", code: DossierCode = CODE) -> None:
        """Somebody ceases to follow."""
        await self.list.remove(Address("zalo", who), code.text, self.clock())

    async def outbox(self, state: str = "pending", code: DossierCode = CODE) -> list[tuple[str, str]]:
        """Who is told what, in order."""
        query = select(OutboxRow.address, OutboxRow.kind).where(
            OutboxRow.state == state, OutboxRow.subject == code.text
        )
        async with self.engine.connect() as connection:
            rows = await connection.execute(query.order_by(OutboxRow.address, OutboxRow.due_at))
        return [(row.address, row.kind) for row in rows]

    async def kinds(self, state: str = "pending") -> list[str]:
        """The same without the people."""
        return [kind for _, kind in await self.outbox(state)]

    async def row(self, code: DossierCode = CODE) -> Any:
        """What is remembered of a dossier; None when it is not watched."""
        async with self.engine.connect() as connection:
            return (await connection.execute(select(WatchRow).where(WatchRow.code == code.text))).first()

    async def wait(self, code: DossierCode = CODE) -> None:
        """Until the next look at a dossier is due."""
        self.clock.now = max(self.clock.now, (await self.row(code)).next_at) + dt.timedelta(seconds=1)

    async def look(self, code: DossierCode = CODE) -> dict[str, int]:
        """Wait, then one tick of a worker."""
        await self.wait(code)
        return await self.refresh().tick()


def codes(number: int, root: str = "H15") -> Sequence[DossierCode]:
    """So many codes of one portal."""
    return [DossierCode.parse(f"{root}.50-261008-{n:05}") for n in range(number)]
