"""At what hour somebody may be written to."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reminders.hours import allowed_at
from core.reminders.model import Kind, Wishes
from core.reminders.timetable import KindRule, Timetable
from core.worktime import Calendar
from tests.core.dossiers.shown import CALENDAR, ZONE
from tests.core.reminders.made import TIMETABLE, at

QUIET = Timetable(changes="06:00-22:00")
EVENING = Wishes(hours=(dt.time(18), dt.time(21)))
NIGHT_SHIFT = Wishes(hours=(dt.time(19), dt.time(9)))
NOBODY = Wishes(hours=(dt.time(22), dt.time(23)))
CALM = Wishes(quiet_changes=True)


@pytest.mark.parametrize(
    ("kind", "now", "due", "wishes", "timetable", "when"),
    [
        # a change of state: any hour of any day
        (Kind.PICKUP, True, "2026-10-10T02:00", Wishes(), TIMETABLE, "2026-10-10T02:00"),
        (Kind.PAYMENT, True, "2027-02-06T00:00", Wishes(), TIMETABLE, "2027-02-06T00:00"),
        (Kind.CHANGED, True, "2026-12-31T23:59", EVENING, TIMETABLE, "2026-12-31T23:59"),
        # quiet hours of the province, of the person, of both
        (Kind.CHANGED, True, "2026-12-31T23:59", Wishes(), QUIET, "2027-01-01T06:00"),
        (Kind.CHANGED, True, "2026-12-31T06:30", Wishes(), QUIET, "2026-12-31T06:30"),
        (Kind.CHANGED, True, "2026-12-31T06:30", CALM, TIMETABLE, "2026-12-31T07:30"),
        (Kind.CHANGED, True, "2026-12-31T06:30", CALM, QUIET, "2026-12-31T07:30"),
        (Kind.CHANGED, True, "2027-02-06T21:00", CALM, TIMETABLE, "2027-02-07T07:30"),  # Tết is no reason
        (Kind.CHANGED, True, "2026-10-10T12:00", Wishes(hours=EVENING.hours, quiet_changes=True), QUIET, "2026-10-10T18:00"),
        # everything else keeps to the day of the province …
        (Kind.PICKUP, False, "2026-10-09T07:29", Wishes(), TIMETABLE, "2026-10-09T07:30"),
        (Kind.PICKUP, False, "2026-10-09T19:59", Wishes(), TIMETABLE, "2026-10-09T19:59"),
        (Kind.PICKUP, False, "2026-10-08T20:00", Wishes(), TIMETABLE, "2026-10-09T07:30"),
        (Kind.PICKUP, False, "2026-10-09T20:00", Wishes(), TIMETABLE, "2026-10-12T07:30"),  # a Friday
        (Kind.PICKUP, False, "2026-08-21T20:00", Wishes(), TIMETABLE, "2026-08-22T07:30"),  # a Saturday worked
        (Kind.PICKUP, False, "2026-11-23T20:00", Wishes(), TIMETABLE, "2026-11-25T07:30"),  # 24/11
        (Kind.PICKUP, False, "2027-02-03T20:00", Wishes(), TIMETABLE, "2027-02-11T07:30"),  # Tết
        (Kind.PICKUP, False, "2026-12-31T20:00", Wishes(), TIMETABLE, "2027-01-04T07:30"),
        (Kind.RATING, False, "2026-10-09T20:00", Wishes(), TIMETABLE, "2026-10-10T07:30"),  # weekends are fine
        (Kind.RATING, False, "2026-11-23T20:00", Wishes(), TIMETABLE, "2026-11-25T07:30"),  # holidays are not
        (Kind.CHANGED, False, "2026-11-23T20:00", Wishes(), TIMETABLE, "2026-11-24T07:30"),
        # … and to the person's hours
        (Kind.PICKUP, False, "2026-10-09T08:30", EVENING, TIMETABLE, "2026-10-09T18:00"),
        (Kind.PICKUP, False, "2026-10-08T20:00", EVENING, TIMETABLE, "2026-10-09T18:00"),
        (Kind.PICKUP, False, "2026-10-08T08:30", NIGHT_SHIFT, TIMETABLE, "2026-10-08T08:30"),
        (Kind.PICKUP, False, "2026-10-08T09:00", NIGHT_SHIFT, TIMETABLE, "2026-10-08T19:00"),
        (Kind.PICKUP, False, "2026-10-08T20:00", NIGHT_SHIFT, TIMETABLE, "2026-10-09T07:30"),
        (Kind.PICKUP, False, "2026-10-08T06:00", NOBODY, TIMETABLE, "2026-10-08T07:30"),  # never at night
        (Kind.PICKUP, False, "2026-10-08T06:00", Wishes(hours=(dt.time(9), dt.time(9))), TIMETABLE, "2026-10-08T07:30"),
        # a pause delays even changes of state
        (Kind.PICKUP, True, "2026-10-08T06:00", Wishes(paused_until=at("2026-10-12T03:00")), TIMETABLE, "2026-10-12T03:00"),
        (Kind.PICKUP, False, "2026-10-08T09:00", Wishes(paused_until=at("2026-10-12T03:00")), TIMETABLE, "2026-10-12T07:30"),
        (Kind.PICKUP, False, "2026-10-08T09:00", Wishes(paused_until=at("2026-10-01T03:00")), TIMETABLE, "2026-10-08T09:00"),
        # stopped, turned off by the person, turned off by the province
        (Kind.PICKUP, True, "2026-10-08T09:00", Wishes(stopped=True), TIMETABLE, None),
        (Kind.PICKUP, True, "2026-10-08T09:00", Wishes(off=frozenset({Kind.PICKUP})), TIMETABLE, None),
        (Kind.PAYMENT, True, "2026-10-08T09:00", Wishes(off=frozenset({Kind.PICKUP})), TIMETABLE, "2026-10-08T09:00"),
        (Kind.PICKUP, True, "2026-10-08T09:00", Wishes(), Timetable(pickup=KindRule(enabled=False)), None),
    ],
)  # fmt: skip
def test_hours(
    kind: Kind, now: bool, due: str, wishes: Wishes, timetable: Timetable, when: str | None
) -> None:
    found = allowed_at(kind, now, at(due), wishes, CALENDAR, timetable)
    assert found == (at(when) if when else None)


def test_a_calendar_without_working_days_gives_up() -> None:
    never = Calendar(ZONE, off={dt.date(2026, 1, 1) + dt.timedelta(n): "nghỉ" for n in range(2000)})
    assert allowed_at(Kind.PICKUP, False, at("2026-10-08T09:00"), Wishes(), never, TIMETABLE) is None


MOMENTS = st.datetimes(dt.datetime(2025, 12, 1), dt.datetime(2028, 1, 31)).map(
    lambda moment: moment.replace(tzinfo=dt.UTC)
)
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
WISHES = st.builds(
    Wishes,
    hours=st.none() | st.tuples(TIMES, TIMES),
    quiet_changes=st.booleans(),
    paused_until=st.none() | MOMENTS,
)
KINDS = st.sampled_from(list(Kind))


@given(KINDS, st.booleans(), MOMENTS, MOMENTS, WISHES)
def test_never_before_never_at_night_and_in_order(
    kind: Kind, now: bool, one: dt.datetime, other: dt.datetime, wishes: Wishes
) -> None:
    first, second = sorted((one, other))
    early = allowed_at(kind, now, first, wishes, CALENDAR, TIMETABLE)
    late = allowed_at(kind, now, second, wishes, CALENDAR, TIMETABLE)
    assert early is not None
    assert late is not None
    assert first <= early <= late  # what is due earlier never goes later
    assert wishes.paused_until is None or early >= wishes.paused_until
    assert allowed_at(kind, now, early, wishes, CALENDAR, TIMETABLE) == early
    if now and (kind is Kind.NOTICE or not wishes.quiet_changes):  # a change of state; an emergency
        assert early == max(first, wishes.paused_until or first)
        return
    local = early.astimezone(ZONE)
    assert dt.time(7, 30) <= local.time() < dt.time(20)
    if not now and TIMETABLE.of(kind).days != "any":
        assert CALENDAR.holiday(local.date()) is None


@given(KINDS, st.booleans(), MOMENTS, TIMES, TIMES)
def test_the_persons_hours_are_kept_where_they_meet_the_day(
    kind: Kind, now: bool, moment: dt.datetime, opens: dt.time, closes: dt.time
) -> None:
    wishes = Wishes(hours=(opens, closes), quiet_changes=True)
    found = allowed_at(kind, now, moment, wishes, CALENDAR, TIMETABLE)
    assert found is not None
    if now and kind is Kind.NOTICE:  # an emergency comes at any hour
        assert found == moment
        return
    time = found.astimezone(ZONE).time()
    minutes = [dt.time(h, m) for h in range(7, 20) for m in range(60) if (h, m) >= (7, 30)]
    own = [t for t in minutes if (opens <= t < closes if opens < closes else t >= opens or t < closes)]
    assert not own or opens == closes or time.replace(second=0, microsecond=0) in own
