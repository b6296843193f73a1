"""Whether a planned message may still be sent when its hour has come. Pure."""

from __future__ import annotations

import datetime as dt

from core.dossiers.model import DossierView, Status
from core.reminders import ahead, occasions
from core.reminders.model import Kind, Watched
from core.reminders.standing import is_late, paid
from core.reminders.timetable import Timetable
from core.worktime import Calendar


def still_true(
    kind: Kind,
    occasion: str,
    view: DossierView,
    watched: Watched,
    now: dt.datetime,
    calendar: Calendar,
    timetable: Timetable,
) -> str | None:
    """Why a planned message must not be sent any more; None while it is true.

    ``kind_off``, ``paid``, ``collected``, ``settled``, ``state_changed``, ``deadline_moved``, ``due_moved``,
    ``superseded`` (a later message of the same kind is due too), ``past``.
    """
    if kind is Kind.NOTICE:
        return None
    if not timetable.of(kind).enabled:
        return "kind_off"
    if kind is Kind.CLOSED:
        return _closed_untrue(occasion, view, watched, now, calendar)
    if occasion.startswith(("due.", "late.", "moved.")):
        return _due_untrue(kind, occasion, view, watched, now, calendar, timetable)
    if kind is Kind.PAID:
        unpaid = watched.status is Status.PAYMENT and paid(view) is not True
        return "state_changed" if unpaid or paid(view) is False else None
    if kind is Kind.RATING:
        return None if watched.status is Status.RETURNED else "state_changed"
    return _state_untrue(kind, occasion, view, watched, now, calendar, timetable)


def _state_untrue(
    kind: Kind,
    occasion: str,
    view: DossierView,
    watched: Watched,
    now: dt.datetime,
    calendar: Calendar,
    timetable: Timetable,
) -> str | None:
    if ahead.over(kind, view):
        return "paid" if kind is Kind.PAYMENT else "settled"
    if not occasions.belongs(occasion, watched):
        if kind is Kind.PICKUP and watched.status is Status.RETURNED:
            return "collected"
        return "paid" if kind is Kind.PAYMENT and paid(view) is True else "state_changed"
    if kind is Kind.CHANGED or occasions.by_staff(occasion):
        return None
    coming = [p for p in ahead.in_state(view, watched, calendar, timetable) if p.kind is kind]
    names = [p.occasion for p in coming]
    if occasions.number(occasion).startswith("d") and occasion not in names:
        return "deadline_moved"
    place = names.index(occasion) if occasion in names else -1
    due = any(watched.since < p.at <= now for p in coming[place + 1 :])
    return "superseded" if due else None


def _due_untrue(
    kind: Kind,
    occasion: str,
    view: DossierView,
    watched: Watched,
    now: dt.datetime,
    calendar: Calendar,
    timetable: Timetable,
) -> str | None:
    if not watched.status or not watched.status.clock_runs:
        return "state_changed"
    if view.due_at is None:
        return "due_moved"
    what, first, last = occasion.split(".")
    if (last if what == "moved" else first) != occasions.stamp(view.due_at, calendar.zone):
        return "due_moved"
    if what == "moved":
        return None
    if is_late(view, now, calendar) is not (kind is Kind.LATE):
        return "past" if kind is Kind.DUE else "state_changed"
    if occasions.by_staff(occasion):
        return None
    coming = (ahead.after_due if kind is Kind.LATE else ahead.before_due)(view, calendar, timetable)
    names = [p.occasion for p in coming]
    place = names.index(occasion) if occasion in names else len(names)
    return "superseded" if any(p.at <= now for p in coming[place + 1 :]) else None


def _closed_untrue(
    occasion: str, view: DossierView, watched: Watched, now: dt.datetime, calendar: Calendar
) -> str | None:
    if watched.status not in ahead.TO_DO or ahead.over(ahead.TO_DO[watched.status], view):
        return "state_changed"
    first = occasions.closed_from(occasion)
    today = now.astimezone(calendar.zone).date()
    return "past" if first is None or today >= first or calendar.is_working_day(first) else None
