"""When a province speaks first: the ``reminders:`` section of its profile. Pure.

Days are counted in working days of the province's calendar. Whatever is left out has the values below.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.reminders.costs import Costs
from core.reminders.model import Kind

Span = tuple[dt.time, dt.time]
Days = Literal["any", "no_holidays", "working"]
_Count = Annotated[int, Field(ge=0, le=366)]
_After = Annotated[int, Field(ge=1, le=366)]
_Minutes = Annotated[int, Field(ge=1, le=100_000)]
_NIGHT_ENDS, _NIGHT = dt.time(6), dt.time(22)
_MAX_MESSAGES = 12  # of one kind in one state: more is a storm, not a reminder


class KindRule(BaseModel):
    """When one kind of message goes.

    Args:
        enabled: whether this province sends it at all.
        after: reminders so many working days after the state began.
        before: reminders so many working days before the last day, which the portal told; 0 is that day.
        without_deadline: used in place of ``before`` where the portal tells no last day.
        monthly: further reminders after the last of ``after``, each a month after the one before.
        days: on which days it may come when it can wait: ``working``, ``no_holidays`` (weekends too), ``any``.
        expires_hours: how long after its hour it may still be sent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    after: tuple[_After, ...] = ()
    before: tuple[_Count, ...] = ()
    without_deadline: tuple[_After, ...] = ()
    monthly: Annotated[int, Field(ge=0, le=6)] = 0
    days: Days = "working"
    expires_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72

    @model_validator(mode="after")
    def _no_storm(self) -> KindRule:
        if len(self.after) + len(self.before) + len(self.without_deadline) + self.monthly > _MAX_MESSAGES:
            raise ValueError(f"more than {_MAX_MESSAGES} reminders of one kind")
        return self

    @property
    def expires(self) -> dt.timedelta:
        """How long after its hour it may still be sent."""
        return dt.timedelta(hours=self.expires_hours)


class Looks(BaseModel):
    """How often the portal is asked for a followed dossier, in minutes, while offices are open.

    Args:
        running: received or being handled.
        near: the same, when the day of return is the next working day, today or past.
        waiting: not received yet, waiting for papers, an unknown status, or a result that waits.
        payment: waiting for money; also asked for outside office hours, because people pay then.
        ended: nothing more is expected; a dossier may be taken up again.
        retry: after the first failure; doubles with each further one up to ``retry_at_most``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    running: _Minutes = 240
    near: _Minutes = 60
    waiting: _Minutes = 180
    payment: _Minutes = 30
    ended: _Minutes = 7 * 24 * 60
    retry: _Minutes = 5
    retry_at_most: _Minutes = 360


class Timetable(BaseModel):
    """What is said first, when and how often.

    Args:
        day: hours in which messages that can wait may come.
        changes: hours in which changes of state may come; None sends them at once at any hour, as NĐ
            224/2026/NĐ-CP Art. 15(1g) asks. Quiet hours need the decision of the system's owner.
        hour: when reminders planned by the day go.
        closed_for_days: how many days after its state began a dossier is still told of a closed counter.
        supplement, payment, pickup, rating: see KindRule; counted from the beginning of the state.
        due: ``before`` counts back from the day of return.
        costs: what may be paid to reach people, see Costs.
        late: ``after`` counts from the day of return; staff are told at once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: str = "07:30-20:00"
    changes: str | None = None
    hour: dt.time = dt.time(8, 30)
    closed_for_days: _Count = 60
    looks: Looks = Looks()
    costs: Costs = Costs()
    changed: KindRule = KindRule(days="any")
    supplement: KindRule = KindRule(before=(3, 1), without_deadline=(5,), expires_hours=48)
    payment: KindRule = KindRule(after=(2,), before=(0,), without_deadline=(5,), expires_hours=48)
    paid: KindRule = KindRule(days="any")
    pickup: KindRule = KindRule(after=(3, 7), monthly=2)
    due: KindRule = KindRule(before=(1,), expires_hours=24)
    late: KindRule = KindRule(after=(1,))
    closed: KindRule = KindRule(expires_hours=12)
    rating: KindRule = KindRule(after=(1,), days="no_holidays", expires_hours=168)
    notice: KindRule = KindRule(days="no_holidays")

    @model_validator(mode="after")
    def _hours_fit(self) -> Timetable:
        opens, closes = self.day_span
        if opens < _NIGHT_ENDS or closes > _NIGHT:
            raise ValueError(f"day {self.day} reaches into the night ({_NIGHT:%H:%M}-{_NIGHT_ENDS:%H:%M})")
        if not opens <= self.hour < closes:
            raise ValueError(f"hour {self.hour:%H:%M} lies outside day {self.day}")
        _ = self.changes_span
        return self

    def of(self, kind: Kind) -> KindRule:
        """The rule of one kind."""
        rule = getattr(self, kind.value)
        assert isinstance(rule, KindRule)
        return rule

    @cached_property
    def day_span(self) -> Span:
        """``day`` as times."""
        return span(self.day)

    @cached_property
    def changes_span(self) -> Span | None:
        """``changes`` as times; None when they come at any hour."""
        return span(self.changes) if self.changes is not None else None


def span(text: str) -> Span:
    """Read ``07:30-20:00``. Raises ValueError when it is no span of hours within one day."""
    first, _, last = text.partition("-")
    opens, closes = dt.time.fromisoformat(first.strip()), dt.time.fromisoformat(last.strip())
    if opens.tzinfo or closes.tzinfo or opens >= closes:
        raise ValueError(f"{text!r}: hours must run forward within a day, for example 07:30-20:00")
    return opens, closes
