"""What holds for every history of a dossier, however it runs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.dossiers.model import DossierView, Fee, Status, Step, Supplement
from core.reminders import occasions
from core.reminders.hours import allowed_at
from core.reminders.model import Kind, Planned, Watched, Wishes
from core.reminders.rules import plan, seen, staff_tasks, still_true
from core.reminders.timetable import Timetable
from tests.core.dossiers.shown import CALENDAR, CODE, ZONE
from tests.core.reminders.made import TIMETABLE, Watcher

TEXTS = st.sampled_from(
    ["", "Xin lỗi, hẹn lại ngày 20/10/2026", "chậm nhất ngày 20/10/2026", "đến hết ngày 29/02/2027"]
)
MOMENTS = st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2027, 12, 31)).map(
    lambda m: m.replace(tzinfo=ZONE)
)
NEAR = st.datetimes(dt.datetime(2026, 10, 1), dt.datetime(2027, 3, 31)).map(lambda m: m.replace(tzinfo=ZONE))
VIEWS = st.builds(
    DossierView,
    st.just(CODE),
    st.none() | st.sampled_from(Status),
    st.just(""),
    received_at=st.none() | MOMENTS,
    due_at=st.none() | NEAR | NEAR.map(lambda m: m.replace(hour=0, minute=0, second=0, microsecond=0)),
    finished_at=st.none() | MOMENTS,
    returned_at=st.none() | MOMENTS,
    steps=st.lists(
        st.builds(Step, st.none() | MOMENTS | NEAR, TEXTS, status=st.none() | st.sampled_from(Status)), max_size=3
    ).map(tuple),
    supplements=st.lists(
        st.builds(Supplement, TEXTS, st.none() | NEAR, st.none(), settled=st.booleans()), max_size=2
    ).map(tuple),
    fees=st.none() | st.lists(st.builds(Fee, st.just("Phí"), st.just(1), st.none() | st.booleans()), max_size=2).map(tuple),
    note=TEXTS,
)  # fmt: skip
HISTORIES = st.lists(
    st.tuples(VIEWS, st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=20))), min_size=1, max_size=8
)
START = dt.datetime(2026, 9, 28, 9, tzinfo=ZONE)
AT_ONCE = {Kind.CHANGED, Kind.SUPPLEMENT, Kind.PAYMENT, Kind.PAID, Kind.PICKUP}
MOST = {  # of one kind in one stay in one state, or about one day
    Kind.CHANGED: 1, Kind.SUPPLEMENT: 1 + 2 + 1, Kind.PAYMENT: 1 + 1 + 1 + 1, Kind.PAID: 1, Kind.PICKUP: 1 + 2 + 2,
    Kind.DUE: 1, Kind.LATE: 2, Kind.CLOSED: 1, Kind.RATING: 1,
}  # fmt: skip


def looks(
    history: list[tuple[DossierView, dt.timedelta]], now: dt.datetime
) -> list[tuple[DossierView, dt.datetime]]:
    """Each view with the moment it is looked at."""
    made = []
    for view, gap in history:
        made.append((view, now))
        now += gap
    return made


@given(HISTORIES, NEAR)
@settings(max_examples=300, deadline=None)
def test_planning(history: list[tuple[DossierView, dt.timedelta]], start: dt.datetime) -> None:
    before: Watched | None = None
    for view, now in looks(history, start):
        watched = seen(before, view, now)
        arguments: tuple[Any, ...] = (view, watched, before, now, CALENDAR, TIMETABLE)
        planned = plan(*arguments)
        assert planned == plan(*arguments)  # planned twice is the same
        keys = [(p.kind, p.occasion) for p in planned]
        assert len(keys) == len(set(keys))
        assert list(planned) == sorted(planned, key=lambda p: p.at)
        assert sum(p.at <= now for p in planned if p.kind is not Kind.CHANGED) <= len(
            {p.kind for p in planned}
        )
        for one in planned:
            check(one, now, watched)
            truth = still_true(one.kind, one.occasion, view, watched, max(now, one.at), CALENDAR, TIMETABLE)
            assert truth is None or not one.at_once or truth in ("settled", "superseded"), (one, truth)
        if before is None:
            assert not [p for p in planned if p.at <= now]
        again = plan(view, seen(watched, view, now), watched, now, CALENDAR, TIMETABLE)
        assert {(p.kind, p.occasion) for p in again} <= set(keys)  # a second look brings nothing new
        tasks = staff_tasks(view, watched, now, CALENDAR, TIMETABLE)
        assert all(task.at <= now for task in tasks)
        before = watched


def check(one: Planned, now: dt.datetime, watched: Watched) -> None:
    """What holds for each planned message."""
    assert one.expires_at > max(one.at, now if one.at <= now else one.at)
    assert one.occasion.isascii()
    assert len(one.occasion) <= 80
    assert not one.at_once or (one.kind in AT_ONCE and one.at == now)
    assert one.at_once or one.at > watched.since or one.at == now
    timed = "sorry" in one.occasion or one.occasion.startswith("moved")
    if not one.at_once and not timed:
        assert one.at.astimezone(ZONE).time() == TIMETABLE.hour
        assert CALENDAR.is_working_day(one.at.astimezone(ZONE).date())
        assert allowed_at(one.kind, False, one.at, Wishes(), CALENDAR, TIMETABLE) == one.at


@given(HISTORIES, NEAR)
@settings(max_examples=300, deadline=None)
def test_no_state_brings_a_storm(history: list[tuple[DossierView, dt.timedelta]], start: dt.datetime) -> None:
    watcher, told = Watcher(), Counter[tuple[Kind, str]]()
    for view, now in looks(history, start):
        for one in watcher.look_at(view, now):
            if still_true(
                one.kind,
                one.occasion,
                view,
                watcher.watched or seen(None, view, now),
                now,
                CALENDAR,
                TIMETABLE,
            ) in (None, "past"):
                about, _, number = one.occasion.rpartition(".")
                name = one.occasion if one.kind in (Kind.CHANGED, Kind.CLOSED) else about
                told[one.kind, name if not number.startswith(("d", "sorry")) else one.occasion] += 1
    for (kind, about), count in told.items():
        assert count <= MOST[kind], (kind, about)
    assert sum(kind is Kind.RATING for kind, _ in watcher.told) <= 1


@given(st.none() | st.sampled_from(Status), NEAR)
def test_a_foreign_status_says_nothing(before: Status | None, now: dt.datetime) -> None:
    watcher = Watcher()
    watcher.look(before, now - dt.timedelta(days=1), due_at=now)
    assert watcher.look(None, now, due_at=now + dt.timedelta(days=9)) == []
    for planned in watcher.told.values():
        if before is not None:
            assert watcher.untrue(planned, now) is not None


def test_a_timetable_of_nothing_says_nothing() -> None:
    off = Timetable.model_validate({kind.value: {"enabled": False} for kind in Kind})
    watcher = Watcher(timetable=off)
    for day, status in enumerate(Status):
        assert watcher.look(status, START + dt.timedelta(day), due_at=START) == []


def test_occasions_read_back() -> None:
    assert occasions.closed_from(occasions.closed(dt.date(2026, 11, 24))) == dt.date(2026, 11, 24)
    assert occasions.closed_from("9.20261013T023000.+3") is None
    watched = Watched(CODE, Status.DONE, START)
    assert occasions.belongs(occasions.of_state(watched, "+3"), watched)
    assert occasions.of_state(watched, "+3") == "9.20260928T020000.+3"
