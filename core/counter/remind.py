"""A reminder that somebody at a counter sends with one click, through the same outbox as the rules' own.

Whether it is still true, at what hour it may go and what each person may read is decided where every reminder is
(``core.reminders.writer``). Here is decided what is said at all, and that nobody is told the same twice in a row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.counter import asked_before
from core.counter.asked_before import Before
from core.counter.model import KINDS, Today, section_of
from core.dossiers.model import DossierView
from core.errors import StaffError
from core.profile import Profile
from core.reminders import entries, occasions, rules, tasks
from core.reminders.entries import Entry
from core.reminders.followers import People, to_tell
from core.reminders.model import Kind, Planned, StaffTask, Watched
from core.reminders.watch import Watch
from core.staff.audit import Audit
from core.staff.rights import Staff

NOTHING = "Hồ sơ này hiện không có việc gì cần nhắc."
OFF = "Tỉnh đang tắt loại tin này nên không gửi được."
NOBODY = "Chưa ai theo dõi hồ sơ này nên không có nơi để gửi. Ông/bà in phiếu QR đưa cho người dân, hoặc tạo việc gọi điện."


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be sent about a dossier now.

    Args:
        kind: None when nothing waits for anybody.
        before: the same kind went lately, or goes by itself soon: then it is not sent again.
    """

    kind: Kind | None
    before: Before | None = None


class Reminding:
    """Errors of the database are raised as they are."""

    def __init__(
        self,
        engine: AsyncEngine,
        profile: Profile,
        people: People,
        audit: Audit,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine, self._profile, self._people = engine, profile, people
        self._audit, self._clock, self._watch = audit, clock, Watch(engine)
        self._calendar = profile.calendar()

    def today(self) -> Today:
        """Now, as the lists divide it."""
        return Today.of(self._clock(), self._calendar, self._profile.counter.soon_days)

    def kind(self, view: DossierView) -> Kind | None:
        """What its state asks for."""
        section = section_of(view, self.today(), self._calendar)
        return KINDS[section] if section else None

    async def possible(self, view: DossierView) -> Possible:
        """What could be sent about a dossier, without sending it."""
        kind = self.kind(view)
        if kind is None:
            return Possible(None)
        async with self._engine.connect() as connection:
            return Possible(kind, await self._before(connection, view.code, kind))

    async def held_back(self, kind: Kind, codes: Collection[str]) -> dict[str, str]:
        """Which of some dossiers are not reminded again now, and why."""
        window = dt.timedelta(hours=self._profile.counter.again_hours)
        async with self._engine.connect() as connection:
            found = await asked_before.among(connection, codes, kind, self._clock(), window)
        return {code: self.said(before) for code, before in found.items()}

    async def send(self, staff: Staff, view: DossierView) -> int:
        """Put the reminder its state asks for into the outbox of everybody who follows it; says of how many.

        Raises StaffError when there is nothing to remind of, nobody follows it, or it was sent lately.
        """
        kind, now = self.kind(view), self._clock()
        if kind is None:
            raise StaffError(NOTHING)
        if not self._profile.reminders.of(kind).enabled:
            raise StaffError(OFF)
        standing = await self._watch.standing(view.code)
        if standing is None:
            raise StaffError(NOBODY)
        occasion = self._occasion(kind, rules.seen(standing.watched, view, now), view, now)
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)  # of two who click at once the second sees the first's
            if before := await self._before(connection, view.code, kind):
                raise StaffError(self.said(before))
            told = await self._add(connection, view.code, self._planned(kind, occasion, now), now)
            if not told:
                raise StaffError(NOBODY)
            await self._audit.record(
                connection, staff, "counter.remind", f"dossier:{view.code}", kind=str(kind), addresses=told
            )
        return told

    async def phone(self, staff: Staff, view: DossierView) -> bool:
        """Put "phone the owner" on the counter's list, once a day; False when it is there already.

        Raises StaffError when there is nothing to phone about.
        """
        kind, now = self.kind(view), self._clock()
        if kind is None:
            raise StaffError(NOTHING)
        day = f"{self._profile.today(now):%Y%m%d}"
        task = StaffTask(view.code, kind, f"phone.staff.{day}", tasks.PHONE, view.agency, now)
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            new = await tasks.add(connection, [task])
            if new:
                await self._audit.record(
                    connection, staff, "counter.phone", f"dossier:{view.code}", kind=str(kind)
                )
        return bool(new)

    def said(self, before: Before) -> str:
        """Why a reminder is not sent again, and when it was."""
        when = f"{before.at.astimezone(self._calendar.zone):%H:%M ngày %d/%m/%Y}"
        hours = self._profile.counter.again_hours
        if before.coming:
            return f"Tin này sẽ tự gửi lúc {when} nên không cần gửi thêm."
        return f"Đã nhắc lúc {when}. Cùng một loại tin chỉ gửi lại sau {hours} giờ."

    async def _before(self, connection: AsyncConnection, code: str, kind: Kind) -> Before | None:
        window = dt.timedelta(hours=self._profile.counter.again_hours)
        return await asked_before.find(connection, code, kind, self._clock(), window)

    def _occasion(self, kind: Kind, watched: Watched, view: DossierView, now: dt.datetime) -> str:
        number = occasions.staff_number(now)
        if kind in (Kind.LATE, Kind.DUE):
            assert view.due_at is not None, "near and late need a day of return"
            return occasions.due(view.due_at, self._calendar.zone, str(kind), number)
        return occasions.of_state(watched, number)

    def _planned(self, kind: Kind, occasion: str, now: dt.datetime) -> Planned:
        return Planned(kind, occasion, now, now + self._profile.reminders.of(kind).expires)

    async def _add(self, connection: AsyncConnection, code: str, planned: Planned, now: dt.datetime) -> int:
        told = 0
        following_now = now + dt.timedelta(seconds=1)
        async for page in to_tell(connection, code, planned, self._people, following_now):
            rows = [
                Entry(str(address), code, planned.kind, planned.occasion, now, planned.expires_at)
                for address in page
            ]
            told += await entries.add(connection, rows, now)
        return told
