"""The ``reminders:`` section of a profile."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from core.profile import load
from core.reminders.model import Kind
from core.reminders.timetable import Timetable


def test_the_shipped_profile_writes_out_the_defaults() -> None:
    assert load("dak-lak").reminders == Timetable()


def test_every_kind_has_a_rule() -> None:
    timetable = Timetable()
    assert all(timetable.of(kind).enabled for kind in Kind)
    assert (timetable.pickup.after, timetable.pickup.monthly) == ((3, 7), 2)
    assert timetable.day_span == (dt.time(7, 30), dt.time(20))
    assert timetable.changes_span is None


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"day": "20:00-07:30"}, "run forward"),
        ({"day": "07:30"}, "Invalid isoformat"),
        ({"day": "07:30-23:00"}, "night"),
        ({"day": "05:00-20:00"}, "night"),
        ({"hour": "20:00"}, "outside day"),
        ({"changes": "bất kỳ"}, "Invalid isoformat"),
        ({"pickup": {"after": [0]}}, "greater than or equal to 1"),
        ({"pickup": {"monthly": 7}}, "less than or equal to 6"),
        ({"pickup": {"after": list(range(1, 14))}}, "more than 12"),
        ({"pickup": {"days": "never"}}, "working"),
        ({"pickups": {}}, "Extra inputs"),
        ({"looks": {"running": 0}}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_refused(section: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Timetable.model_validate(section)
