"""Working time of the administration: office hours, weekends, holidays, Saturdays worked in exchange. Pure.

Eight working hours are one working day; what arrives outside hours starts with the next working moment.
Holidays are those of Bộ luật Lao động 45/2019/QH14 Art. 112 as the ``holidays`` library computes them, with
the lunar ones; the profile adds, takes away or confirms days, because swapped days are announced by decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

import holidays

WORKING_DAY = dt.timedelta(hours=8)
_FAR = 400  # days looked ahead before a calendar without working days is given up


@dataclass(frozen=True, slots=True)
class Calendar:
    """When offices work.

    Args:
        zone: the time zone of the province.
        hours: opening and closing times of a day, in order.
        off: further days off with their names.
        worked: days worked although they are weekends or holidays.
    """

    zone: ZoneInfo
    hours: tuple[tuple[dt.time, dt.time], ...] = (
        (dt.time(7), dt.time(11, 30)),
        (dt.time(13, 30), dt.time(17)),
    )
    off: dict[dt.date, str] = field(default_factory=dict, hash=False)
    worked: frozenset[dt.date] = frozenset()

    def prepare(self, day: dt.date) -> None:
        """Compute the holidays around a day. The first time in a process takes half a second, which nobody who
        asks should wait for; the years next to it are computed because terms reach into them."""
        for year in (day.year - 1, day.year, day.year + 1):
            _vietnam(year)
            _exchanged(year)

    def holiday(self, day: dt.date) -> str | None:
        """The name of the holiday, None on other days."""
        if day in self.worked:
            return None
        return self.off.get(day) or _vietnam(day.year).get(day)

    def is_working_day(self, day: dt.date) -> bool:
        """Whether offices are open at all on this day."""
        if day in self.worked:
            return True
        weekend = day.weekday() >= 5 and day not in _exchanged(day.year)
        return not weekend and self.holiday(day) is None

    def working_days(self, first: dt.date, last: dt.date) -> int:
        """Working days after ``first`` up to and with ``last``; negative when ``last`` comes before."""
        if last < first:
            return -self.working_days(last, first)
        days = (first + dt.timedelta(n) for n in range(1, (last - first).days + 1))
        return sum(map(self.is_working_day, days))

    def add_days(self, start: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``start`` (before it when negative)."""
        step = dt.timedelta(1 if count >= 0 else -1)
        day, left = start, abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def next_open(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself when offices are open, else when they open next."""
        local = moment.astimezone(self.zone)
        for ahead in range(_FAR):
            for opens, closes in self._spans(local.date() + dt.timedelta(ahead)):
                if local < closes:
                    return max(local, opens)
        raise ValueError("no working day within a year")

    def add(self, start: dt.datetime, work: dt.timedelta) -> dt.datetime:
        """The moment when ``work`` of open hours has passed since ``start``."""
        moment = self.next_open(start)
        while True:
            closes = next(c for _, c in self._spans(moment.date()) if moment < c)
            if work <= closes - moment:
                return moment + work
            work -= closes - moment
            moment = self.next_open(closes)

    def calendar_term(self, start: dt.datetime, days: int) -> dt.datetime:
        """A term in calendar days ("Ngày"): never ends on a day off, but on the next working day."""
        end = start.astimezone(self.zone) + dt.timedelta(days)
        day = end.date()
        while not self.is_working_day(day):
            day += dt.timedelta(1)
        return dt.datetime.combine(day, end.timetz())

    def _spans(self, day: dt.date) -> Iterable[tuple[dt.datetime, dt.datetime]]:
        if not self.is_working_day(day):
            return ()
        at = dt.datetime.combine
        return [(at(day, opens, self.zone), at(day, closes, self.zone)) for opens, closes in self.hours]


@cache
def _table(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")


@cache
def _vietnam(year: int) -> dict[dt.date, str]:
    return dict(_table(year).items())


@cache
def _exchanged(year: int) -> frozenset[dt.date]:
    """Saturdays and Sundays worked in exchange for another day off."""
    return frozenset(_table(year).weekend_workdays)
