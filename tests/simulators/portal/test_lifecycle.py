"""Lives of dossiers: only legal ways, forward only, due dates as computed by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dossiers.model import Status
from simulators.portal import dossiers, lifecycle, register, states, working
from simulators.portal.chance import stream
from simulators.portal.lifecycle import Course
from simulators.portal.states import Change
from tests.simulators.portal.made import MONDAY, at, in_status, world

S = Status
LEGAL: dict[Status | None, set[Status | None]] = {
    S.NEW: {S.RECEIVED, S.NOT_RECEIVED, S.WITHDRAWN},
    S.RECEIVED: {S.PROCESSING, S.WITHDRAWN},
    S.PROCESSING: {S.PROCESSING, S.SUPPLEMENT, S.PAYMENT, S.WITHDRAWN, S.STOPPED, S.DONE, None},
    S.SUPPLEMENT: {S.PROCESSING, S.STOPPED, S.WITHDRAWN},
    S.PAYMENT: {S.PROCESSING},
    None: {S.PROCESSING},
    S.DONE: {S.RETURNED},
}
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(n) for n in range(700)]
WORKING = [d for d in DAYS if working.PROVINCE.is_working_day(d)]


def of(seed: int, day: dt.date, number: int) -> dossiers.Dossier:
    return dossiers.of_day(seed, day, register.shipped(), working.PROVINCE)[number]


ANY = st.builds(of, st.integers(0, 50), st.sampled_from(WORKING), st.integers(0, 15))


@given(ANY)
def test_plans_go_forward_on_legal_ways(dossier: dossiers.Dossier) -> None:
    plan = lifecycle.plan(dossier, working.PROVINCE)
    assert plan == lifecycle.plan(dossier, working.PROVINCE)
    assert plan[0].status is S.NEW
    assert plan[0].at == dossier.handed_in
    assert plan[-1].status
    assert plan[-1].status.ended
    for before, after in pairwise(plan):
        assert after.status in LEGAL[before.status]
        assert before.at <= after.at == working.PROVINCE.next_open(after.at) or _closing(after.at)
        assert after.status not in (S.RECEIVED, S.PROCESSING) or after.due
    received = next((e.at for e in plan if e.status is S.RECEIVED), None)
    asked = next((e.at for e in plan if e.status is S.SUPPLEMENT), None)
    if received and asked:  # NĐ 61/2018 Art. 19.4, the cautious default: within three working days
        assert working.PROVINCE.between(received, asked) <= dt.timedelta(hours=24)


def _closing(moment: dt.datetime) -> bool:
    return moment.time() in {closes for _, closes in working.PROVINCE.hours}


@given(ANY, st.lists(st.floats(0, 900), min_size=2, max_size=6))
def test_a_moving_clock_only_adds_to_a_history(dossier: dossiers.Dossier, hours: list[float]) -> None:
    plan = lifecycle.plan(dossier, working.PROVINCE)
    moments = sorted(dossier.handed_in + dt.timedelta(hours=h) for h in hours)
    told = [states.state(dossier, plan, (), m, working.PROVINCE) for m in moments]
    for before, after in pairwise(told):
        assert before
        assert after
        assert after.events[: len(before.events)] == before.events


def test_the_clock_of_the_world_moves_statuses() -> None:
    made = world()
    before = {d.code: made.state(d) for d in made.dossiers()}
    made.advance(working_hours=80)
    moved = 0
    for code, old in before.items():
        dossier = made.find(code)
        assert dossier
        new = made.state(dossier)
        assert new.events[: len(old.events)] == old.events
        assert all(b.status in LEGAL[a.status] for a, b in pairwise(new.events))
        moved += new.status is not old.status
    assert moved > 100


def course(handed_in: dt.datetime, term: int) -> Course:
    some = of(1, dt.date(2026, 10, 8), 5)
    dossier = replace(some, handed_in=handed_in, kind=replace(some.kind, term=term))
    begun = Course(dossier, working.PROVINCE, stream("test"))
    begun.step(0, S.NEW, "")
    begun.receive(0)
    return begun


@pytest.mark.parametrize(
    ("handed_in", "term", "due"),
    [
        # Thursday 6.5 h, Friday 8, Monday 8, Tuesday 1.5
        (at(2026, 10, 8, 8, 30), 3, at(2026, 10, 13, 8, 30)),
        # in the evening: begins next working morning, ends with that day
        (at(2026, 10, 5, 20, 0), 1, at(2026, 10, 6, 17, 0)),
        # at noon: begins at 13:30
        (at(2026, 10, 5, 12, 0), 1, at(2026, 10, 6, 11, 30)),
        # Friday 1 h; Tết 16–20/2; Monday 23/2 8 h, Tuesday 24/2 7 h
        (at(2026, 2, 13, 16, 0), 2, at(2026, 2, 24, 16, 0)),
        # Friday 5 h, Saturday 22/8 worked 8 h, Monday 3 h
        (at(2026, 8, 21, 10, 0), 2, at(2026, 8, 24, 10, 0)),
        # Friday 28/8 1 h; 31/8, 1/9, 2/9 off; Thursday 3/9 7 h
        (at(2026, 8, 28, 16, 0), 1, at(2026, 9, 3, 16, 0)),
        # Monday 23/11 1 h; 24/11 off; Wednesday 7 h
        (at(2026, 11, 23, 16, 0), 1, at(2026, 11, 25, 16, 0)),
    ],
)
def test_due_dates_by_hand(handed_in: dt.datetime, term: int, due: dt.datetime) -> None:
    assert course(handed_in, term).events[-1].due == due


def test_papers_stop_the_clock_and_start_the_term_anew() -> None:
    begun = course(at(2026, 10, 5, 8, 0), 3)
    begun.ask_for_papers(1, 4)
    received, asked, back = begun.events[1:]
    assert received.due == asked.due == at(2026, 10, 8, 8, 0)
    assert (asked.status, asked.at) == (S.SUPPLEMENT, at(2026, 10, 6, 8, 0))
    assert (back.status, back.at, back.due) == (S.PROCESSING, at(2026, 10, 12, 8, 0), at(2026, 10, 15, 8, 0))
    assert asked.papers
    assert all(paper in asked.what for paper in asked.papers)


def test_payment_stops_the_clock() -> None:
    begun = course(at(2026, 10, 5, 8, 0), 3)
    begun.ask_for_payment(1, 4)
    assert [(e.status, e.due) for e in begun.events[2:]] == [
        (S.PAYMENT, at(2026, 10, 8, 8, 0)),
        (S.PROCESSING, at(2026, 10, 14, 8, 0)),
    ]


def test_payment_of_a_late_dossier_does_not_make_it_timely() -> None:
    begun = course(at(2026, 10, 5, 8, 0), 1)
    begun.ask_for_payment(3, 4)
    assert begun.events[-1].due == at(2026, 10, 6, 8, 0)


def test_a_payment_from_outside_brings_what_was_planned_earlier() -> None:
    begun = course(at(2026, 10, 5, 8, 0), 3)
    begun.ask_for_payment(1, 10)
    begun.step(1, S.DONE, "")
    paid = Change(at(2026, 10, 7, 8, 0))

    def told(moment: dt.datetime) -> states.State:
        found = states.state(begun.dossier, tuple(begun.events), [paid], moment, working.PROVINCE)
        assert found
        return found

    assert told(at(2026, 10, 6, 9, 0)).status is S.PAYMENT
    after = told(at(2026, 10, 7, 9, 0))
    assert (after.status, after.due, after.paid) == (S.PROCESSING, at(2026, 10, 9, 8, 0), True)
    assert told(at(2026, 10, 8, 8, 0)).status is S.DONE


@settings(max_examples=60)
@given(ANY, st.sampled_from(Status), st.floats(0, 300))
def test_a_status_set_from_outside_stays(dossier: dossiers.Dossier, status: Status, hours: float) -> None:
    made = world(dossier.handed_in + dt.timedelta(hours=hours), dossier.seed)
    made.change(dossier, status, "Vì thử nghiệm")
    made.advance(hours=2000)
    state = made.state(dossier)
    assert (state.status, state.last.what) == (status, "Vì thử nghiệm")


def test_an_override_is_undone_by_going_back() -> None:
    made = world()
    dossier = in_status(made, S.RETURNED)
    made.advance(hours=48)
    made.change(dossier, S.SUPPLEMENT)
    assert made.state(dossier).last.papers
    made.set_clock(MONDAY)
    assert made.state(dossier).status is S.RETURNED
