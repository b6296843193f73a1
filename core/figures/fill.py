"""Fills the daily figures, a tick at a time.

A day that is counted again is replaced, so that counting is safe to repeat. Days on which nobody counted are made
up for; what may still change is counted again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
from core.db.turn_tables import FigureRow
from core.figures import months
from core.figures.measures.every import MEASURES
from core.figures.model import (
    ALL_CHANNELS,
    ALL_OFFICES,
    NO_OFFICE,
    Measure,
    Period,
    Window,
    month_end,
    spread_out,
)
from core.staff.offices import Office, Offices, of_code

EVERY = 300.0  # seconds between ticks
FARTHEST = 31  # days that are made up for
GRACE = dt.timedelta(minutes=10)  # of a new day, in which the last turns of the old one may still be written
CHUNK = 500
STOCK_EVERY = dt.timedelta(hours=1)  # a stock means looking at every dossier that is followed
FILLED = "_filled"


class Filler:
    """Counts and writes. Errors of the database are raised as they are.

    Args:
        zone: of the province.
        now: the moment.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        zone: dt.tzinfo,
        now: Callable[[], dt.datetime],
        measures: Sequence[Callable[[dt.tzinfo], Measure]] = MEASURES,
    ) -> None:
        self._engine, self._zone, self._now = engine, zone, now
        self._measures = [make(zone) for make in measures]
        self._replace = upsert.replace(engine, FigureRow)
        self._stocked: dict[str, dt.datetime] = {}

    async def tick(self) -> Mapping[str, int]:
        """Count what is due; gives how many days of how many measures were counted."""
        now = self._now()
        today = now.astimezone(self._zone).date()
        days = 0
        office_of = await self._office_of()
        for measure in self._measures:
            touched = {today.replace(day=1) - dt.timedelta(days=1)}
            for day in await self._due(measure, today, now):
                await self._count(measure, day, now, office_of)
                touched.add(day)
                days += 1
            await self._mark(measure, (now - GRACE).astimezone(self._zone).date())
            await self._add_up(measure, touched, today)
        return {"days": days}

    async def again(self, period: Period, kept: int) -> int:
        """Count a period anew; says how many days. What it is counted from is there for ``kept`` days, and figures
        older than that stay as they are; so does a stock, which cannot be counted afterwards.
        """
        now, office_of = self._now(), await self._office_of()
        today = now.astimezone(self._zone).date()
        period = Period(max(period.first, today - dt.timedelta(days=kept - 1)), min(period.last, today))
        for day in period:
            for measure in self._measures:
                if not measure.stock:
                    await self._count(measure, day, now, office_of)
        for measure in self._measures:
            await self._add_up(measure, set(period), today)
        return max(period.days, 0)

    async def _due(self, measure: Measure, today: dt.date, now: dt.datetime) -> Iterator[dt.date]:
        if measure.stock:
            last_time = self._stocked.get(measure.names[0])
            if last_time and now - last_time < STOCK_EVERY:
                return iter(())
            self._stocked[measure.names[0]] = now
            return iter((today,))
        async with self._engine.connect() as connection:
            last = await connection.scalar(_marked(measure.names[0]))
        first = last if last is not None else today - dt.timedelta(days=FARTHEST)
        first = min(max(first, today - dt.timedelta(days=FARTHEST)), today - dt.timedelta(days=measure.back))
        return iter(Period(first, today))

    async def _count(
        self, measure: Measure, day: dt.date, now: dt.datetime, office_of: Callable[[str], int]
    ) -> None:
        begins = dt.datetime.combine(day, dt.time(), self._zone)
        ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), self._zone)
        async with self._engine.connect() as connection:
            rows = await measure.of(connection, Window(day, begins, ends, now))
        await self._put(measure.names, day, rows, office_of)

    async def _add_up(self, measure: Measure, days: set[dt.date], today: dt.date) -> None:
        """Add up the months of these days, as far as they are over. A stock has no sum."""
        if not measure.stock:
            for month in sorted({day.replace(day=1) for day in days if month_end(day) < today}):
                await months.add_up(self._engine, measure.names, month)

    async def _put(
        self, names: Sequence[str], day: dt.date, rows: Any, office_of: Callable[[str], int]
    ) -> None:
        values = [
            {"measure": m, "office": o, "channel": c, "day": day, "key": k, "count": count, "total": total}
            for (m, o, c, k), (count, total) in spread_out(rows, office_of).items()
        ]
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(FigureRow).where(FigureRow.day == day, FigureRow.measure.in_(names))
            )
            await months.unmark(connection, names, day)
            for place in range(0, len(values), CHUNK):
                await connection.execute(self._replace, values[place : place + CHUNK])
                await asyncio.sleep(0)  # SQLite answers without leaving the event loop

    async def _mark(self, measure: Measure, day: dt.date) -> None:
        """From this day on it is counted next time."""
        row = {"measure": FILLED, "office": ALL_OFFICES, "channel": ALL_CHANNELS, "key": measure.names[0]}
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(FigureRow).where(
                    FigureRow.measure == FILLED, FigureRow.key == measure.names[0], FigureRow.day < day
                )
            )
            await connection.execute(self._replace, {**row, "day": day, "count": 1, "total": 0.0})

    async def _office_of(self) -> Callable[[str], int]:
        """Whose a dossier's code is; each agency is looked for once."""
        offices = await Offices(self._engine).all(also_closed=True)
        known: dict[str, int] = {"": NO_OFFICE}

        def office_of(code: str) -> int:
            beginning = code.partition("-")[0]
            if beginning not in known:
                known[beginning] = _found(offices, beginning)
            return known[beginning]

        return office_of


def _found(offices: Sequence[Office], identifier: str) -> int:
    office = of_code(offices, f"{identifier}-")
    return office.id if office else NO_OFFICE


def _marked(name: str) -> Any:
    return select(func.max(FigureRow.day)).where(FigureRow.measure == FILLED, FigureRow.key == name)
