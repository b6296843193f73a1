"""When the portal is asked again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dossiers.model import Status
from core.reminders.model import Watched
from core.reminders.rules import next_look
from core.worktime import Calendar
from tests.core.dossiers.shown import CALENDAR, CODE, ZONE
from tests.core.reminders.made import TIMETABLE, at

MONDAY = at("2026-10-12T08:00")


def minutes(
    status: Status | None, due: str | None = None, failures: int = 0, now: dt.datetime = MONDAY
) -> float:
    watched = Watched(CODE, status, now, at(due) if due else None, failures)
    return (next_look(watched, now, CALENDAR, TIMETABLE) - now) / dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "due", "least"),
    [
        (Status.PAYMENT, None, 30),
        (Status.PROCESSING, "2026-10-13T17:00", 60),  # tomorrow
        (Status.PROCESSING, "2026-10-01T17:00", 60),  # late
        (Status.RECEIVED, "2026-10-12T00:00", 60),  # today
    ],
)
def test_what_may_change_next_is_looked_at_sooner(status: Status, due: str | None, least: int) -> None:
    assert least <= minutes(status, due) <= least * 1.25


def test_a_dossier_far_from_its_day_waits_over_lunch() -> None:
    assert 240 <= minutes(Status.PROCESSING, "2026-11-13T17:00") <= 60 * 7
    assert 240 <= minutes(Status.PROCESSING) <= 60 * 7


def test_what_has_ended_is_hardly_looked_at() -> None:
    assert minutes(Status.RETURNED) >= 7 * 24 * 60


@pytest.mark.parametrize("status", [s for s in (*Status, None) if s is not Status.PAYMENT])
def test_nights_and_holidays_are_slept_through(status: Status | None) -> None:
    for evening, opens in (
        ("2026-10-12T16:59", "2026-10-13"),
        ("2026-11-23T16:59", "2026-11-25"),  # 24/11
        ("2027-02-03T16:59", "2027-02-11"),  # Tết
        ("2026-12-31T16:59", "2027-01-04"),
    ):
        watched = Watched(CODE, status, at(evening))
        look = next_look(watched, at(evening), CALENDAR, TIMETABLE)
        assert look >= at(f"{opens}T07:00")
        assert CALENDAR.next_open(look) - look < dt.timedelta(hours=2)


def test_payments_are_looked_for_at_night() -> None:
    assert minutes(Status.PAYMENT, now=at("2026-10-12T23:50")) < 40


def test_failures_back_off_up_to_a_limit() -> None:
    waits = [minutes(Status.PAYMENT, failures=n) for n in range(1, 40)]
    assert 5 <= waits[0] < 7
    assert waits == sorted(waits)
    assert 360 <= waits[-1] <= 450


def test_codes_are_spread_and_each_keeps_its_place() -> None:
    codes = [f"H15.50.05.13-261008-{n:04}" for n in range(2000)]
    evening = at("2026-10-12T17:00")
    looks = [next_look(Watched(c, Status.DONE, evening), evening, CALENDAR, TIMETABLE) for c in codes]
    assert looks == [next_look(Watched(c, Status.DONE, evening), evening, CALENDAR, TIMETABLE) for c in codes]
    by_minute = [sum(look.minute == m for look in looks) for m in range(60)]
    assert max(by_minute) < 2 * len(codes) / 60
    assert min(by_minute) > 0


def test_unknown_hours_do_not_stop_the_clock() -> None:
    watched = Watched(CODE, Status.DONE, MONDAY)
    assert next_look(watched, MONDAY, Calendar(ZONE, hours=()), TIMETABLE) > MONDAY


@given(
    st.sampled_from([*Status, None]),
    st.datetimes(dt.datetime(2025, 12, 1), dt.datetime(2027, 12, 31)),
    st.none() | st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2030, 1, 1)),
    st.integers(0, 10_000),
)
def test_the_next_look_always_comes_and_within_a_month(
    status: Status | None, now: dt.datetime, due: dt.datetime | None, failures: int
) -> None:
    moment = now.replace(tzinfo=ZONE)
    watched = Watched(CODE, status, moment, due.replace(tzinfo=ZONE) if due else None, failures)
    look = next_look(watched, moment, CALENDAR, TIMETABLE)
    assert moment < look < moment + dt.timedelta(30)
    assert look == next_look(replace(watched), moment, CALENDAR, TIMETABLE)
