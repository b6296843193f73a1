"""The dossiers: always the same, as many as promised, plausible, nobody twice."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dossiers import codes
from core.dossiers.codes import DossierCode
from core.dossiers.model import Status
from core.worktime import Calendar
from simulators.portal import texts, working
from simulators.portal.chance import stream
from simulators.portal.people import invent
from tests.simulators.portal.made import MONDAY, at, world

MOMENTS = [
    at(2026, 11, 23, 10, 0),
    at(2026, 7, 6, 7, 30),
    at(2026, 2, 23, 9, 0),
    at(2027, 3, 1, 16, 59),
]


@pytest.mark.parametrize(
    "moment", [*MOMENTS, at(2026, 11, 24, 21, 6), at(2026, 11, 22, 12), at(2026, 11, 23, 23)]
)
def test_two_thousand_at_start(moment: dt.datetime) -> None:
    made = world(moment)
    found = list(made.dossiers())
    assert len(found) == 2000
    assert len({d.code for d in found}) == len({d.ident for d in found}) == 2000
    assert all(d.handed_in <= moment for d in found)
    assert [d.handed_in for d in found] == sorted(d.handed_in for d in found)
    assert list(made.newest()) == found[::-1]


def test_the_same_seed_gives_the_same_dossiers_on_any_day() -> None:
    early, late = world(MONDAY), world(MONDAY + dt.timedelta(14))
    shared = set(early.codes()) & set(late.codes())
    assert len(shared) > 1800
    for code in sorted(shared)[::50]:
        one, other = early.find(code), late.find(code)
        assert one is not None
        assert one == other
        assert late.state(one).events[: len(early.state(one).events)] == early.state(one).events
    assert set(world(MONDAY).codes()) == set(early.codes())
    assert not set(world(MONDAY, seed=2).codes()) & set(early.codes())


def test_new_days_bring_new_dossiers_and_nothing_goes() -> None:
    made = world()
    before = set(made.codes())
    made.set_clock(at(2026, 11, 26, 23, 0))  # 24/11 is a holiday
    after = set(made.codes())
    assert before < after
    assert Counter(d.day for d in made.dossiers())[dt.date(2026, 11, 24)] == 0
    assert Counter(d.day for d in made.dossiers())[dt.date(2026, 11, 25)] == 16


def test_today_fills_in_the_course_of_the_day() -> None:
    counts = [
        Counter(d.day for d in world(at(2026, 11, 23, hour)).dossiers())[MONDAY.date()]
        for hour in (0, 8, 12, 16, 23)
    ]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 16


def test_codes_are_read_as_they_are_written() -> None:
    forms: Counter[str] = Counter()
    for dossier in world().dossiers():
        (code,) = codes.find(dossier.code, MONDAY.date())
        assert isinstance(code, DossierCode)
        assert (code.text, code.received) == (dossier.code, dossier.day)
        forms["legacy" if dossier.code.startswith("000") else code.root] += 1
    assert 1500 < forms["H15"] < 1720
    assert 240 < forms["legacy"] < 360
    assert 30 < forms["G09"] < 100
    assert set(forms) == {"H15", "legacy", "G09"}


def test_people_are_plausible_and_nobody_is_there_twice() -> None:
    made = world()
    made.set_clock(MONDAY + dt.timedelta(60))
    owners = [d.owner for d in made.dossiers()]
    assert len({o.identity for o in owners}) == len(owners) > 2500
    for owner in owners:
        assert re.fullmatch(r"099\d{9}", owner.identity)
        assert re.fullmatch(r"09000\d{5}", owner.phone)
        assert not owner.email or owner.email.endswith("@example.com")
        assert not owner.firm or re.fullmatch(r"00\d{8}", owner.tax_code)
    assert phonenumbers.is_valid_number(phonenumbers.parse(owners[0].phone, "VN"))
    names = " ".join(o.name for o in owners)
    assert all(part in names for part in ("Niê", "Mlô", "H'", "Y B", "Siu", "Nguyễn"))
    assert 0.05 < sum(bool(o.firm) for o in owners) / len(owners) < 0.2


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=2, unique=True))
def test_identity_numbers_differ_within_a_lifetime(serials: list[int]) -> None:
    if abs(serials[0] - serials[1]) < 1_000_000:
        one, other = (invent(stream("the same"), s, "xã Ea Kao").identity for s in serials)
        assert one != other


@pytest.mark.parametrize(("moment", "seed"), [*zip(MOMENTS, (1, 2, 3), strict=False)])
def test_every_status_is_well_represented(moment: dt.datetime, seed: int) -> None:
    made = world(moment, seed)
    states = [made.state(d) for d in made.dossiers()]
    counts = Counter(s.status for s in states)
    assert all(counts[status] >= 15 for status in Status), counts
    assert 1 <= counts[None] <= 25
    assert {s.last.name for s in states if s.status is None} == {texts.UNKNOWN_STATUS}
    assert sum(s.late for s in states) >= 3
    weeks = dt.timedelta(14)
    for waiting in (Status.SUPPLEMENT, Status.PAYMENT):
        assert any(s.status is waiting and s.now - s.last.at > weeks for s in states)


def test_unknown_codes_are_unknown() -> None:
    made = world()
    first = next(made.dossiers())
    assert made.find(first.code.lower() + " ") == first
    for code in ("", "abc", first.code[:-1] + "x", "H15.50.05.13-261399-0001", "H15.50.05.13-991008-0975"):
        assert made.find(code) is None
    assert made.find_id("zz") is None
    assert made.find_id("0" * 24) is None
    tomorrow = world(at(2026, 11, 27, 12))
    newest = list(tomorrow.dossiers())[-1]
    assert made.find(newest.code) is None
    assert made.find_id(newest.ident) is None


def test_every_code_is_found_and_has_a_state() -> None:
    made = world()
    for code in list(made.codes())[::5]:
        dossier = made.find(code)
        assert dossier
        assert made.state(dossier).last.name


@given(
    st.datetimes(dt.datetime(2025, 5, 1), dt.datetime(2029, 2, 1)),
    st.integers(0, 200),
    st.sampled_from([0, 1, 30, 59]),
)
def test_working_time_is_that_of_the_calendar(start: dt.datetime, hours: int, minutes: int) -> None:
    moment = start.replace(microsecond=0, tzinfo=working.PROVINCE.zone)
    work = dt.timedelta(hours=hours, minutes=minutes)
    end = Calendar(working.PROVINCE.zone).add(moment, work)
    assert working.PROVINCE.add(moment, work) == end
    assert working.PROVINCE.between(moment, end) == work
    assert working.PROVINCE.between(end, moment) == dt.timedelta()
