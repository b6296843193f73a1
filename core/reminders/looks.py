"""When the portal is asked again for a followed dossier. Pure."""

from __future__ import annotations

import datetime as dt
from zlib import crc32

from core.dossiers.model import Status
from core.reminders.model import Watched
from core.reminders.timetable import Looks, Timetable
from core.worktime import Calendar

_SPREAD = 0.25  # of the interval, added by the code so that dossiers do not come all at once
_WAITING = (Status.NEW, Status.SUPPLEMENT, Status.DONE, None)


def next_look(watched: Watched, now: dt.datetime, calendar: Calendar, timetable: Timetable) -> dt.datetime:
    """The moment of the next look, always after ``now``.

    States change while offices are open, so nights and holidays are slept through; only payments are made
    at any hour. Failures back off, doubling. Each code has its own place in the interval, the same each time.
    """
    looks, share = timetable.looks, _share(watched.code)
    minutes = _interval(watched, now, calendar, looks)
    if watched.failures:
        doubled = looks.retry * 2 ** min(watched.failures - 1, 20)
        minutes = min(doubled, looks.retry_at_most)
    at = now + dt.timedelta(minutes=minutes * (1 + _SPREAD * share))
    if watched.status is Status.PAYMENT:
        return at
    opens = calendar.next_open(at) if calendar.hours else at
    if opens <= at:
        return at
    return opens + dt.timedelta(minutes=min(minutes, 60) * share)


def _interval(watched: Watched, now: dt.datetime, calendar: Calendar, looks: Looks) -> int:
    """Minutes of open hours until the next look when all goes well."""
    status = watched.status
    if status is Status.PAYMENT:
        return looks.payment
    if status in _WAITING:
        return looks.waiting
    if status is not None and status.ended:
        return looks.ended
    return looks.near if _near(watched, now, calendar) else looks.running


def _near(watched: Watched, now: dt.datetime, calendar: Calendar) -> bool:
    """Whether the day of return is the next working day, today or past."""
    if watched.due_at is None:
        return False
    today = now.astimezone(calendar.zone).date()
    due = watched.due_at.astimezone(calendar.zone).date()
    return due <= today or due <= calendar.add_days(today, 1)


def _share(code: str) -> float:
    """A code's own place between 0 and 1."""
    return crc32(code.encode()) / 2**32
