"""What to say first about a followed dossier, and what of it is still true when its hour comes. Pure.

Nothing here knows people: hours and wishes are in ``hours``, who may read what in ``wording``. A dossier
seen for the first time is not told about (the person has just seen it); only what lies ahead is planned.
"""

from __future__ import annotations

import datetime as dt

from core.dossiers.model import DossierView, Status
from core.reminders import ahead, occasions
from core.reminders.looks import next_look
from core.reminders.model import Kind, Planned, StaffTask, Watched
from core.reminders.standing import changed, first_look, is_late, late_from, paid, seen
from core.reminders.timetable import Timetable
from core.reminders.truth import still_true
from core.worktime import Calendar

__all__ = ["next_look", "paid", "plan", "seen", "staff_tasks", "still_true"]

_MOVED_ON = (Status.RECEIVED, Status.PROCESSING)


def plan(
    view: DossierView,
    watched: Watched,
    before: Watched | None,
    now: dt.datetime,
    calendar: Calendar,
    timetable: Timetable,
) -> tuple[Planned, ...]:
    """Everything that follows from the present state, at once or ahead, in order of time.

    The same state gives the same occasions, whenever it is planned. A row that is open and no longer in the
    plan may still be true (its hour has come, it waits for the person's hours): ask ``still_true``.

    Args:
        watched: as ``seen`` gives it for this view.
        before: what was remembered until now; None at the first look.
        now: the moment of the look.
    """
    at_once = _at_once(view, watched, before, now, calendar, timetable)
    coming = [one for one in _coming(view, watched, now, calendar, timetable) if one.at > watched.since]
    passed = {one.kind: one for one in coming if one.at <= now < one.expires_at}  # the last of each kind
    planned = [*at_once, *passed.values(), *(one for one in coming if one.at > now)]
    return tuple(sorted((p for p in planned if timetable.of(p.kind).enabled), key=_order))


def _order(planned: Planned) -> tuple[dt.datetime, str, str]:
    return planned.at, planned.kind.value, planned.occasion


def _coming(
    view: DossierView, watched: Watched, now: dt.datetime, calendar: Calendar, timetable: Timetable
) -> list[Planned]:
    """What the state brings with time, its hour come or not; in order of time within each kind."""
    return [
        *ahead.in_state(view, watched, calendar, timetable),
        *ahead.before_due(view, calendar, timetable),
        *ahead.after_due(view, calendar, timetable),
        *ahead.before_closures(view, watched, now, calendar, timetable),
    ]


def _at_once(
    view: DossierView,
    watched: Watched,
    before: Watched | None,
    now: dt.datetime,
    calendar: Calendar,
    timetable: Timetable,
) -> list[Planned]:
    """What the look itself brought."""
    if before is None or first_look(before):
        return []
    kinds = _told(view, watched, before)
    planned = [
        Planned(
            kind,
            _paid_occasion(watched, before) if kind is Kind.PAID else occasions.of_state(watched, "now"),
            now,
            now + timetable.of(kind).expires,
            at_once=True,
            status=None if kind is Kind.PAID else watched.status,
        )
        for kind in kinds
    ]
    if not kinds and (occasion := _moved(view, watched, before, calendar)):
        planned.append(Planned(Kind.CHANGED, occasion, now, now + timetable.changed.expires))
    return planned


def _told(view: DossierView, watched: Watched, before: Watched) -> list[Kind]:
    """The kinds of message a change brings; one that tells of a payment tells the change too."""
    everything_paid, confirmed = paid(view) is True, before.paid is True
    news = everything_paid and not confirmed
    if not changed(before, watched):
        return [Kind.PAID] if news and watched.status is Status.PAYMENT else []
    if watched.status is None:
        return []
    if watched.status is Status.PAYMENT and everything_paid:
        return [Kind.PAID]
    kind = ahead.TO_DO.get(watched.status, Kind.CHANGED)
    if before.status is not Status.PAYMENT or watched.status is Status.PAYMENT or confirmed:
        return [kind]
    if watched.status in _MOVED_ON and paid(view) is not False:
        return [Kind.PAID]
    return [Kind.PAID, kind] if news else [kind]


def _paid_occasion(watched: Watched, before: Watched) -> str:
    """A payment is confirmed once for each time the dossier waited for it."""
    waited = watched if watched.status is Status.PAYMENT else before
    return occasions.of_state(waited, "paid")


def _moved(view: DossierView, watched: Watched, before: Watched, calendar: Calendar) -> str | None:
    """The occasion of a day of return that was moved while the time limit runs."""
    if before.due_at is None or view.due_at is None or not watched.status or not watched.status.clock_runs:
        return None
    zone = calendar.zone
    if before.due_at.astimezone(zone).date() == view.due_at.astimezone(zone).date():
        return None
    return occasions.moved(before.due_at, view.due_at, zone)


def staff_tasks(
    view: DossierView, watched: Watched, now: dt.datetime, calendar: Calendar, timetable: Timetable
) -> tuple[StaffTask, ...]:
    """What staff have to see to at once: a dossier past its day of return, once for each such day."""
    if not timetable.late.enabled or view.due_at is None or not is_late(view, now, calendar):
        return ()
    occasion = occasions.due(view.due_at, calendar.zone, "late", "staff")
    since = late_from(view, calendar)
    assert since is not None
    return (StaffTask(watched.code, Kind.LATE, occasion, "late", view.agency, since),)
