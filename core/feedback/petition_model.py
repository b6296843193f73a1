"""A complaint or proposal (phản ánh, kiến nghị; “petition” in code). Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

State = Literal["draft", "received", "forwarded", "answered", "closed"]
OPEN: tuple[State, ...] = ("received", "forwarded")
STATES: dict[str, str] = {
    "received": "Đã tiếp nhận",
    "forwarded": "Đã chuyển nơi giải quyết",
    "answered": "Đã trả lời",
    "closed": "Đã kết thúc",
}


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a petition goes.

    Args:
        office: the office's id; None when none is known, then the province sees to it.
        unit: official number of the commune it is about.
        name: as its writer reads it; empty for the province.
    """

    office: int | None = None
    unit: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Petition:
    """One of them. ``number`` is empty while it is a draft."""

    id: int
    number: str
    state: State
    text: str = field(repr=False)
    office: int | None
    unit: str | None
    dossier: str | None
    at: dt.datetime
    due_at: dt.datetime | None = None
    answer: str | None = field(default=None, repr=False)
    answered_at: dt.datetime | None = None
    told_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None

    @property
    def title(self) -> str:
        """Its state in words."""
        return STATES[self.state]

    def late(self, now: dt.datetime) -> bool:
        """Whether it should have been answered by now."""
        return self.state in OPEN and self.due_at is not None and now > self.due_at


@dataclass(frozen=True, slots=True)
class Step:
    """One thing staff did; ``note`` is what they wrote to each other."""

    at: dt.datetime
    who: str
    what: str
    office: int | None
    note: str
