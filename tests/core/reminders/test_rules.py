"""What is said first about a dossier, by table; 08/10/2026 is a Thursday."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from core.dossiers.model import Fee, Status, Step, Supplement
from core.reminders.model import Kind, Planned, Watched
from core.reminders.rules import plan, seen, staff_tasks, still_true
from core.reminders.timetable import KindRule, Timetable
from core.worktime import Calendar
from tests.core.dossiers.shown import CALENDAR, CODE, ZONE
from tests.core.reminders.made import TIMETABLE, Watcher, at, brief, view

UNPAID, PAID = (Fee("Lệ phí", 8000, False),), (Fee("Lệ phí", 8000, True),)


def watching(status: Status | None = Status.PROCESSING, when: str = "2026-10-08T09:00") -> Watcher:
    watcher = Watcher()
    assert not [p for p in watcher.look(status, when) if p.at_once]
    return watcher


def numbers(planned: list[Planned]) -> list[str]:
    """The numbers of those about the state itself; a closed counter is another matter."""
    return [line.split()[1] for line in brief(planned) if not line.startswith("closed")]


def test_papers_are_asked_for_at_once_and_before_the_last_day() -> None:
    asked = (
        Supplement("Bổ sung giấy chứng sinh. Nộp chậm nhất ngày 20/10/2026", at("2026-10-09T02:00"), None),
    )
    new = watching().look(Status.SUPPLEMENT, "2026-10-09T02:10", supplements=asked)
    assert brief(new) == [
        "supplement now 2026-10-09 02:10",
        "supplement d20261020-3 2026-10-15 08:30",
        "supplement d20261020-1 2026-10-19 08:30",
    ]
    assert [p.at_once for p in new] == [True, False, False]


def test_papers_without_a_last_day() -> None:
    new = watching().look(Status.SUPPLEMENT, "2026-10-09T10:00")
    assert brief(new) == ["supplement now 2026-10-09 10:00", "supplement +5 2026-10-16 08:30"]


def test_money_is_asked_for_at_once_after_two_days_and_on_the_last() -> None:
    note = "Đề nghị nộp phí, lệ phí 8.000 đồng, chậm nhất ngày 18/10/2026"  # a Sunday: the Friday before it
    new = watching().look(Status.PAYMENT, "2026-10-09T10:00", note=note, fees=UNPAID)
    assert brief(new) == [
        "payment now 2026-10-09 10:00",
        "payment +2 2026-10-13 08:30",
        "payment d20261018-0 2026-10-16 08:30",
    ]


def test_two_reminders_of_one_day_are_one() -> None:
    note = "chậm nhất ngày 13/10/2026"
    new = watching().look(Status.PAYMENT, "2026-10-09T10:00", note=note)
    assert brief(new) == ["payment now 2026-10-09 10:00", "payment d20261013-0 2026-10-13 08:30"]


def test_a_result_is_called_for_over_tet() -> None:
    new = watching(when="2027-01-28T09:00").look(Status.DONE, "2027-02-01T16:00")  # Tết 4-10/2/2027
    assert brief(new) == [
        "pickup now 2027-02-01 16:00",
        "closed 20270204 2027-02-03 08:30",
        "pickup +3 2027-02-11 08:30",
        "pickup +7 2027-02-17 08:30",
        "pickup m1 2027-03-17 08:30",
        "pickup m2 2027-04-19 08:30",  # 17/4 is a Saturday
    ]


def test_the_day_of_return_is_near_then_past() -> None:
    watcher = Watcher()
    new = watcher.look(Status.PROCESSING, "2026-11-20T09:00", due_at=at("2026-11-25T17:00"))
    assert brief(new) == ["due 1 2026-11-23 08:30", "late +1 2026-11-26 08:30"]  # 24/11 is a holiday
    due, late = new
    assert due.expires_at < at("2026-11-25T17:00")
    assert watcher.untrue(due, due.at) is None
    assert watcher.untrue(due, "2026-11-25T18:00") == "past"
    assert watcher.untrue(late, "2026-11-25T16:00") == "state_changed"
    assert watcher.untrue(late, late.at) is None
    watcher.look(Status.DONE, "2026-11-25T16:30", due_at=at("2026-11-25T17:00"))
    assert watcher.untrue(late, late.at) == "state_changed"


@pytest.mark.parametrize(
    ("due", "late_from"),
    [("2026-10-13T17:00", "2026-10-13T17:01"), ("2026-10-13T00:00", "2026-10-14T00:01")],
)
def test_staff_know_of_a_late_dossier_at_once(due: str, late_from: str) -> None:
    one = view(Status.PROCESSING, due_at=at(due), agency="UBND phường Tuy Hoà")
    watched = seen(None, one, at("2026-10-08T09:00"))
    before = at(late_from) - dt.timedelta(minutes=2)
    assert staff_tasks(one, watched, before, CALENDAR, TIMETABLE) == ()
    (task,) = staff_tasks(one, watched, at(late_from), CALENDAR, TIMETABLE)
    assert (task.subject, task.kind, task.agency) == (CODE, Kind.LATE, "UBND phường Tuy Hoà")
    again = staff_tasks(one, watched, at(late_from) + dt.timedelta(90), CALENDAR, TIMETABLE)
    assert again == (task,)
    moved = replace(one, due_at=at("2026-10-14T17:00"))
    (other,) = staff_tasks(moved, watched, at("2026-10-20T08:00"), CALENDAR, TIMETABLE)
    assert other.occasion != task.occasion


@pytest.mark.parametrize("status", [s for s in Status if not s.clock_runs])
def test_only_a_running_time_limit_is_near_or_late(status: Status) -> None:
    one = view(status, due_at=at("2026-10-09T17:00"))
    watched = seen(None, one, at("2026-10-08T09:00"))
    planned = plan(one, watched, None, at("2026-10-08T09:00"), CALENDAR, TIMETABLE)
    assert not {p.kind for p in planned} & {Kind.DUE, Kind.LATE}
    assert staff_tasks(one, watched, at("2026-10-20T09:00"), CALENDAR, TIMETABLE) == ()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.NEW, "changed"), (Status.RECEIVED, "changed"), (Status.NOT_RECEIVED, "changed"),
        (Status.SUPPLEMENT, "supplement"), (Status.PAYMENT, "payment"), (Status.WITHDRAWN, "changed"),
        (Status.STOPPED, "changed"), (Status.DONE, "pickup"), (Status.RETURNED, "changed"), (None, None),
    ],
)  # fmt: skip
def test_each_change_is_told_at_once_at_any_hour(status: Status | None, kind: str | None) -> None:
    new = watching().look(status, "2026-10-10T23:55")  # a Saturday night
    assert [(p.kind, p.at) for p in new if p.at_once] == ([(kind, at("2026-10-10T23:55"))] if kind else [])
    if status is None:
        assert new == []


def test_a_first_look_says_nothing_of_what_is_past() -> None:
    for status in (*Status, None):
        assert not [p for p in Watcher().look(status, "2026-10-08T09:00") if p.at <= at("2026-10-08T09:00")]


@pytest.mark.parametrize(
    "told",
    [
        {"finished_at": at("2019-05-06T10:00")},
        {"due_at": at("2019-05-06T10:00")},
        {"received_at": at("2019-05-06T10:00")},
        {"steps": (Step(at("2019-05-06T10:00"), "Văn thư đóng dấu"),)},
    ],
)
def test_a_result_that_waits_since_2019_brings_no_storm(told: dict[str, object]) -> None:
    watcher = Watcher()
    for day in range(400):
        watcher.look(Status.DONE, at("2026-10-08T09:00") + dt.timedelta(day), **told)
    assert watcher.told == {}


def test_a_state_found_in_its_middle_is_reminded_of_from_there() -> None:
    new = Watcher().look(Status.DONE, "2026-10-14T09:00", finished_at=at("2026-10-08T10:00"))
    assert numbers(new) == ["+7", "m1", "m2"]
    late = Watcher().look(Status.PROCESSING, "2026-10-14T09:00", due_at=at("2026-10-01T17:00"))
    assert late == []


def test_a_change_seen_late_is_told_once() -> None:
    watcher = watching(when="2026-10-08T09:00")
    watcher.fails()
    new = watcher.look(Status.DONE, "2026-10-20T09:00", finished_at=at("2026-10-09T10:00"))
    assert numbers(new) == ["now", "m1", "m2"]


def test_what_came_due_between_two_looks_is_one_message() -> None:
    patient = Timetable(pickup=KindRule(after=(3, 7), monthly=2, expires_hours=400))
    watcher = Watcher(timetable=patient)
    watcher.look(Status.DONE, "2026-10-08T09:00")
    watcher.told.clear()  # the province has just turned the kind on
    new = watcher.look(Status.DONE, "2026-10-20T07:00")  # +3 was on the 13th, +7 on the 19th
    assert numbers(new) == ["+7", "m1", "m2"]
    assert watcher.look(Status.DONE, "2026-10-20T08:00") == []


def test_nothing_is_reminded_of_on_the_day_it_was_told() -> None:
    new = watching().look(Status.DONE, "2026-10-13T02:00", finished_at=at("2026-10-08T10:00"))
    assert numbers(new) == ["now", "+7", "m1", "m2"]  # +3 would come six hours later


@pytest.mark.parametrize("when", ["2026-10-14T09:00", "2026-10-14T08:30"])
def test_what_is_past_at_the_first_look_stays_past(when: str) -> None:
    watcher = Watcher()
    assert watcher.look(Status.PROCESSING, when, due_at=at("2026-10-13T17:00")) == []
    assert watcher.look(Status.PROCESSING, "2026-10-14T10:00", due_at=at("2026-10-13T17:00")) == []


def test_a_holiday_on_a_saturday_is_an_ordinary_weekend() -> None:
    watcher = Watcher(
        calendar=Calendar(ZONE, off={dt.date(2026, 10, 17): "Lễ hội", dt.date(2026, 10, 26): "Lễ"})
    )
    new = watcher.look(Status.DONE, "2026-10-12T09:00")
    assert [p.occasion for p in new if p.kind is Kind.CLOSED] == ["closed.20261024"]  # Saturday to Monday


def test_a_later_reminder_replaces_an_earlier_one_that_waited() -> None:
    watcher = watching()
    new = watcher.look(Status.DONE, "2026-10-09T09:00")
    now, third, seventh = new[:3]
    assert watcher.untrue(now, "2026-10-10T09:00") is None
    assert watcher.untrue(now, third.at) == "superseded"
    assert watcher.untrue(third, third.at) is None
    assert watcher.untrue(third, seventh.at) == "superseded"


def test_the_same_state_again_is_the_same_and_a_new_one_new() -> None:
    watcher = watching()
    assert len(watcher.look(Status.DONE, "2026-10-09T09:00")) == 5
    assert watcher.look(Status.DONE, "2026-10-09T09:30") == []
    assert brief(watcher.look(Status.PROCESSING, "2026-10-12T09:00")) == ["changed now 2026-10-12 09:00"]
    again = watcher.look(Status.DONE, "2026-10-14T09:00")
    assert [p.kind for p in again] == [Kind.PICKUP] * 5
    old = [p for p in watcher.told.values() if p.kind is Kind.PICKUP and p not in again]
    assert {watcher.untrue(p, "2026-10-14T09:00") for p in old} == {"state_changed"}
    assert {watcher.untrue(p, "2026-10-14T09:00") for p in again} == {None}


def test_papers_asked_for_again_are_told_again() -> None:
    watcher, first = watching(), Supplement("Bổ sung tờ khai", at("2026-10-09T09:00"), None, settled=True)
    watcher.look(Status.SUPPLEMENT, "2026-10-09T10:00", supplements=(replace(first, settled=False),))
    second = Supplement("Bổ sung ảnh", at("2026-10-12T09:00"), None)
    new = watcher.look(Status.SUPPLEMENT, "2026-10-12T10:00", supplements=(first, second))
    assert brief(new) == ["supplement now 2026-10-12 10:00", "supplement +5 2026-10-19 08:30"]
    assert watcher.look(Status.SUPPLEMENT, "2026-10-12T11:00", supplements=(first, second)) == []


def test_a_payment_is_confirmed_once_and_stops_its_reminders() -> None:
    watcher = watching()
    asked = watcher.look(Status.PAYMENT, "2026-10-09T10:00", fees=UNPAID)
    (confirmed,) = watcher.look(Status.PAYMENT, "2026-10-09T11:00", fees=PAID)
    assert (confirmed.kind, confirmed.at_once) == (Kind.PAID, True)
    assert {watcher.untrue(p, p.at) for p in asked} == {"paid"}
    assert watcher.look(Status.PAYMENT, "2026-10-09T12:00", fees=PAID) == []
    (moved,) = watcher.look(Status.PROCESSING, "2026-10-09T14:00", fees=PAID)
    assert moved.kind is Kind.CHANGED
    assert watcher.untrue(confirmed, "2026-10-09T14:00") is None


@pytest.mark.parametrize(
    ("fees", "status", "kinds"),
    [
        (PAID, Status.PROCESSING, [Kind.PAID]),
        (None, Status.PROCESSING, [Kind.PAID]),  # it moved on: the agency waits for no money any more
        (UNPAID, Status.PROCESSING, [Kind.CHANGED]),
        (PAID, Status.RETURNED, [Kind.CHANGED, Kind.PAID]),
        (None, Status.STOPPED, [Kind.CHANGED]),
    ],
)
def test_moving_on_from_a_payment(fees: tuple[Fee, ...] | None, status: Status, kinds: list[Kind]) -> None:
    watcher = watching()
    asked = watcher.look(Status.PAYMENT, "2026-10-09T10:00", fees=UNPAID)
    new = watcher.look(status, "2026-10-09T15:00", fees=fees)
    assert [p.kind for p in new if p.at_once] == kinds
    assert {watcher.untrue(p, p.at) for p in asked} <= {"paid", "state_changed"}


def test_each_payment_is_confirmed() -> None:
    watcher = watching()
    kinds = []
    for day, status in enumerate([Status.PAYMENT, Status.PROCESSING] * 2):
        kinds += [p.kind for p in watcher.look(status, f"2026-10-{9 + day:02}T10:00") if p.at_once]
    assert kinds == [Kind.PAYMENT, Kind.PAID] * 2


def test_a_dossier_found_paid_is_not_confirmed() -> None:
    watcher = Watcher()
    assert watcher.look(Status.PAYMENT, "2026-10-09T10:00", fees=PAID) == []
    assert watcher.look(Status.PAYMENT, "2026-10-10T10:00", fees=PAID) == []


def test_collected_meanwhile() -> None:
    watcher = watching()
    pickups = watcher.look(Status.DONE, "2026-10-09T09:00")
    new = watcher.look(Status.RETURNED, "2026-10-09T10:00", returned_at=at("2026-10-09T09:50"))
    assert brief(new) == ["changed now 2026-10-09 10:00", "rating once 2026-10-12 08:30"]
    assert {watcher.untrue(p, "2026-10-13T08:30") for p in pickups} == {"collected"}
    assert watcher.untrue(new[1], new[1].at) is None
    watcher.look(Status.DONE, "2026-10-14T10:00")
    assert watcher.untrue(new[1], "2026-10-14T10:00") == "state_changed"
    again = watcher.look(Status.RETURNED, "2026-10-15T10:00")
    assert [p.kind for p in again] == [Kind.CHANGED]  # a rating is asked for once


def test_papers_handed_in_meanwhile() -> None:
    watcher, one = watching(), Supplement("Tờ khai", at("2026-10-09T09:00"), None)
    asked = watcher.look(Status.SUPPLEMENT, "2026-10-09T10:00", supplements=(one,))
    watcher.look(Status.SUPPLEMENT, "2026-10-09T11:00", supplements=(replace(one, settled=True),))
    assert {watcher.untrue(p, p.at) for p in asked} == {"settled"}


def test_a_last_day_that_moved() -> None:
    watcher = watching()
    first = watcher.look(Status.PAYMENT, "2026-10-09T10:00", note="chậm nhất ngày 20/10/2026")[-1]
    (second,) = watcher.look(Status.PAYMENT, "2026-10-12T10:00", note="chậm nhất ngày 30/10/2026")
    assert watcher.untrue(first, first.at) == "deadline_moved"
    assert brief([second]) == ["payment d20261030-0 2026-10-30 08:30"]
    assert watcher.untrue(second, second.at) is None


def test_a_day_of_return_that_moved_is_told_in_the_day() -> None:
    watcher = Watcher()
    old = watcher.look(Status.PROCESSING, "2026-10-08T09:00", due_at=at("2026-10-13T17:00"))
    new = watcher.look(Status.PROCESSING, "2026-10-12T22:00", due_at=at("2026-10-20T17:00"))
    assert [(p.kind, p.at_once) for p in new] == [
        (Kind.CHANGED, False), (Kind.DUE, False), (Kind.LATE, False),
    ]  # fmt: skip
    assert {watcher.untrue(p, "2026-10-12T22:00") for p in old} == {"due_moved"}
    assert watcher.untrue(new[0], "2026-10-13T07:30") is None
    assert watcher.look(Status.PROCESSING, "2026-10-13T09:00", due_at=at("2026-10-20T17:00")) == []
    assert watcher.look(Status.PROCESSING, "2026-10-13T09:30", due_at=at("2026-10-20T08:00"))[0].kind in (
        Kind.DUE, Kind.LATE,
    )  # fmt: skip
    watcher.look(Status.PROCESSING, "2026-10-14T09:00", due_at=at("2026-10-22T17:00"))
    assert watcher.untrue(new[0], "2026-10-14T09:00") == "due_moved"
    watcher.look(Status.PROCESSING, "2026-10-15T09:00")
    assert watcher.untrue(new[1], "2026-10-15T09:00") == "due_moved"


def test_an_apology_is_told_once_when_it_comes_after_the_news() -> None:
    watcher, due = Watcher(), at("2026-10-13T17:00")
    late = watcher.look(Status.PROCESSING, "2026-10-08T09:00", due_at=due)[-1]
    assert watcher.look(Status.PROCESSING, "2026-10-14T09:00", due_at=due) == []
    sorry = (Step(at("2026-10-15T10:00"), "Xin lỗi và hẹn lại ngày trả 20/10/2026"),)
    (told,) = watcher.look(Status.PROCESSING, "2026-10-15T11:00", due_at=due, steps=sorry)
    assert (told.kind, told.at) == (Kind.LATE, at("2026-10-15T10:00"))
    assert watcher.untrue(told, "2026-10-15T11:00") is None
    assert watcher.untrue(late, "2026-10-15T11:00") == "superseded"
    assert watcher.look(Status.PROCESSING, "2026-10-15T12:00", due_at=due, steps=sorry) == []


def test_an_apology_in_time_is_part_of_the_news() -> None:
    watcher, due = Watcher(), at("2026-10-13T17:00")
    watcher.look(Status.PROCESSING, "2026-10-08T09:00", due_at=due)
    sorry = (Step(at("2026-10-12T10:00"), "Xin lỗi, hẹn lại"),)
    assert watcher.look(Status.PROCESSING, "2026-10-12T11:00", due_at=due, steps=sorry) == []


@pytest.mark.parametrize("status", [*Status, None])
def test_a_closed_counter_is_news_to_those_who_have_to_go(status: Status | None) -> None:
    new = Watcher().look(status, "2026-11-20T09:00", finished_at=at("2026-11-19T09:00"))
    closed = [p for p in new if p.kind is Kind.CLOSED]
    assert len(closed) == (status in (Status.SUPPLEMENT, Status.PAYMENT, Status.DONE))
    assert [p.at for p in closed] == [at("2026-11-23T08:30")] * len(closed)


def test_a_closed_counter_is_no_news_any_more() -> None:
    watcher = watching(Status.DONE, "2026-11-19T09:00")
    closed = next(p for p in watcher.told.values() if p.kind is Kind.CLOSED)
    assert watcher.untrue(closed, closed.at) is None
    assert closed.expires_at == at("2026-11-23T17:00")
    assert watcher.untrue(closed, "2026-11-24T08:30") == "past"
    watcher.calendar = Calendar(ZONE, worked=frozenset({dt.date(2026, 11, 24)}))
    assert watcher.untrue(closed, closed.at) == "past"
    watcher.look(Status.RETURNED, "2026-11-20T09:00")
    assert watcher.untrue(closed, closed.at) == "state_changed"


def test_new_year_at_midnight() -> None:
    watcher = Watcher()
    watcher.look(Status.PROCESSING, "2026-12-30T09:00", due_at=at("2026-12-31T23:59"))
    assert staff_tasks(watcher.view, watcher.watched, at("2027-01-01T00:00"), CALENDAR, TIMETABLE)  # type: ignore[arg-type]
    late = next(p for p in watcher.told.values() if p.kind is Kind.LATE)
    assert late.at == at("2027-01-04T08:30")  # Monday after 1/1, a Friday
    new = watcher.look(Status.PAYMENT, "2027-01-01T00:00")
    assert brief(new)[:2] == ["payment now 2027-01-01 00:00", "payment +2 2027-01-05 08:30"]


def test_a_saturday_worked_in_exchange_counts() -> None:
    new = Watcher().look(Status.PROCESSING, "2026-08-20T09:00", due_at=at("2026-08-24T17:00"))
    assert new[0].at == at("2026-08-22T08:30")


@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.NOTICE])
def test_a_kind_that_is_turned_off_is_neither_planned_nor_sent(kind: Kind) -> None:
    off = Timetable.model_validate({kind.value: KindRule(enabled=False)})
    watcher = Watcher(timetable=off)
    for day, status in enumerate((Status.PROCESSING, *Status)):
        watcher.look(status, f"2026-11-{10 + day}T09:00", due_at=at("2026-11-25T17:00"))
    assert kind not in {k for k, _ in watcher.told}
    watched = Watched(CODE, Status.DONE, at("2026-10-08T09:00"))
    now = at("2026-10-08T09:00")
    assert still_true(kind, "9.x.now", view(Status.DONE), watched, now, CALENDAR, off) == "kind_off"


def test_a_notice_of_staff_is_always_true() -> None:
    watched = Watched(CODE, Status.DONE, at("2026-10-08T09:00"))
    now = at("2026-10-08T09:00")
    assert still_true(Kind.NOTICE, "n1", view(Status.DONE), watched, now, CALENDAR, TIMETABLE) is None
