"""When an office's staff read what citizens write. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.worktime import Calendar

_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours of one office.

    Args:
        sure: whether they are the office's own, or the province's confirmed ones.
    """

    calendar: Calendar
    sure: bool

    def open_at(self, now: dt.datetime) -> bool:
        """Whether the office is open."""
        return self.calendar.next_open(now) == now

    def opens(self, now: dt.datetime) -> dt.datetime:
        """When it opens next, in the province's time; the moment itself while it is open."""
        return self.calendar.next_open(now)

    def said(self) -> str:
        """The hours as one says them: 07:00–11:30 và 13:30–17:00."""
        return " và ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in self.calendar.hours)


def of_office(calendar: Calendar, spans: Sequence[str] | None, verified: bool) -> Hours:
    """The hours of an office.

    Args:
        calendar: the province's.
        spans: the office's own hours, ``07:00-11:30``; None for the province's.
        verified: whether the province's hours are confirmed.
    """
    if not spans:
        return Hours(calendar, verified)
    return Hours(replace(calendar, hours=tuple(_span(s) for s in spans)), True)


def moment_said(moment: dt.datetime, now: dt.datetime) -> str:
    """A moment to come as one says it: "13:30 hôm nay", "07:00 thứ Hai, 30/11/2026". Both in the same zone."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    if days == 0:
        return f"{moment:%H:%M} hôm nay"
    if days == 1:
        return f"{moment:%H:%M} ngày mai, {moment:%d/%m/%Y}"
    return f"{moment:%H:%M} {_DAYS[moment.weekday()]}, {moment:%d/%m/%Y}"


def _span(text: str) -> tuple[dt.time, dt.time]:
    opens, _, closes = text.partition("-")
    return dt.time.fromisoformat(opens.strip()), dt.time.fromisoformat(closes.strip())
