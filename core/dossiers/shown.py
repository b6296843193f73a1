"""A dossier as it may be shown to one person at one moment. Pure.

``level`` is what was proved: by the code alone a stranger may be asking, so only the status and, where the
province allows it, the day of return are open. Every text about a dossier goes through here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from core.dossiers.model import DossierView, Status, Step, Supplement
from core.worktime import Calendar

Level = Literal["code", "proved"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known, what may be said of it, and when.

    Args:
        level: ``code`` when only the code was given, ``proved`` when the dossier is the person's own.
        due_allowed: whether this province shows the day of return by code alone.
        fetched_at: when the portal said it.
        stale: the portal did not answer now; this is the last known state.
        simulated: comes from the simulator, is nobody's dossier.
        label: what the person calls it ("của mẹ"); empty when it has no name.
        hours_verified: whether the calendar's hours are those of this office, not the usual ones.
        facts: what may be said: everything when proved, else only code, status and an open day of return.
            Wording reads this and never ``view``, so that nothing private can slip into a text.
        due: the moment of return in the province's zone; None when unknown or not to be said.
    """

    view: DossierView
    level: Level
    due_allowed: bool
    now: dt.datetime
    calendar: Calendar
    fetched_at: dt.datetime
    stale: bool = False
    simulated: bool = False
    label: str = ""
    hours_verified: bool = False
    facts: DossierView = field(init=False, repr=False, compare=False)
    due: dt.datetime | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Once, for every line of a text asks for them."""
        object.__setattr__(self, "facts", self._facts())
        due = self.facts.due_at
        object.__setattr__(self, "due", due.astimezone(self.calendar.zone) if due else None)

    @property
    def proved(self) -> bool:
        """Whether more than status and day of return may be said."""
        return self.level == "proved"

    @property
    def status(self) -> Status | None:
        return self.view.status

    @property
    def due_open(self) -> bool:
        """Whether the day of return may be said, known or not."""
        return self.proved or self.due_allowed

    def _facts(self) -> DossierView:
        if self.proved:
            return self.view
        view = self.view
        due = view.due_at if self.due_allowed else None
        return DossierView(view.code, view.status, view.status_text, due_at=due)

    @property
    def late(self) -> bool:
        """Whether the time limit is running and past, as far as may be said. A due date without an hour
        lasts the whole day."""
        if self.due is None or self.status is None or not self.status.clock_runs:
            return False
        return self.today > self.due.date() or (self.due.time() != dt.time() and self.now > self.due)

    @property
    def today(self) -> dt.date:
        """The day in the province."""
        return self.now.astimezone(self.calendar.zone).date()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in order of time, as the portal lists them where one has no time."""
        timed = [(step.at, step) for step in self.facts.steps if step.at is not None]
        if len(timed) < len(self.facts.steps):
            return self.facts.steps
        return tuple(step for _, step in sorted(timed, key=lambda pair: pair[0]))

    @property
    def open_supplements(self) -> tuple[Supplement, ...]:
        """The requests for papers not yet met."""
        return tuple(s for s in self.facts.supplements if not s.settled)
