"""Working time by the calendar of ``core.worktime``, quick over long spans. Pure."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from core.worktime import WORKING_DAY, Calendar

_MINUTE = dt.timedelta(minutes=1)
_FIRST, _LAST = dt.date(2025, 7, 1), dt.date(2028, 12, 31)


class QuickCalendar(Calendar):
    """Says what ``Calendar`` says, from a table of the days of some years; other years are asked of it."""

    def add(self, start: dt.datetime, work: dt.timedelta) -> dt.datetime:
        """The moment when ``work`` of open hours has passed since ``start``."""
        moment = start.astimezone(self.zone)
        before, days = self._table
        nth = (moment.date() - _FIRST).days
        if not 0 <= nth < len(before) - 1:
            return super().add(start, work)
        total = work + (self._worked(moment) if before[nth + 1] > before[nth] else dt.timedelta())
        number, rest = before[nth] + total // self._whole, total % self._whole
        if work and not rest:
            number, rest = number - 1, self._whole
        if number >= len(days):
            return super().add(start, work)
        for opens, length in self._hours:
            if rest < length or (work and rest == length):
                return dt.datetime.combine(days[number], opens, self.zone) + rest
            rest -= length
        raise AssertionError("a rest is shorter than the day")

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Working time from ``start`` to ``end``; nothing when ``end`` is not later."""
        if end <= start:
            return dt.timedelta()
        whole = self.working_days(start.date(), end.date()) * self._whole
        return whole + self._left(start) - self._left(end)

    def _left(self, moment: dt.datetime) -> dt.timedelta:
        """Working time of the moment's day that is still to come."""
        return self._whole - self._worked(moment) if self.is_working_day(moment.date()) else dt.timedelta()

    def _worked(self, moment: dt.datetime) -> dt.timedelta:
        """Working time of a working day up to a moment of it."""
        total = dt.timedelta()
        for opens, length in self._hours:
            passed = moment - dt.datetime.combine(moment.date(), opens, self.zone)
            total += min(max(passed, dt.timedelta()), length)
        return total

    @cached_property
    def _hours(self) -> list[tuple[dt.time, dt.timedelta]]:
        day = dt.datetime.combine
        return [(opens, day(_FIRST, closes) - day(_FIRST, opens)) for opens, closes in self.hours]

    @cached_property
    def _whole(self) -> dt.timedelta:
        return sum((length for _, length in self._hours), dt.timedelta())

    @cached_property
    def _table(self) -> tuple[list[int], list[dt.date]]:
        """How many working days come before each day, and the working days."""
        days = [_FIRST + dt.timedelta(n) for n in range((_LAST - _FIRST).days + 1)]
        worked = [day for day in days if self.is_working_day(day)]
        return list(accumulate(map(self.is_working_day, days), initial=0)), worked


PROVINCE = QuickCalendar(ZoneInfo("Asia/Ho_Chi_Minh"))


def days(count: float) -> dt.timedelta:
    """So many working days of eight hours, in whole minutes."""
    return round(count * (WORKING_DAY / _MINUTE)) * _MINUTE
