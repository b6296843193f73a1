"""Reads daily figures: a page asks for a handful of sums, whatever the number of turns behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.reminder_tables import TickRow
from core.db.turn_tables import FigureRow, TurnRow
from core.figures import months
from core.figures.model import ALL_CHANNELS, ALL_OFFICES, NO_OFFICE, Period, Slice
from core.figures.numbers import Sums, Unanswered
from core.staff.offices import Office

TICK = "figures"  # the name of what counts them, see bot.speaking


class Reader:
    """Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def sums(self, names: Sequence[str], whose: Slice, period: Period) -> Sums:
        """What measures came to in a period, by measure and key."""
        row = FigureRow
        query = select(row.measure, row.key, func.sum(row.count), func.sum(row.total)).group_by(
            row.measure, row.key
        )
        found: Sums = {}
        async with self._engine.connect() as connection:
            for where in await _wheres(connection, names, whose, period):
                for measure, key, count, total in await connection.execute(query.where(*where)):
                    name = (measure.removeprefix(months.monthly("")), key)
                    before = found.get(name, (0, 0.0))
                    found[name] = (before[0] + int(count), before[1] + float(total))
        return found

    async def series(
        self, names: Sequence[str], whose: Slice, period: Period
    ) -> dict[tuple[str, dt.date, str], int]:
        """Counts by measure, day and key; of a long period, which is told by months, some on the month's first day."""
        row = FigureRow
        query = select(row.measure, row.day, row.key, func.sum(row.count)).group_by(
            row.measure, row.day, row.key
        )
        found: dict[tuple[str, dt.date, str], int] = {}
        async with self._engine.connect() as connection:
            for where in await _wheres(connection, names, whose, period, whole=period.long):
                for measure, day, key, count in await connection.execute(query.where(*where)):
                    found[measure.removeprefix(months.monthly("")), day, key] = int(count)
        return found

    async def stock(
        self, name: str, whose: Slice, period: Period, known: Sequence[Office]
    ) -> tuple[dt.date | None, dict[tuple[int, str], int]]:
        """How something stood on the last day of a period that was counted: that day, and counts by office and key."""
        row = FigureRow
        last = select(func.max(row.day)).where(*_of((name,), Slice(), period))
        # Every office by its id: a step into the key for each, whatever the number of days that are kept.
        everybody = whose.offices == (ALL_OFFICES,)
        offices = (NO_OFFICE, *(office.id for office in known)) if everybody else whose.offices
        query = select(row.office, row.key, row.count).where(
            row.measure == name, row.channel == ALL_CHANNELS, row.office.in_(offices)
        )
        async with self._engine.connect() as connection:
            day = await connection.scalar(last)
            found = (await connection.execute(query.where(row.day == day))).all() if day else []
        return day, {(office, key): int(count) for office, key, count in found}

    async def counted_at(self) -> dt.datetime | None:
        """When figures were last counted without an error; None when they never were."""
        query = select(TickRow.well_at).where(TickRow.name == TICK)
        async with self._engine.connect() as connection:
            return await connection.scalar(query)

    async def unanswered(
        self, whose: Slice, period: Period, people: int, known: Sequence[Office], most: int = 20
    ) -> list[Unanswered]:
        """What at least so many different people asked and were not answered, most people first.

        Read from the log of turns, which keeps words for a while only.
        """
        row = TurnRow
        where = [row.phrase.is_not(None), row.day >= period.first, row.day <= period.last]
        if whose.channel:
            where.append(row.channel == whose.channel)
        if whose.offices != (ALL_OFFICES,):
            where.append(_of_offices(whose.offices, known))
        whoever = func.count(row.who.distinct())
        query = (
            select(row.phrase, whoever, func.count(), func.max(row.id))
            .where(*where)
            .group_by(row.phrase)
            .having(whoever >= people)
            .order_by(whoever.desc(), func.count().desc(), row.phrase)
            .limit(most)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
            texts = await _written(connection, [last for *_, last in found])
        return [
            Unanswered(texts.get(last) or phrase, who, times) for phrase, who, times, last in found if phrase
        ]


async def _written(connection: Any, turns: Sequence[int]) -> dict[int, str]:
    """What somebody wrote in these turns: with accents, where they used them; nothing for a pressed button."""
    query = select(TurnRow.id, TurnRow.text).where(TurnRow.id.in_(turns))
    return dict((await connection.execute(query)).all()) if turns else {}


async def _wheres(
    connection: AsyncConnection, names: Sequence[str], whose: Slice, period: Period, *, whole: bool = True
) -> list[list[Any]]:
    """The conditions of the queries that together read a period: of its months that are added up, of other days."""
    parts = await months.split(connection, names, period) if whole else months.Split((), (period,))
    found = []
    if parts.months:
        of = _of([months.monthly(name) for name in names], whose, period)
        found.append([*of, FigureRow.day.in_(parts.months)])
    if parts.days:
        found.append([*_of(names, whose, period), parts.of_days()])
    return found


def _of(names: Sequence[str], whose: Slice, period: Period) -> list[Any]:
    row = FigureRow
    return [
        row.measure.in_(names),
        row.office.in_(whose.offices),
        row.channel == whose.channel,
        row.day >= period.first,
        row.day <= period.last,
    ]


def _of_offices(offices: Sequence[int], known: Sequence[Office]) -> Any:
    """Turns with a dossier of these offices in hand; NO_OFFICE is for those without a dossier."""
    identifier = TurnRow.identifier
    mine = [i for office in known if office.id in offices for i in office.identifiers]
    found = [identifier == i for i in mine] + [identifier.startswith(f"{i}.", autoescape=True) for i in mine]
    if NO_OFFICE in offices:
        found.append(identifier == "")
    return or_(false(), *found)
