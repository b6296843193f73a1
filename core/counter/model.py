"""What the counter's page speaks of. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from core.dossiers.model import DossierView, Status
from core.reminders.model import Kind
from core.reminders.standing import late_from, paid
from core.worktime import Calendar


class Section(StrEnum):
    """What waits, the most urgent first; the values stand in addresses of pages."""

    LATE = "tre-hen"
    SOON = "sap-den-hen"
    READY = "cho-nhan"
    PAYMENT = "cho-nop-tien"
    PAPERS = "thieu-giay"

    @property
    def heading(self) -> str:
        """Its Vietnamese name."""
        return _TITLES[self]


_TITLES = {
    Section.LATE: "Trễ hẹn",
    Section.SOON: "Sắp đến hẹn",
    Section.READY: "Có kết quả, chưa nhận",
    Section.PAYMENT: "Chưa nộp tiền",
    Section.PAPERS: "Thiếu giấy tờ",
}
RUNNING = (Status.RECEIVED, Status.PROCESSING)
OF_STATUS = {
    Status.DONE: Section.READY,
    Status.PAYMENT: Section.PAYMENT,
    Status.SUPPLEMENT: Section.PAPERS,
}
KINDS = {
    Section.LATE: Kind.LATE,
    Section.SOON: Kind.DUE,
    Section.READY: Kind.PICKUP,
    Section.PAYMENT: Kind.PAYMENT,
    Section.PAPERS: Kind.SUPPLEMENT,
}


@dataclass(frozen=True, slots=True)
class Today:
    """The moments that divide what is late, near and far.

    Args:
        now: the moment.
        begins: when today began in the province: a day of return without an hour is stored so, and lasts
            the whole day.
        soon_until: before it a day of return is near.
    """

    now: dt.datetime
    begins: dt.datetime
    soon_until: dt.datetime

    @classmethod
    def of(cls, now: dt.datetime, calendar: Calendar, soon_days: int) -> Today:
        """Today in a calendar; near is within so many working days."""
        today = now.astimezone(calendar.zone).date()
        last = calendar.add_days(today, soon_days) + dt.timedelta(1)
        return cls(now, _midnight(today, calendar), _midnight(last, calendar))


def _midnight(day: dt.date, calendar: Calendar) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), calendar.zone)


def section_of(view: DossierView, today: Today, calendar: Calendar) -> Section | None:
    """Where a dossier belongs now; None when nothing about it waits for anybody at the counter."""
    if view.status is Status.PAYMENT and paid(view) is True:
        return None
    if view.status in OF_STATUS:
        return OF_STATUS[view.status]
    late = late_from(view, calendar)
    if late is None or view.due_at is None:
        return None
    if today.now > late:
        return Section.LATE
    return Section.SOON if view.due_at < today.soon_until else None
