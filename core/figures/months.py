"""Months that are over, added up once: a year then costs a page twelve rows where it would cost 365.

The rows of a month stand beside those of its days, under the measure's name with a mark before it and the month's
first day. A month without its marker is read by days, so that nothing depends on a month having been added up.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, String, delete, func, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.turn_tables import FigureRow
from core.figures.model import ALL_CHANNELS, ALL_OFFICES, Period, month_end

_MARK, _MARKER = "m:", "_month"


def monthly(name: str) -> str:
    """What a measure is called where its months are added up."""
    return _MARK + name


async def unmark(connection: AsyncConnection, names: Sequence[str], day: dt.date) -> None:
    """A day is counted anew: what its month came to no longer holds; in the caller's transaction."""
    row = FigureRow
    first = day.replace(day=1)
    await connection.execute(delete(row).where(row.day == first, row.measure == _MARKER, row.key.in_(names)))


async def add_up(engine: AsyncEngine, names: Sequence[str], month: dt.date) -> int:
    """Add up a month that is over, where that was not done since its days were last counted.

    Args:
        month: a day of it.

    Says for how many measures it was done.
    """
    done = 0
    first = month.replace(day=1)
    for name in names:
        async with engine.begin() as connection:
            if name in await _marked(connection, (name,), Period(first, first)):
                continue
            await connection.execute(
                delete(FigureRow).where(FigureRow.day == first, FigureRow.measure == monthly(name))
            )
            await connection.execute(_summing(name, first))
            marker = {"measure": _MARKER, "office": ALL_OFFICES, "channel": ALL_CHANNELS, "day": first}
            await connection.execute(
                upsert.replace(engine, FigureRow), {**marker, "key": name, "count": 1, "total": 0.0}
            )
        done += 1
        await asyncio.sleep(0)  # SQLite answers without leaving the event loop
    return done


@dataclass(frozen=True, slots=True)
class Split:
    """A period as it is read: whole months that are added up, and the days of the rest."""

    months: tuple[dt.date, ...]
    days: tuple[Period, ...]

    def of_days(self) -> Any:
        """The condition of the days."""
        day = FigureRow.day
        return or_(*((day >= part.first) & (day <= part.last) for part in self.days))


async def split(connection: AsyncConnection, names: Sequence[str], period: Period) -> Split:
    """How a period can be read for these measures."""
    if period.days < 28:
        return Split((), (period,))
    counted: dict[dt.date, int] = {}
    for found in (await _marked(connection, names, period)).values():
        for first in found:
            counted[first] = counted.get(first, 0) + 1
    wanted = len(set(names))
    whole = [m for m, n in sorted(counted.items()) if n == wanted and month_end(m) <= period.last]
    rest, begin = [], period.first
    for month in whole:
        if begin < month:
            rest.append(Period(begin, month - dt.timedelta(days=1)))
        begin = month_end(month) + dt.timedelta(days=1)
    if begin <= period.last:
        rest.append(Period(begin, period.last))
    return Split(tuple(whole), tuple(rest))


async def _marked(
    connection: AsyncConnection, names: Sequence[str], period: Period
) -> dict[str, list[dt.date]]:
    """Which months of a period are added up, by measure."""
    row = FigureRow
    query = select(row.key, row.day).where(
        row.measure == _MARKER,
        row.office == ALL_OFFICES,
        row.channel == ALL_CHANNELS,
        row.day >= period.first,
        row.day <= period.last,
        row.key.in_(names),
    )
    found: dict[str, list[dt.date]] = {}
    for name, day in await connection.execute(query):
        found.setdefault(name, []).append(day)
    return found


def _summing(name: str, first: dt.date) -> Any:
    row = FigureRow
    days = select(
        literal(monthly(name), String()),
        row.office,
        row.channel,
        literal(first, Date()),
        row.key,
        func.sum(row.count),
        func.sum(row.total),
    ).where(row.measure == name, row.day >= first, row.day <= month_end(first))
    columns = ["measure", "office", "channel", "day", "key", "count", "total"]
    return insert(row).from_select(columns, days.group_by(row.office, row.channel, row.key))
