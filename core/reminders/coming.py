"""What will be told next about followed dossiers, as their list shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import OutboxRow
from core.dossiers.desk.said import say
from core.dossiers.shown import Shown
from core.messages import Address
from core.people.same import same_person
from core.profile import Profile
from core.reminders import occasions, rules
from core.reminders.hours import allowed_at
from core.reminders.model import Kind, Wishes
from core.reminders.wishes import WishBook

_FOR = {
    Kind.CHANGED: "đổi tình trạng",
    Kind.SUPPLEMENT: "bổ sung giấy tờ",
    Kind.PAYMENT: "nộp tiền",
    Kind.PAID: "đã nộp tiền",
    Kind.PICKUP: "nhận kết quả",
    Kind.DUE: "sắp đến ngày hẹn",
    Kind.LATE: "nếu quá hẹn",
    Kind.CLOSED: "quầy nghỉ lễ",
    Kind.RATING: "mời đánh giá",
}
_MOST = 200  # rows read for one list


@dataclass(frozen=True, slots=True)
class _Ahead:
    code: str
    kind: Kind
    occasion: str
    at: dt.datetime
    expires_at: dt.datetime
    at_once: bool


class Coming:
    """Keeps :class:`core.dossiers.desk.showing.Ahead`."""

    def __init__(self, engine: AsyncEngine, wishes: WishBook, profile: Profile) -> None:
        self._engine, self._wishes = engine, wishes
        self._calendar, self._timetable = profile.calendar(), profile.reminders

    async def lines(self, address: Address, shown: Sequence[Shown]) -> Mapping[str, str]:
        """When each dossier is told of next ("sẽ nhắc ngày …"), as far as this person may know and wants it."""
        wishes = await self._wishes.get(address)
        if wishes.stopped or not shown:
            return {}
        waiting = await self._waiting(address, [one.facts.code for one in shown])
        found = {}
        for one in shown:
            code = one.facts.code
            if said := self._said(one, waiting.get(code) or self._planned(one), wishes):
                found[code] = said
        return found

    async def note(self, address: Address, now: dt.datetime) -> str:
        """One line for whoever begins to follow: that messages will come, and how to change that."""
        if held := await self.held(address, now):
            return held
        return say("remind_follow_web" if address.channel == "web" else "remind_follow").text

    async def held(self, address: Address, now: dt.datetime) -> str:
        """That nothing comes because the person stopped or paused; empty otherwise."""
        wishes = await self._wishes.get(address)
        paused = wishes.paused_until is not None and wishes.paused_until > now
        return say("remind_held").text if wishes.stopped or paused else ""

    async def _waiting(self, address: Address, codes: Sequence[str]) -> dict[str, list[_Ahead]]:
        """What stands in the outbox; it may stand at another address of the person."""
        row = OutboxRow
        query = (
            select(row.subject, row.kind, row.occasion, row.due_at, row.expires_at, row.lane)
            .where(same_person(row.address, str(address)), row.subject.in_(codes))
            .where(row.finished_at.is_(None), row.state == "pending")
            .order_by(row.due_at)
            .limit(_MOST)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        found: dict[str, list[_Ahead]] = {}
        for r in rows:
            ahead = _Ahead(r.subject, Kind(r.kind), r.occasion, r.due_at, r.expires_at, r.lane == 0)
            found.setdefault(r.subject, []).append(ahead)
        return found

    def _planned(self, shown: Shown) -> list[_Ahead]:
        """What follows from the state where nothing was planned yet: just after somebody began to follow."""
        view = shown.view
        watched = rules.seen(None, view, shown.now)
        planned = rules.plan(view, watched, None, shown.now, self._calendar, self._timetable)
        return [_Ahead(view.code, p.kind, p.occasion, p.at, p.expires_at, p.at_once) for p in planned]

    def _said(self, shown: Shown, ahead: Iterable[_Ahead], wishes: Wishes) -> str:
        moments = []
        for one in ahead:
            at = allowed_at(
                one.kind, one.at_once, max(one.at, shown.now), wishes, self._calendar, self._timetable
            )
            if at and at < one.expires_at and one.kind in _FOR and _may_know(one, shown):
                moments.append((at, one.kind))
        if not moments:
            return ""
        at, kind = min(moments)
        day = at.astimezone(self._calendar.zone)
        return f"sẽ nhắc ngày {day:%d/%m/%Y}: {_FOR[kind]}"


def _may_know(ahead: _Ahead, shown: Shown) -> bool:
    """Whether the day itself tells nothing that was not proved: days counted from the state are open, those of
    the portal's last days are not."""
    if shown.proved:
        return True
    if ahead.kind in (Kind.DUE, Kind.LATE) or ahead.occasion.startswith("moved."):
        return shown.due_open
    return ahead.kind is not Kind.PAID and not occasions.number(ahead.occasion).startswith("d")
