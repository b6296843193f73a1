"""Working time by hand-made examples: lunch, night, weekend, Tết, swapped days."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(ZONE)
HOURS = dt.timedelta(hours=1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-11-23", True),  # Monday
        ("2026-11-22", False),  # Sunday
        ("2026-11-24", False),  # Ngày Văn hóa Việt Nam
        ("2026-02-17", False),  # Tết
        ("2026-04-27", False),  # in lieu of Giỗ Tổ on a Sunday
        ("2026-08-22", True),  # a Saturday worked in exchange …
        ("2026-08-31", False),  # … for this Monday
        ("2026-09-02", False),
    ],
)
def test_days(day: str, open_: bool) -> None:
    assert CALENDAR.is_working_day(dt.date.fromisoformat(day)) is open_


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T08:00", 2, "2026-11-23T10:00"),
        ("2026-11-23T11:00", 1, "2026-11-23T14:00"),  # over lunch
        ("2026-11-23T16:30", 1, "2026-11-25T07:30"),  # over night and a holiday
        ("2026-11-20T16:00", 8, "2026-11-23T16:00"),  # over a weekend
        ("2026-11-21T09:00", 8, "2026-11-23T17:00"),  # handed in on a Saturday
        ("2026-02-13T15:00", 4, "2026-02-23T09:00"),  # over Tết (16-20/2) and two weekends
        ("2026-11-23T19:00", 0, "2026-11-25T07:00"),
    ],
)
def test_hours_of_work(start: str, hours: int, end: str) -> None:
    assert CALENDAR.add(at(start), hours * HOURS) == at(end)


def test_the_zone_of_the_moment_does_not_matter() -> None:
    assert CALENDAR.add(at("2026-11-23T08:00").astimezone(dt.UTC), HOURS) == at("2026-11-23T09:00")


def test_working_days_between() -> None:
    friday, wednesday = dt.date(2026, 11, 20), dt.date(2026, 11, 25)
    assert CALENDAR.working_days(friday, wednesday) == 2
    assert CALENDAR.working_days(wednesday, friday) == -2
    assert CALENDAR.working_days(friday, friday) == 0
    assert CALENDAR.add_days(friday, 2) == wednesday


def test_a_term_in_calendar_days_never_ends_on_a_day_off() -> None:
    assert CALENDAR.calendar_term(at("2026-11-19T10:00"), 2) == at("2026-11-23T10:00")
    assert CALENDAR.calendar_term(at("2026-11-19T10:00"), 5) == at("2026-11-25T10:00")


def test_the_profile_has_the_last_word() -> None:
    monday, saturday = dt.date(2026, 11, 23), dt.date(2026, 11, 21)
    changed = Calendar(ZONE, off={monday: "Mất điện"}, worked=frozenset({saturday}))
    assert changed.holiday(monday) == "Mất điện"
    assert not changed.is_working_day(monday)
    assert changed.is_working_day(saturday)


@given(
    st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2030, 1, 1)),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_work_adds_up(start: dt.datetime, first: int, second: int) -> None:
    begun = start.replace(tzinfo=ZONE)
    once = CALENDAR.add(begun, (first + second) * HOURS)
    twice = CALENDAR.add(CALENDAR.add(begun, first * HOURS), second * HOURS)
    # The end of a day and the beginning of the next are the same working moment.
    assert CALENDAR.next_open(once) == CALENDAR.next_open(twice)
