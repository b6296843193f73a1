"""What a dossier's history says at one moment, with the changes made from outside. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from core.dossiers.model import Status
from core.worktime import WORKING_DAY
from simulators.portal import texts
from simulators.portal.dossiers import Dossier
from simulators.portal.lifecycle import Event
from simulators.portal.working import QuickCalendar


@dataclass(frozen=True, slots=True)
class Change:
    """Something done from outside at one moment: an entry of the history, or a payment (``event`` None)."""

    at: dt.datetime
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request for papers; ``back`` is the entry that settled it."""

    asked: Event
    back: Event | None


@dataclass(frozen=True, slots=True)
class State:
    """A dossier at one moment. ``events`` are the entries so far, at least one."""

    dossier: Dossier
    now: dt.datetime
    events: tuple[Event, ...]
    paid: bool

    @property
    def last(self) -> Event:
        """The entry that gives the present status."""
        return self.events[-1]

    @property
    def status(self) -> Status | None:
        """The national status, None when its name is none of the ten."""
        return self.last.status

    @property
    def due(self) -> dt.datetime | None:
        """When the result is due, as last set."""
        return self.last.due

    @property
    def late(self) -> bool:
        """Whether the clock runs and the due date is past."""
        return bool(self.status and self.status.clock_runs and self.due and self.due < self.now)

    def entered(self, status: Status) -> dt.datetime | None:
        """When the dossier last entered a status."""
        return next((e.at for e in reversed(self.events) if e.status is status), None)

    def requests(self) -> list[Request]:
        """The requests for papers in order."""
        pairs = zip(self.events, (*self.events[1:], None), strict=True)
        return [Request(e, after) for e, after in pairs if e.status is Status.SUPPLEMENT]


def state(
    dossier: Dossier,
    plan: tuple[Event, ...],
    changes: Iterable[Change],
    now: dt.datetime,
    calendar: QuickCalendar,
) -> State | None:
    """The state at ``now``; None before the dossier is handed in."""
    events, paid = list(plan), False
    for change in changes:
        if change.at > now:
            continue
        done = [e for e in events if e.at <= change.at]
        if change.event:
            events = [*done, change.event]
        else:
            paid = True
            events = _paid(done, events[len(done) :], change.at, calendar)
    events = [e for e in events if e.at <= now]
    if not events:
        return None
    settled = any(a.status is Status.PAYMENT and b.status is Status.PROCESSING for a, b in pairwise(events))
    counter = not dossier.online and not any(e.status is Status.PAYMENT for e in plan)
    at_counter = counter and any(e.status is Status.RECEIVED for e in events)
    return State(dossier, now, tuple(events), paid or settled or at_counter)


def made(before: State, status: Status, at: dt.datetime, note: str, calendar: QuickCalendar) -> Event:
    """An entry made by hand in place of what was planned; receipt and the way back set the due date anew."""
    due = before.due
    fresh = before.status is Status.SUPPLEMENT and status is Status.PROCESSING
    if status is Status.RECEIVED or fresh or (due is None and status is Status.PROCESSING):
        due = calendar.add(at, before.dossier.kind.term * WORKING_DAY)
    kind, last = before.dossier.kind, calendar.add_days(at.date(), 30)
    papers = kind.papers[:1] if status is Status.SUPPLEMENT else ()
    said = texts.MADE
    if papers:
        said = texts.supplement(papers, last)
    elif status is Status.PAYMENT and kind.fee:
        said = texts.payment(kind.fee, last)
    agency = before.dossier.agency
    return Event(at, status, status.title, note or said, agency.name, "", "", due, papers)


def _paid(done: list[Event], rest: list[Event], at: dt.datetime, calendar: QuickCalendar) -> list[Event]:
    """A payment ends the wait for it: what was planned after it comes that much earlier."""
    if not done or done[-1].status is not Status.PAYMENT:
        return [*done, *rest]
    asked = done[-1]
    if not rest:
        return [
            *done,
            replace(asked, at=at, status=Status.PROCESSING, name=Status.PROCESSING.title, what=texts.PAID),
        ]
    planned = rest[0].at
    due = asked.due
    if due and due > asked.at:
        due = calendar.add(due, calendar.between(asked.at, at))
    moved = [replace(e, at=calendar.add(at, calendar.between(planned, e.at)), due=due) for e in rest[1:]]
    return [*done, replace(rest[0], at=at, due=due), *moved]
