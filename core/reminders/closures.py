"""When counters close for a holiday: longer than an ordinary weekend. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from core.worktime import Calendar

_LONGEST = 40  # days of one closure


@dataclass(frozen=True, slots=True)
class Closure:
    """Days in a row without work, one of them a holiday on what would have been a working day.

    Args:
        first, last: with the weekends that touch the holiday.
        names: of its holidays, as the calendar has them.
    """

    first: dt.date
    last: dt.date
    names: tuple[str, ...]


@lru_cache(maxsize=4096)
def closures(calendar: Calendar, day: dt.date, days: int) -> tuple[Closure, ...]:
    """The closures that begin after ``day`` and within ``days``, in order."""
    found = []
    for ahead in range(1, days + 1):
        first = day + dt.timedelta(ahead)
        if not calendar.is_working_day(first) and calendar.is_working_day(first - dt.timedelta(1)):
            closure = _from(calendar, first)
            if closure.names:
                found.append(closure)
    return tuple(found)


def closure_from(calendar: Calendar, first: dt.date) -> Closure | None:
    """The closure that begins on a day; None when none does (the calendar may have changed since)."""
    found = closures(calendar, first - dt.timedelta(1), 1)
    return found[0] if found else None


def _from(calendar: Calendar, first: dt.date) -> Closure:
    """The days off from ``first`` on; without names when it is an ordinary weekend."""
    run = [first]
    while len(run) < _LONGEST and not calendar.is_working_day(run[-1] + dt.timedelta(1)):
        run.append(run[-1] + dt.timedelta(1))
    named = [(day, name) for day in run if (name := calendar.holiday(day))]
    if all(day.weekday() >= 5 for day, _ in named):
        return Closure(first, run[-1], ())
    return Closure(first, run[-1], tuple(dict.fromkeys(name for _, name in named)))
