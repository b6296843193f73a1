"""Dossiers that wait at two offices, for tests of the counter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core import profile as profiles
from core.counter.remind import Reminding
from core.db.reminder_tables import OutboxRow, WatchRow
from core.db.staff_tables import AuditRow
from core.db.tables import FollowedRow
from core.dossiers.model import Dossier, DossierView, Status
from core.dossiers.snapshots import Snapshots
from core.people.links import Links
from core.secret import Secret
from core.staff.audit import Audit
from core.staff.offices import Office, Offices
from core.staff.rights import Role, Staff

PROFILE = profiles.load("dak-lak")
ZONE = PROFILE.calendar().zone
MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)  # the Tuesday after is a holiday
BINH_KIEN, TUY_HOA = 1, 2
CLERK = Staff(7, "hoa", "Trần Thị Hoa", frozenset({Role.COUNTER}), frozenset({BINH_KIEN}))
PROVINCE = Staff(8, "an", "Lê An", frozenset({Role.ADMIN}), everywhere=True)


def code(number: int, office: str = "H15.50.05") -> str:
    """A code of an office."""
    return f"{office}.13-261008-{number:04d}"


@dataclass
class Counter:
    """The counter of two offices over one database, with a clock that tests turn."""

    engine: AsyncEngine
    now: dt.datetime = MONDAY

    def clock(self) -> dt.datetime:
        return self.now

    @property
    def reminding(self) -> Reminding:
        people = Links(self.engine, PROFILE.linking).everyone
        return Reminding(self.engine, PROFILE, people, Audit(self.engine, self.clock), self.clock)

    async def offices(self) -> None:
        """Two communes, and the province's own office for the rest."""
        offices = Offices(self.engine)
        async with self.engine.begin() as connection:
            await offices.put(connection, Office(0, "Bình Kiến", "22015", ("H15.50.05",), "0257 3 800 000"))
            await offices.put(connection, Office(0, "Tuy Hòa", "22240", ("H15.50.06",)))

    async def waits(
        self,
        number: int,
        status: Status,
        days_ago: float = 0,
        followers: tuple[str, ...] = ("zalo:1",),
        **more: Any,
    ) -> DossierView:
        """A followed dossier; ``more`` is put into its view, and ``office`` names another identifier."""
        named = code(number, more.pop("office", "H15.50.05"))
        view = DossierView(named, status, status.title, procedure_name="Cấp bản sao", agency="UBND", **more)
        since = self.now - dt.timedelta(days_ago)
        row = {
            "code": named, "root": "H15", "next_at": self.now, "status": int(status), "since": since,
            "due_at": view.due_at, "paid": None, "checked_at": self.now, "failures": 0,
        }  # fmt: skip
        async with self.engine.begin() as connection:
            await connection.execute(insert(WatchRow).values(row))
            for who in followers:
                mine = {"address": who, "code": named, "label": "", "since": since}
                await connection.execute(insert(FollowedRow).values(mine))
        await Snapshots(self.engine, Secret("k" * 32)).put(named, Dossier(view), self.now)
        return view

    async def outbox(self, **values: Any) -> None:
        """A row that is there already."""
        row = {
            "address": "zalo:1", "channel": "zalo", "kind": "pickup", "occasion": "9.x.now", "check": "4F7K",
            "state": "sent", "due_at": self.now, "created_at": self.now, "expires_at": self.now,
            "finished_at": None, **values,
        }  # fmt: skip
        async with self.engine.begin() as connection:
            await connection.execute(insert(OutboxRow).values(row))

    async def rows(self) -> list[Any]:
        """The outbox."""
        async with self.engine.connect() as connection:
            return list((await connection.execute(select(*OutboxRow.__table__.c))).all())

    async def audited(self) -> list[tuple[str, str]]:
        """What was done to what."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(AuditRow.what, AuditRow.subject).order_by(AuditRow.id))
            return [(row.what, row.subject) for row in rows]
