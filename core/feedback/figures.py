"""How people found the work of offices, in figures and comments; never who. Errors of the database are raised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import InstrumentedAttribute

from core.db.feedback_tables import SurveyAnswerRow
from core.db.reminder_tables import RatingRow
from core.feedback.questions import COMMENT, QUESTIONS, UNSURE, Question

PAGE = 20
SCORES = (5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Scores:
    """The ratings of one office; ``office`` is None where none is known. ``counts`` are by score."""

    office: int | None
    counts: dict[int, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """The mean score; None when there is none."""
        return sum(s * n for s, n in self.counts.items()) / self.number if self.number else None

    @property
    def content(self) -> float | None:
        """The share of 4 and 5; None when there is none."""
        return (self.counts.get(4, 0) + self.counts.get(5, 0)) / self.number if self.number else None


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to one question; ``counts`` are by value."""

    question: Question
    counts: dict[int, int]

    @property
    def number(self) -> int:
        """How many there are, those who are not sure included."""
        return sum(self.counts.values())

    @property
    def good(self) -> float | None:
        """The share that speaks for the office, of those who say something; None when nobody does."""
        said = {v: n for v, n in self.counts.items() if v not in UNSURE.get(self.question.name, ())}
        total = sum(said.values())
        return sum(n for v, n in said.items() if v in self.question.good) / total if total else None


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote; only the day is told, so that nobody is recognised by the hour."""

    day: dt.date
    office: int | None
    text: str


class Figures:
    """Reads them since a moment.

    ``offices`` is what ``Staff.scope`` gives (None for all); ``office`` looks at one of them.
    """

    def __init__(self, engine: AsyncEngine, zone: ZoneInfo) -> None:
        self._engine, self._zone = engine, zone

    async def scores(self, offices: Collection[int] | None, since: dt.datetime) -> list[Scores]:
        """The ratings of each office that has any, the most first."""
        row = RatingRow
        query = (
            select(row.office, row.score, func.count().label("number"))
            .where(row.at >= since, _of(row.office, offices))
            .group_by(row.office, row.score)
        )
        found: dict[int | None, dict[int, int]] = {}
        async with self._engine.connect() as connection:
            for one in await connection.execute(query):
                found.setdefault(one.office, {})[one.score] = one.number
        return sorted((Scores(o, c) for o, c in found.items()), key=lambda s: (-s.number, s.office or 0))

    async def answers(
        self, offices: Collection[int] | None, since: dt.datetime, office: int | None = None
    ) -> list[Answers]:
        """The answers to every question."""
        row = SurveyAnswerRow
        query = (
            select(row.question, row.value, func.count().label("number"))
            .where(row.at >= since, row.value.is_not(None), _of(row.office, offices, office))
            .group_by(row.question, row.value)
        )
        found: dict[str, dict[int, int]] = {}
        async with self._engine.connect() as connection:
            for one in await connection.execute(query):
                found.setdefault(one.question, {})[one.value] = one.number
        return [Answers(question, found.get(question.name, {})) for question in QUESTIONS]

    async def comments(
        self, offices: Collection[int] | None, since: dt.datetime, office: int | None = None, number: int = 1
    ) -> list[Comment]:
        """A page (from 1) of comments, the newest first; one more than PAGE when there are more."""
        row = SurveyAnswerRow
        query = (
            select(row.at, row.office, row.comment)
            .where(row.at >= since, row.question == COMMENT, _of(row.office, offices, office))
            .order_by(row.at.desc(), row.subject)
            .limit(PAGE + 1)
            .offset((max(number, 1) - 1) * PAGE)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Comment(r.at.astimezone(self._zone).date(), r.office, r.comment or "") for r in rows]


def _of(
    column: InstrumentedAttribute[int | None], offices: Collection[int] | None, office: int | None = None
) -> ColumnElement[bool]:
    """That a row is of these offices; what is of none is seen with all of them only."""
    wanted: ColumnElement[bool] = true() if offices is None else column.in_(sorted(offices))
    return wanted if office is None else wanted & (column == office)
