"""Every day of 2026 and 2027: each kind, each hour, each day of a change, against days off written out here.

The days are those of ``rules.md`` §6 as announced or estimated; nothing of them is computed.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right

import pytest

from core.dossiers.model import Status
from core.reminders.hours import allowed_at
from core.reminders.model import Kind, Wishes
from core.reminders.rules import plan, seen
from tests.core.dossiers.shown import CALENDAR, ZONE
from tests.core.reminders.made import TIMETABLE, Watcher, view

HOLIDAYS = {
    dt.date(2026, month, day)
    for month, days in {1: [1], 2: [16, 17, 18, 19, 20], 4: [26, 27, 30], 5: [1], 8: [31], 9: [1, 2], 11: [24]}.items()
    for day in days
} | {
    dt.date(2027, month, day)
    for month, days in {1: [1], 2: [4, 5, 6, 7, 8, 9, 10], 4: [16, 30], 5: [1, 3], 9: [2, 3], 11: [24]}.items()
    for day in days
} | {dt.date(2028, 1, 1), dt.date(2028, 1, 3)}  # fmt: skip
HOLIDAYS |= {dt.date(2028, 1, day) for day in range(24, 30)}  # Tết 2028
WORKED = {dt.date(2026, 8, 22)}
YEARS = [dt.date(2026, 1, 1) + dt.timedelta(n) for n in range(730)]
WORKING = [
    day
    for day in (dt.date(2025, 12, 1) + dt.timedelta(n) for n in range(850))
    if day in WORKED or (day.weekday() < 5 and day not in HOLIDAYS)
]
CLOSED = {  # message on, first day closed
    "2026-02-13": "2026-02-14", "2026-04-24": "2026-04-25", "2026-04-29": "2026-04-30",
    "2026-08-28": "2026-08-29", "2026-11-23": "2026-11-24", "2026-12-31": "2027-01-01",
    "2027-02-03": "2027-02-04", "2027-04-15": "2027-04-16", "2027-04-29": "2027-04-30",
    "2027-09-01": "2027-09-02", "2027-11-23": "2027-11-24", "2027-12-31": "2028-01-01",
}  # fmt: skip


def after(day: dt.date, count: int) -> dt.date:
    """The count-th working day after a day."""
    return WORKING[bisect_right(WORKING, day) + count - 1]


def before(day: dt.date) -> dt.date:
    """The last working day before a day."""
    return WORKING[bisect_left(WORKING, day) - 1]


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def suits(kind: Kind, day: dt.date) -> bool:
    days = {
        Kind.CHANGED: "any",
        Kind.PAID: "any",
        Kind.RATING: "no_holidays",
        Kind.NOTICE: "no_holidays",
    }.get(kind, "working")
    return days == "any" or (day in WORKING if days == "working" else day not in HOLIDAYS)


@pytest.mark.parametrize("kind", list(Kind))
def test_each_hour_of_each_day(kind: Kind) -> None:
    for day in YEARS:
        for hour in range(24):
            due = moment(day, hour, 15)
            assert allowed_at(kind, True, due, Wishes(), CALENDAR, TIMETABLE) == due
            found = allowed_at(kind, False, due, Wishes(), CALENDAR, TIMETABLE)
            assert found is not None
            if suits(kind, day) and 8 <= hour < 20:
                assert found == due
                continue
            first = day if suits(kind, day) and hour < 8 else day + dt.timedelta(1)
            while not suits(kind, first):
                first += dt.timedelta(1)
            assert found == moment(first, 7, 30), (kind, due)


@pytest.mark.parametrize("hour", [0, 9, 23])
@pytest.mark.parametrize(
    ("status", "numbers"),
    [(Status.DONE, (3, 7)), (Status.PAYMENT, (2, 5)), (Status.SUPPLEMENT, (5,)), (Status.RETURNED, (1,))],
)
def test_reminders_of_a_state_that_begins_on_any_day(
    status: Status, numbers: tuple[int, ...], hour: int
) -> None:
    for day in YEARS[:-40]:
        watcher = Watcher()
        now = moment(day, hour)
        watcher.look(Status.PROCESSING, now - dt.timedelta(hours=1))
        planned = [p for p in watcher.look(status, now) if p.kind is not Kind.CLOSED]
        assert (planned[0].at, planned[0].at_once) == (now, True)
        later = [p.at for p in planned[1:]]
        assert later[: len(numbers)] == [moment(after(day, n), 8, 30) for n in numbers], day
        if status is Status.DONE:
            months = later[len(numbers) :]
            assert len(months) == 2
            assert all(at.date() in WORKING or at.year > 2027 for at in months)
            assert 28 <= (months[0] - later[1]).days <= 31 + 10
            assert 59 <= (months[1] - later[1]).days <= 62 + 10
        else:
            assert len(later) == len(numbers)


@pytest.mark.parametrize("hour", [0, 17])  # 0: the portal gave no hour
def test_any_day_of_return(hour: int) -> None:
    for day in YEARS[:-10]:
        one = view(Status.PROCESSING, due_at=moment(day, hour))
        start = moment(day, 0) - dt.timedelta(30)
        planned = plan(one, seen(None, one, start), None, start, CALENDAR, TIMETABLE)
        assert [p.kind for p in planned] == [Kind.DUE, Kind.LATE]
        assert planned[0].at == moment(before(day), 8, 30)
        assert planned[1].at == moment(after(day, 1), 8, 30)


def test_each_holiday_is_announced_once_on_the_working_day_before() -> None:
    told: dict[str, str] = {}
    for day in YEARS:
        now = moment(day, 7)
        one = view(
            Status.DONE, finished_at=now - dt.timedelta(days=5)
        )  # waits for some days, whatever day it is
        watched = seen(None, one, now - dt.timedelta(days=1))
        for planned in plan(one, watched, watched, now, CALENDAR, TIMETABLE):
            if planned.kind is Kind.CLOSED:
                first = dt.datetime.strptime(planned.occasion, "closed.%Y%m%d").date()
                assert told.setdefault(f"{planned.at.date()}", f"{first}") == f"{first}"
                assert planned.at == moment(before(first), 8, 30)
    assert told == CLOSED


def test_a_dossier_that_is_never_collected_stays_within_its_messages() -> None:
    """Looked at every day of two years: at once, +3, +7, twice monthly, and closed counters for 60 days."""
    watcher = Watcher()
    watcher.look(Status.PROCESSING, moment(dt.date(2026, 1, 1), 9))
    for day in YEARS[1:]:
        watcher.look(Status.DONE, moment(day, 9))
    kinds = [kind for kind, _ in watcher.told]
    assert kinds.count(Kind.PICKUP) == 5
    assert kinds.count(Kind.CLOSED) == 1  # Tết 2026
    assert len(kinds) == 6
