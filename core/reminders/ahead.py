"""The messages that lie ahead of a dossier: in its state, before and after its day of return. Pure.

Each function gives what follows from the present state in order of time, whether or not its hour has come;
``rules`` keeps what can still be said.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterable

from core.dossiers.model import DossierView, Status
from core.reminders import noted, occasions
from core.reminders.closures import Closure, closures
from core.reminders.model import Kind, Planned, Watched
from core.reminders.standing import began, late_from, paid, settled
from core.reminders.timetable import KindRule, Timetable
from core.worktime import Calendar

TO_DO: dict[Status, Kind] = {
    Status.SUPPLEMENT: Kind.SUPPLEMENT,
    Status.PAYMENT: Kind.PAYMENT,
    Status.DONE: Kind.PICKUP,
}
_IN_STATE = {**TO_DO, Status.RETURNED: Kind.RATING}
_CLOSURES = 14  # days looked ahead; a dossier that waits for its owner is looked at several times a day


def in_state(view: DossierView, watched: Watched, calendar: Calendar, timetable: Timetable) -> list[Planned]:
    """The reminders of the state: papers, payment, pickup, rating. Of several on one day the last is kept."""
    kind = _IN_STATE.get(watched.status) if watched.status else None
    if kind is None or over(kind, view):
        return []
    rule = timetable.of(kind)
    days = _days(kind, rule, view, watched, calendar)
    by_day = dict(sorted(days, key=lambda one: one[0]))
    seen_on = watched.since.astimezone(calendar.zone).date()
    rated = kind is Kind.RATING
    return [
        Planned(
            kind,
            occasions.RATING if rated else occasions.of_state(watched, number),
            at := at_hour(day, calendar, timetable),
            at + rule.expires,
            status=watched.status,
        )
        for day, number in by_day.items()
        if day > seen_on
    ]


def over(kind: Kind, view: DossierView) -> bool:
    """Whether what a reminder asks for is done although the status has not moved yet."""
    if kind is Kind.PAYMENT:
        return paid(view) is True
    return kind is Kind.SUPPLEMENT and settled(view)


def _days(
    kind: Kind, rule: KindRule, view: DossierView, watched: Watched, calendar: Calendar
) -> Iterable[tuple[dt.date, str]]:
    """Day and number of each reminder of a state."""
    start = began(view, watched).astimezone(calendar.zone).date()
    yield from ((calendar.add_days(start, days), f"+{days}") for days in rule.after)
    last = noted.deadline(view)
    if last is not None:
        yield from _before(last, start, rule.before, calendar)
    elif kind in (Kind.SUPPLEMENT, Kind.PAYMENT):
        yield from ((calendar.add_days(start, days), f"+{days}") for days in rule.without_deadline)
    base = calendar.add_days(start, max(rule.after, default=0))
    for month in range(1, rule.monthly + 1):
        yield working_on_or_after(_months_later(base, month), calendar), f"m{month}"


def _before(
    last: dt.date, start: dt.date, counts: Iterable[int], calendar: Calendar
) -> Iterable[tuple[dt.date, str]]:
    """Days before the last day; where that is a day off, the working day before it is the last one."""
    base = last if calendar.is_working_day(last) else calendar.add_days(last, -1)
    for count in counts:
        day = calendar.add_days(base, -count)
        if day > start:
            yield day, f"d{last:%Y%m%d}-{count}"


def before_due(view: DossierView, calendar: Calendar, timetable: Timetable) -> list[Planned]:
    """That the day of return is near; only while the time limit runs."""
    late = late_from(view, calendar)
    if late is None or view.due_at is None:
        return []
    rule, day = timetable.due, view.due_at.astimezone(calendar.zone).date()
    return [
        Planned(
            Kind.DUE,
            occasions.due(view.due_at, calendar.zone, "due", str(count)),
            at,
            min(at + rule.expires, late),
        )
        for count in sorted(set(rule.before), reverse=True)
        if (at := at_hour(calendar.add_days(day, -count), calendar, timetable)) < late
    ]


def after_due(view: DossierView, calendar: Calendar, timetable: Timetable) -> list[Planned]:
    """That the day of return is past; and the agency's apology, when it was written after that was said."""
    late = late_from(view, calendar)
    if late is None or view.due_at is None:
        return []
    rule, day = timetable.late, view.due_at.astimezone(calendar.zone).date()
    told = [
        (at_hour(calendar.add_days(day, count), calendar, timetable), f"+{count}")
        for count in sorted(set(rule.after))
    ]
    sorry = noted.apology(view)
    if sorry and sorry.at and told and sorry.at > told[0][0]:
        told.append((sorry.at, f"sorry{sorry.at.astimezone(dt.UTC):%Y%m%dT%H%M}"))
    return [
        Planned(Kind.LATE, occasions.due(view.due_at, calendar.zone, "late", number), at, at + rule.expires)
        for at, number in sorted(told)
    ]


def before_closures(
    view: DossierView, watched: Watched, now: dt.datetime, calendar: Calendar, timetable: Timetable
) -> list[Planned]:
    """That the counters close for a holiday, on the last working day before, to people who have to go there."""
    if watched.status not in TO_DO or over(TO_DO[watched.status], view):
        return []
    until = began(view, watched) + dt.timedelta(timetable.closed_for_days)
    today = now.astimezone(calendar.zone).date()
    planned = (_closing(one, calendar, timetable) for one in closures(calendar, today, _CLOSURES))
    return [one for one in planned if one.at <= until]


def _closing(closure: Closure, calendar: Calendar, timetable: Timetable) -> Planned:
    day = closure.first - dt.timedelta(1)
    at = at_hour(day, calendar, timetable)
    closes = calendar.hours[-1][1] if calendar.hours else timetable.day_span[1]
    ends = dt.datetime.combine(day, closes, calendar.zone)
    expires = min(at + timetable.closed.expires, max(ends, at + dt.timedelta(hours=1)))
    return Planned(Kind.CLOSED, occasions.closed(closure.first), at, expires)


def at_hour(day: dt.date, calendar: Calendar, timetable: Timetable) -> dt.datetime:
    """The hour of the timetable on a day."""
    return dt.datetime.combine(day, timetable.hour, calendar.zone)


def working_on_or_after(day: dt.date, calendar: Calendar) -> dt.date:
    """The day itself when it is worked, else the next working day."""
    return day if calendar.is_working_day(day) else calendar.add_days(day, 1)


def _months_later(day: dt.date, count: int) -> dt.date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
