"""From one look at a dossier to what follows from it. Pure.

The rules themselves are :mod:`core.reminders.rules`; here they are asked in the right order.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core.dossiers.model import DossierView
from core.reminders.model import Kind, Planned, StaffTask, Watched
from core.worktime import Calendar

Occasion = tuple[str, str]  # kind and occasion, as they stand in the outbox


class RuleModule(Protocol):
    """The functions of :mod:`core.reminders.rules`."""

    def seen(self, before: Watched | None, view: DossierView, now: dt.datetime, /) -> Watched: ...

    def plan(
        self,
        view: DossierView,
        watched: Watched,
        before: Watched | None,
        now: dt.datetime,
        calendar: Calendar,
        timetable: Any,
        /,
    ) -> Sequence[Planned]: ...

    def still_true(
        self,
        planned_kind: Kind,
        occasion: str,
        view: DossierView,
        watched: Watched,
        now: dt.datetime,
        calendar: Calendar,
        timetable: Any,
        /,
    ) -> str | None: ...

    def next_look(
        self, watched: Watched, now: dt.datetime, calendar: Calendar, timetable: Any, /
    ) -> dt.datetime: ...

    def staff_tasks(
        self,
        view: DossierView,
        watched: Watched,
        now: dt.datetime,
        calendar: Calendar,
        timetable: Any,
        /,
    ) -> Sequence[StaffTask]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one deployment: the functions with its calendar and timetable."""

    functions: RuleModule
    calendar: Calendar
    timetable: Any

    def next_look(self, watched: Watched, now: dt.datetime) -> dt.datetime:
        """When the portal is asked again."""
        return self.functions.next_look(watched, now, self.calendar, self.timetable)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one look.

    Args:
        watched: what is remembered until the next one.
        next_at: when that is.
        planned: messages to every follower.
        tasks: for staff.
    """

    watched: Watched
    next_at: dt.datetime
    planned: tuple[Planned, ...] = ()
    tasks: tuple[StaffTask, ...] = ()


def decide(rules: Rules, before: Watched, view: DossierView, now: dt.datetime) -> Decision:
    """What follows when the portal says ``view``; the first look at a dossier reports no change."""
    watched = rules.functions.seen(before, view, now)
    planned = rules.functions.plan(view, watched, before, now, rules.calendar, rules.timetable)
    tasks = rules.functions.staff_tasks(view, watched, now, rules.calendar, rules.timetable)
    return Decision(watched, rules.next_look(watched, now), tuple(planned), tuple(tasks))


def failed(rules: Rules, before: Watched, now: dt.datetime) -> Decision:
    """What follows when the portal did not tell: what was known stays, and it is asked later and later."""
    watched = replace(before, failures=before.failures + 1)
    return Decision(watched, rules.next_look(watched, now))


def untrue(
    rules: Rules, decision: Decision, view: DossierView, waiting: Collection[Occasion], now: dt.datetime
) -> dict[str, list[Occasion]]:
    """Which messages that wait are not to be sent any more, by reason.

    Args:
        waiting: kinds and occasions that stand in the outbox and are not sent yet.
    """
    planned = {(one.kind.value, one.occasion) for one in decision.planned}
    found: dict[str, list[Occasion]] = {}
    for kind, occasion in waiting:
        if (kind, occasion) in planned:
            continue
        reason = rules.functions.still_true(
            Kind(kind), occasion, view, decision.watched, now, rules.calendar, rules.timetable
        )
        if reason:
            found.setdefault(reason, []).append((kind, occasion))
    return found


def scattered(name: str, most: float) -> float:
    """A number from 0 to ``most`` that is always the same for a name: what starts together ends apart."""
    return zlib.crc32(name.encode()) / 0xFFFFFFFF * most
