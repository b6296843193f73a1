"""What happens to a dossier and when, planned on the day it is handed in. Pure.

All spans are working time (``core.worktime``): the term of a procedure counts from receipt, eight hours a day;
a request for papers or for payment stops it; complete papers start it anew (NĐ 61/2018 Art. 19.4 as the
cautious default), a payment lets it go on.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from core.dossiers.model import Status
from core.worktime import WORKING_DAY, Calendar
from simulators.portal import texts, working
from simulators.portal.chance import stream
from simulators.portal.dossiers import Dossier
from simulators.portal.people import person

S = Status


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a dossier's history.

    Args:
        status: from this moment on; None for a name that is none of the ten.
        due: the due date from this moment on; None before receipt.
        papers: what is asked for, when papers are.
    """

    at: dt.datetime
    status: Status | None
    name: str
    what: str
    unit: str
    handler: str = ""
    position: str = ""
    due: dt.datetime | None = None
    papers: tuple[str, ...] = ()


@dataclass
class Course:
    """A history in the making: each step advances the moment by working time."""

    dossier: Dossier
    calendar: Calendar
    rng: random.Random
    events: list[Event] = field(default_factory=list)
    due: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.moment = self.dossier.handed_in

    def step(self, days: float, status: Status | None, what: str, papers: tuple[str, ...] = ()) -> None:
        """``days`` working days later the dossier enters this status."""
        if self.events:
            self.moment = self.calendar.add(self.moment, working.days(days))
        at_desk = status in (S.NEW, S.RECEIVED, S.NOT_RECEIVED, S.DONE, S.RETURNED)
        handler = "" if status is S.NEW else self._clerk if at_desk else self._handler()
        position = texts.CLERK if at_desk else self.rng.choice(texts.POSITIONS)
        unit = self.dossier.agency.desk if at_desk else self.dossier.agency.name
        name = status.title if status else texts.UNKNOWN_STATUS
        self.events.append(
            Event(self.moment, status, name, what, unit, handler, handler and position, self.due, papers)
        )

    def receive(self, days: float) -> None:
        """Receipt starts the term."""
        received = self.calendar.add(self.moment, working.days(days))
        self.due = self.calendar.add(received, self.dossier.kind.term * WORKING_DAY)
        self.step(days, S.RECEIVED, texts.RECEIVED)

    def ask_for_papers(self, days: float, wait: float) -> None:
        """The clock stops until ``wait`` working days later; then the term begins again."""
        faults = [f"{p} ({self.rng.choice(texts.FAULTS)})" for p in self._some_papers()]
        self.step(days, S.SUPPLEMENT, "", tuple(faults))
        what = texts.supplement(faults, self._deadline())
        self.events[-1] = replace(self.events[-1], what=what)
        back = self.calendar.add(self.moment, working.days(wait))
        self.due = self.calendar.add(back, self.dossier.kind.term * WORKING_DAY)
        self.step(wait, S.PROCESSING, texts.SUPPLEMENTED)

    def ask_for_payment(self, days: float, wait: float) -> None:
        """The clock stops until ``wait`` working days later; a term not yet over is longer by as much."""
        self.step(days, S.PAYMENT, "")
        what = texts.payment(self.dossier.kind.fee, self._deadline())
        self.events[-1] = replace(self.events[-1], what=what)
        if self.due and self.due > self.moment:
            self.due = self.calendar.add(self.due, working.days(wait))
        self.step(wait, S.PROCESSING, texts.PAID)

    def _deadline(self) -> dt.date:
        return self.calendar.add_days(self.moment.date(), 30)

    def _some_papers(self) -> list[str]:
        papers = self.dossier.kind.papers
        return self.rng.sample(papers, min(len(papers), self.rng.randint(1, 2)))

    @cached_property
    def _clerk(self) -> str:
        return self._handler()

    def _handler(self) -> str:
        return person(self.rng, self.rng.random() < 0.5)


def plan(dossier: Dossier, calendar: Calendar) -> tuple[Event, ...]:
    """The whole history, past and to come; moments never decrease."""
    rng = stream(dossier.seed, dossier.day, dossier.number, "plan")
    course = Course(dossier, calendar, rng)
    course.step(0, S.NEW, texts.HANDED_IN)
    fate = rng.random()
    wait = _wait_for_receipt(dossier, rng)
    if fate < 0.05 and dossier.online:
        course.step(wait, S.NOT_RECEIVED, rng.choice(texts.REFUSALS))
    elif fate < 0.06:
        course.step(wait, S.WITHDRAWN, rng.choice(texts.WITHDRAWALS))
    else:
        course.receive(wait)
        _handle(course, fate)
    return tuple(course.events)


def _wait_for_receipt(dossier: Dossier, rng: random.Random) -> float:
    """At a counter some minutes, online mostly a day, at some offices weeks."""
    if not dossier.online:
        return rng.uniform(0.01, 0.08)
    return rng.uniform(6, 22) if rng.random() < 0.22 else rng.uniform(0.1, 1.6)


def _handle(course: Course, fate: float) -> None:
    """From receipt to the end: withdrawn, stopped, or with a result."""
    rng, kind = course.rng, course.dossier.kind
    late = rng.random() < 0.2
    total = (
        rng.uniform(1.2, 2.5) * kind.term + rng.uniform(0.5, 4) if late else rng.uniform(0.6, 1) * kind.term
    )
    if fate < 0.08:
        course.step(total * rng.uniform(0.1, 0.5), S.WITHDRAWN, rng.choice(texts.WITHDRAWALS))
        return
    papers = kind.term > 2 and rng.random() < 0.25
    course.step(min(0.35 * total, 1.5) if papers else 0.45 * total, S.PROCESSING, texts.FIRST_STEP)
    if papers:
        course.ask_for_papers(rng.uniform(0.2, 1.3), rng.uniform(3, 24))
        if rng.random() < 0.2:
            _cut_short(course, rng.uniform(12, 30))
            return
    shares = list(_shares(rng, 0.55 * total))
    if fate < 0.1:
        course.step(shares[0], S.STOPPED, texts.STOPS[-1])
        return
    _finish(course, fate, shares)


def _cut_short(course: Course, days: float) -> None:
    """The papers never come: instead of going on, the dossier is stopped or withdrawn."""
    asked = course.events[-2]
    course.events.pop()
    course.moment, course.due = asked.at, asked.due
    if course.rng.random() < 0.6:
        course.step(days, S.STOPPED, texts.STOPS[0])
    else:
        course.step(days / 3, S.WITHDRAWN, texts.WITHDRAWALS[0])


def _finish(course: Course, fate: float, shares: list[float]) -> None:
    rng = course.rng
    pays = course.dossier.kind.fee > 0 and rng.random() < 0.6
    for number, (days, what) in enumerate(zip(shares, _in_order(rng, len(shares)), strict=True)):
        if number == 1 and pays:
            course.ask_for_payment(days / 2, rng.uniform(2, 24))
            course.step(days / 2, S.PROCESSING, what)
        elif number == 1 and fate > 0.982:
            course.step(days, None, texts.TAX)
            course.step(rng.uniform(30, 60), S.PROCESSING, texts.TAX_BACK)
        else:
            course.step(days, S.PROCESSING, what)
    course.step(shares[-1] / 4, S.DONE, texts.DONE)
    course.step(rng.uniform(8, 40) if rng.random() < 0.2 else rng.uniform(0.1, 7), S.RETURNED, texts.RETURNED)


def _shares(rng: random.Random, days: float) -> Iterator[float]:
    """Two to four steps that together take these working days (the last quarter step included)."""
    weights = [rng.uniform(0.5, 1.5) for _ in range(rng.randint(2, 4))]
    total = sum(weights) + weights[-1] / 4
    return (days * w / total for w in weights)


def _in_order(rng: random.Random, count: int) -> list[str]:
    return [texts.STEPS[n] for n in sorted(rng.sample(range(len(texts.STEPS)), count))]
