"""What a notice must be, as its author is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.broadcasts.model import Audience, Content, Link, ident_of, subject, trial_subject
from core.broadcasts.rules import Sending, check, needs_approval
from core.dossiers.model import Status
from core.errors import StaffError
from tests.core.broadcasts.made import HOUR, MORNING, content

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title"),
    ({"title": "a" * 121}, "title"),
    ({"title": "a\nb"}, "title"),
    ({"text": ""}, "text"),
    ({"text": "a" * 1501}, "text"),
    ({"links": (Link("", "https://dichvucong.gov.vn"),)}, "links"),
    ({"links": (Link("Xem", "http://dichvucong.gov.vn"),)}, "links"),
    ({"links": (Link("Xem", "https://"),)}, "links"),
    ({"links": (Link("Xem", "https://a:b@gov.vn"),)}, "links"),
    ({"links": (Link("Xem", "https://gov.vn/a b"),)}, "links"),
    ({"links": (Link("Xem", "javascript:alert(1)"),)}, "links"),
    ({"links": (Link("Xem", "https://[gov.vn"),)}, "links"),
    ({"links": (Link("Xem", "https://gov.vn"),) * 6}, "links"),
    ({"emergency": True}, "why"),
    ({"emergency": True, "why": "a" * 501}, "why"),
    ({"audience": Audience("followers")}, "audience"),
    ({"audience": Audience("followers", units=("1",))}, "audience"),
    ({"send_at": MORNING + 61 * 24 * HOUR}, "send_at"),
    ({"expires_at": MORNING}, "expires_at"),
    ({"send_at": MORNING + HOUR, "expires_at": MORNING + HOUR}, "expires_at"),
    ({"expires_at": MORNING + 61 * 24 * HOUR}, "expires_at"),
]


@pytest.mark.parametrize(("values", "field"), WRONG)
def test_wrong(values: dict[str, Any], field: str) -> None:
    with pytest.raises(StaffError) as error:
        check(replace(content(), **values), Sending(), MORNING)
    assert error.value.field == field


def test_right() -> None:
    link = Link("Xem", "https://dichvucong.gov.vn/p/home?x=1#y")
    followers = Audience("followers", statuses=(Status.DONE,))
    check(content(followers, links=(link,), expires_at=MORNING + HOUR), Sending(), MORNING)
    check(content(send_at=MORNING - HOUR), Sending(), MORNING)  # its hour has passed: as soon as it may


@pytest.mark.parametrize(
    ("emergency", "people", "needed"), [(False, 50, False), (False, 51, True), (True, 1, True)]
)
def test_who_decides(emergency: bool, people: int, needed: bool) -> None:
    assert needs_approval(content(emergency=emergency), people, Sending(approve_above=50)) is needed


def test_expiry() -> None:
    assert Sending(expires_hours=2).expiry(content(), MORNING) == MORNING + 2 * HOUR
    assert Sending().expiry(content(expires_at=MORNING), MORNING) == MORNING


def test_names() -> None:
    assert ident_of(subject(12)) == ident_of(trial_subject(12)) == 12
    assert subject(12) != trial_subject(12)
    assert ident_of("H15.50.05-261001-0001") is None
    assert ident_of("broadcast:x") is None


def test_an_audience_is_kept_whole() -> None:
    audience = Audience("followers", ("22015",), (3,), ("1.001193",), ("Hộ tịch",), (Status.DONE,))
    assert Audience.from_dict(audience.as_dict()) == audience
    assert isinstance(content(audience), Content)
