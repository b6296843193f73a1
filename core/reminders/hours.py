"""At what hour somebody may be written to. Pure.

A change of state goes at once at any hour (NĐ 224/2026/NĐ-CP Art. 15(1g)) unless the province or the person
set quiet hours for it. So does a notice of an emergency, whatever hours were set: two people answered for it
(docs/decisions/0020-who-gets-a-notice.md). Everything else keeps to the day of the province, the days of its
kind, and the person's own hours.
"""

from __future__ import annotations

import datetime as dt

from core.reminders.model import Kind, Wishes
from core.reminders.timetable import Days, Span, Timetable
from core.worktime import Calendar

_FAR = 400  # days looked ahead before a calendar without such a day is given up
_END = dt.time.max


def allowed_at(
    kind: Kind, at_once: bool, at: dt.datetime, wishes: Wishes, calendar: Calendar, timetable: Timetable
) -> dt.datetime | None:
    """The first moment from ``at`` on when a message of this kind may be sent to this person.

    Args:
        at_once: whether it is a change of state (``Planned.at_once``), or a notice of an emergency.
        at: when it was due, or now.

    Returns None when the person or the province does not want it, or when no day of the next 400 allows it.
    """
    rule = timetable.of(kind)
    if wishes.stopped or kind in wishes.off or not rule.enabled:
        return None
    moment = max(at, wishes.paused_until) if wishes.paused_until else at
    if at_once and (kind is Kind.NOTICE or (timetable.changes_span is None and not wishes.quiet_changes)):
        return moment
    spans = _spans(at_once, wishes, timetable)
    return _first(moment, spans, "any" if at_once else rule.days, calendar)


def _spans(at_once: bool, wishes: Wishes, timetable: Timetable) -> list[Span]:
    """The hours of a day that suit the province and the person; the province's where nothing suits both."""
    changes = timetable.changes_span
    base = changes if at_once and changes else timetable.day_span
    if at_once and not wishes.quiet_changes:
        return [base]
    if at_once and changes:
        base = _common(base, timetable.day_span) or base
    if wishes.hours is None:
        return [base]
    return meeting(wishes.hours, base) or [base]


def meeting(own: Span, base: Span) -> list[Span]:
    """The hours of ``base`` that a person's own hours leave; empty when they never meet."""
    return sorted(common for one in _own(own) if (common := _common(base, one)))


def _own(hours: Span) -> list[Span]:
    """A person's hours; those over midnight are two spans of a day, equal ones the whole day."""
    opens, closes = hours
    if opens < closes:
        return [hours]
    if opens == closes:
        return [(dt.time.min, _END)]
    return [(dt.time.min, closes), (opens, _END)]


def _common(one: Span, other: Span) -> Span | None:
    opens, closes = max(one[0], other[0]), min(one[1], other[1])
    return (opens, closes) if opens < closes else None


def _first(at: dt.datetime, spans: list[Span], days: Days, calendar: Calendar) -> dt.datetime | None:
    local = at.astimezone(calendar.zone)
    for ahead in range(_FAR):
        day = local.date() + dt.timedelta(ahead)
        if not _suits(day, days, calendar):
            continue
        for opens, closes in spans:
            if local < dt.datetime.combine(day, closes, calendar.zone):
                return max(local, dt.datetime.combine(day, opens, calendar.zone))
    return None


def _suits(day: dt.date, days: Days, calendar: Calendar) -> bool:
    if days == "working":
        return calendar.is_working_day(day)
    return days == "any" or calendar.holiday(day) is None
