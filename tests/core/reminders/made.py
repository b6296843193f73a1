"""Watched dossiers for tests of reminders: one looked at again and again, as the clock does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from core.dossiers.model import DossierView, Status
from core.reminders.model import Kind, Planned, Watched
from core.reminders.rules import plan, seen, still_true
from core.reminders.timetable import Timetable
from core.worktime import Calendar
from tests.core.dossiers.shown import CALENDAR, CODE, ZONE

TIMETABLE = Timetable()


def at(text: str) -> dt.datetime:
    """``2026-10-13T17:00`` in the province."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def view(status: Status | None, **more: Any) -> DossierView:
    """A bare dossier."""
    return DossierView(CODE, status, status.title if status else "Chờ liên thông thuế", **more)


class Watcher:
    """One followed dossier with memory: every look plans, as the refresh does.

    ``told`` is the outbox: what was planned, by kind and occasion, never twice.
    """

    def __init__(self, calendar: Calendar = CALENDAR, timetable: Timetable = TIMETABLE) -> None:
        self.calendar, self.timetable = calendar, timetable
        self.watched: Watched | None = None
        self.view: DossierView | None = None
        self.told: dict[tuple[Kind, str], Planned] = {}

    def look(self, status: Status | None, when: str | dt.datetime, **more: Any) -> list[Planned]:
        """The portal says this now; gives what is new in the outbox."""
        now = at(when) if isinstance(when, str) else when
        return self.look_at(view(status, **more), now)

    def look_at(self, one: DossierView, now: dt.datetime) -> list[Planned]:
        watched = seen(self.watched, one, now)
        planned = plan(one, watched, self.watched, now, self.calendar, self.timetable)
        self.watched, self.view = watched, one
        new = [p for p in planned if (p.kind, p.occasion) not in self.told]
        self.told.update({(p.kind, p.occasion): p for p in new})
        return new

    def untrue(self, planned: Planned, when: str | dt.datetime) -> str | None:
        """Why a planned message is dropped at its hour."""
        assert self.watched
        assert self.view
        now = at(when) if isinstance(when, str) else when
        return still_true(
            planned.kind, planned.occasion, self.view, self.watched, now, self.calendar, self.timetable
        )

    def fails(self) -> None:
        """The portal did not answer."""
        assert self.watched
        self.watched = replace(self.watched, failures=self.watched.failures + 1)


def brief(planned: list[Planned]) -> list[str]:
    """``pickup now 2026-10-13 09:00``: kind, number and hour, in order."""
    return [
        f"{p.kind} {p.occasion.rpartition('.')[2]} {p.at.astimezone(ZONE):%Y-%m-%d %H:%M}" for p in planned
    ]
