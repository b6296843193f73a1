"""What a daily figure is. Pure.

Every subject may add measures of its own: a class with the three attributes and the method of :class:`Measure`,
and a :class:`Definition` for each name it fills where the page is to show it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

ALL_OFFICES, NO_OFFICE, ALL_CHANNELS = -1, 0, ""
LONG = 92  # days


@dataclass(frozen=True, slots=True)
class Row:
    """What was counted once or several times: rows alike are added up.

    Args:
        key: divides the measure; at most 120 letters.
        identifier: whose it is, by a dossier's code or its beginning; empty when it is nobody's.
        office: the same by an office's id, where it is known.
        total: a sum where a mean is wanted.
    """

    measure: str
    channel: str
    key: str = ""
    count: int = 1
    total: float = 0.0
    identifier: str = ""
    office: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """One day of the province, and the moments at which it begins and the next one does."""

    day: dt.date
    begins: dt.datetime
    ends: dt.datetime
    now: dt.datetime

    def pieces(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """The day in pieces, up to now, so that no query over a day full of messages holds others up."""
        step, found, at = dt.timedelta(hours=6), [], self.begins
        while at < self.ends and at <= self.now:
            found.append((at, min(at + step, self.ends)))
            at += step
        return found


class Measure(Protocol):
    """Counts something for one day, from whatever its subject keeps.

    ``names`` are the measures it fills: what they held for the day is replaced. ``back`` says how many days
    before today may still change. A measure of a stock (``stock``) is counted for today only, and the last day of
    a period says how it stood.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def back(self) -> int: ...

    @property
    def stock(self) -> bool: ...

    async def of(self, connection: Any, window: Window) -> Iterable[Row]:
        """The rows of a day, over a connection of the database."""
        ...


@dataclass(frozen=True, slots=True)
class Definition:
    """How a measure that has no place of its own on the page is shown there.

    Args:
        name: of the measure.
        title: what it is called, in Vietnamese.
        how: ``count`` adds the rows up, ``mean`` divides their totals by their counts, ``spread`` gives median and
            95th percentile of keys made by :func:`bucket` (of milliseconds).
        note: what exactly is counted and what is not known, in Vietnamese.
        keys: what the keys are called, for ``count`` by key.
    """

    name: str
    title: str
    how: Literal["count", "mean", "spread"]
    note: str
    keys: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Whose figures: offices (all with ALL_OFFICES alone) and one channel or all."""

    offices: tuple[int, ...] = (ALL_OFFICES,)
    channel: str = ALL_CHANNELS


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def long(self) -> bool:
        """Whether it is told by months rather than by days."""
        return self.days > LONG

    def before(self) -> Period:
        """The days of the same number before it; of a whole month the month before."""
        if self.first.day == 1 and self.last == month_end(self.first):
            last = self.first - dt.timedelta(days=1)
            return Period(last.replace(day=1), last)
        return Period(self.first - dt.timedelta(days=self.days), self.first - dt.timedelta(days=1))

    def __iter__(self) -> Any:
        return (self.first + dt.timedelta(days=n) for n in range(self.days))


def month_end(day: dt.date) -> dt.date:
    """The last day of its month."""
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


# Bounds in milliseconds, each 1.25 to 1.5 times the one before: a percentile is right within such a step.
BOUNDS = (
    1, 2, 3, 4, 5, 7, 10, 13, 17, 22, 28, 36, 46, 60, 77, 100, 130, 170, 220, 280, 360, 460, 600, 770, 1_000, 1_300,
    1_700, 2_200, 2_800, 3_600, 4_600, 6_000, 7_700, 10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 90_000, 120_000,
    180_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
    172_800_000, 604_800_000,
)  # fmt: skip


def bucket(ms: float) -> str:
    """The key of a duration: the bound it does not exceed, in a fixed width."""
    place = min(bisect_left(BOUNDS, ms), len(BOUNDS) - 1)
    return f"{BOUNDS[place]:09d}"


def percentile(counts: Mapping[str, int], share: float) -> float | None:
    """The duration in ms which so much of the whole (0 to 1) does not exceed; None of nothing."""
    whole = sum(counts.values())
    if not whole:
        return None
    wanted, passed = share * whole, 0
    for key in sorted(counts):
        if passed + counts[key] >= wanted and counts[key]:
            upper = int(key)
            place = bisect_left(BOUNDS, upper)
            lower = BOUNDS[place - 1] if place else 0
            return lower + (upper - lower) * max(wanted - passed, 0) / counts[key]
        passed += counts[key]
    return float(max(map(int, counts)))


def spread_out(rows: Iterable[Row], office_of: Any) -> dict[tuple[str, int, str, str], tuple[int, float]]:
    """Rows added up by (measure, office, channel, key), with all offices and all channels beside each.

    Args:
        office_of: the office's id of a dossier's code or its beginning, NO_OFFICE for none.
    """
    sums: dict[tuple[str, int, str, str], tuple[int, float]] = {}
    for row in rows:
        office = row.office if row.office is not None else office_of(row.identifier)
        for where in (office, ALL_OFFICES):
            for channel in {row.channel, ALL_CHANNELS}:
                name = (row.measure, where, channel, row.key[:120])
                count, total = sums.get(name, (0, 0.0))
                sums[name] = (count + row.count, total + row.total)
    return sums


def identifier_of(code: str | None) -> str:
    """The agency's part of a dossier's code; empty for none."""
    beginning, dash, _ = (code or "").partition("-")
    return beginning[:40] if dash else ""


UNANSWERED: Sequence[str] = ("declined", "failed")
