"""From a database to a report, for the console and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from core.figures.assumptions import Assumptions
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
from core.figures.read import Reader
from core.figures.report import Report, report
from core.procedures.catalogue import Catalogue
from core.staff.offices import Offices

_BOTH = (PEOPLE, MESSAGES, SPEED, SENT, REMINDED, LED, FINISHED, RATING, *(d.name for d in DEFINITIONS))
_ONE = (PROCEDURE, INTENT, NOTICE)  # not compared with the period before
_DAILY = (PEOPLE, MESSAGES)


async def read(
    engine: AsyncEngine, period: Period, whose: Slice, catalogue: Catalogue, assumptions: Assumptions
) -> tuple[Numbers, Report]:
    """The numbers of a period and the report over them. Errors of the database are raised as they are."""
    offices = await Offices(engine).all(also_closed=True)
    reader = Reader(engine)
    day, standing = await reader.stock(STANDING, whose, period)
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
