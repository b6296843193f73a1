"""From a database to a report, for the console and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from core.figures import par
from core.figures.assumptions import Assumptions
from core.figures.export import as_dicts
from core.figures.measures.every import DEFINITIONS
from core.figures.model import Period, Slice
from core.figures.names import (
    FINISHED,
    INTENT,
    LED,
    MESSAGES,
    NOTICE,
    PEOPLE,
    PROCEDURE,
    RATING,
    REMINDED,
    SENT,
    SPEED,
    STANDING,
)
from core.figures.numbers import Numbers
from core.figures.par import Indicator
from core.figures.read import Reader
from core.figures.report import Report, report
from core.figures.sheet import Table, Tile
from core.procedures.catalogue import Catalogue
from core.staff.offices import Office

_BOTH = (PEOPLE, MESSAGES, SPEED, SENT, REMINDED, LED, FINISHED, RATING, *(d.name for d in DEFINITIONS))
_ONE = (PROCEDURE, INTENT, NOTICE)  # not compared with the period before
_DAILY = (PEOPLE, MESSAGES)


async def read(
    engine: AsyncEngine,
    period: Period,
    whose: Slice,
    offices: Sequence[Office],
    catalogue: Catalogue,
    assumptions: Assumptions,
) -> tuple[Numbers, Report]:
    """The numbers of a period and the report over them. Errors of the database are raised as they are."""
    reader = Reader(engine)
    day, standing = await reader.stock(STANDING, whose, period, offices)
    numbers = Numbers(
        period,
        whose,
        await reader.sums((*_BOTH, *_ONE), whose, period),
        await reader.sums(_BOTH, whose, period.before()),
        await reader.series(_DAILY, whose, period),
        day,
        standing,
        await reader.unanswered(whose, period, assumptions.people, offices),
        {office.id: office.name for office in offices},
    )
    return numbers, report(numbers, names(catalogue), assumptions, DEFINITIONS)


def names(catalogue: Catalogue) -> Mapping[str, str]:
    """What procedures are called, by id."""
    return {procedure.id: procedure.short_name for procedure in catalogue.values()}


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is exported at once."""

    heading: str
    tables: tuple[Table, ...]
    indicators: tuple[Indicator, ...]
    tiles: tuple[Tile, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "heading": self.heading,
            "tiles": [asdict(tile) for tile in self.tiles],
            "indicators": [asdict(one) for one in self.indicators],
            "tables": as_dicts(self.tables),
        }


def book(province: str, numbers: Numbers, made: Report, indicators: Sequence[Indicator]) -> Book:
    """The indicators first, then every table."""
    period = numbers.period
    heading = f"{province[:1].upper()}{province[1:]}, từ {period.first:%d/%m/%Y} đến {period.last:%d/%m/%Y}"
    return Book(heading, (par.table(indicators, numbers), *made.tables), tuple(indicators), made.tiles)
