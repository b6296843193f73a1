"""What waits at some offices, counted and a page at a time, from the watch over followed dossiers.

Only followed dossiers are there: the province's systems tell about one dossier at a time, and nobody asks for the
others. Every question is answered from an index over status and code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, column, false, func, or_, select, values
from sqlalchemy.ext.asyncio import AsyncEngine

from core.counter.model import OF_STATUS, RUNNING, Section, Today
from core.counter.scope import Range
from core.db.reminder_tables import WatchRow
from core.dossiers.model import Status

PAGE = 20
_STATUS = {section: status for status, section in OF_STATUS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier that waits, as the watch remembers it; ``since`` is when its state was first seen."""

    code: str
    status: Status
    since: dt.datetime
    due_at: dt.datetime | None
    checked_at: dt.datetime | None


class Lists:
    """Reads them. Errors of the database are raised as they are.

    ``wanted`` are ranges of codes as ``core.counter.scope`` gives them, None for all.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._postgres = engine.dialect.name == "postgresql"

    async def counts(self, wanted: Sequence[Range] | None, today: Today) -> dict[Section, int]:
        """How many there are of each kind."""
        counted = [func.count(case((_which(section, today), 1))) for section in Section]
        statuses = [int(status) for status in (*RUNNING, *OF_STATUS)]
        query = self._within(select(*counted).where(WatchRow.status.in_(statuses)), wanted)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one()
        return dict(zip(Section, row, strict=True))

    async def page(
        self, section: Section, wanted: Sequence[Range] | None, today: Today, number: int = 1
    ) -> list[Line]:
        """The lines of one page (from 1), the most urgent first; one more than PAGE when there are more."""
        first = WatchRow.due_at if section in (Section.LATE, Section.SOON) else WatchRow.since
        row = WatchRow
        lines = select(row.code, row.status, row.since, row.due_at, row.checked_at).where(
            _which(section, today)
        )
        query = self._within(lines, wanted).order_by(first, row.code)
        query = query.limit(PAGE + 1).offset((max(number, 1) - 1) * PAGE)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Line(r.code, Status(r.status), r.since, r.due_at, r.checked_at) for r in rows]

    def _within(self, query: Any, wanted: Sequence[Range] | None) -> Any:
        """Only codes in the ranges. Of many each is a step into the index: they are apart, so nothing comes twice."""
        if wanted is None or len(wanted) < 2:
            return query.where(within(WatchRow.code, wanted, postgres=self._postgres))
        listed = (
            values(column("first", String), column("last", String), name="wanted").data(list(wanted)).cte()
        )
        least, less = _BYTEWISE[self._postgres]
        row = WatchRow.code
        inside = and_(row.bool_op(least)(listed.c.first), row.bool_op(less)(listed.c.last))
        return query.select_from(listed).join(WatchRow, inside)


_BYTEWISE = {True: ("~>=~", "~<~"), False: (">=", "<")}  # on PostgreSQL or not


def within(column: Any, wanted: Sequence[Range] | None, *, postgres: bool) -> ColumnElement[bool]:
    """That a column of codes lies in the ranges, by bytes: PostgreSQL's usual order is that of a language."""
    if wanted is None:
        return column.is_not(None)  # type: ignore[no-any-return]
    least, less = _BYTEWISE[postgres]
    parts = [and_(column.bool_op(least)(first), column.bool_op(less)(last)) for first, last in wanted]
    return or_(*parts) if parts else false()


def _which(section: Section, today: Today) -> ColumnElement[bool]:
    row = WatchRow
    if section is Section.PAYMENT:
        return and_(row.status == int(Status.PAYMENT), row.paid.is_not(True))
    if section in _STATUS:
        return row.status == int(_STATUS[section])
    running = row.status.in_([int(status) for status in RUNNING])
    over = and_(row.due_at < today.now, row.due_at != today.begins)
    if section is Section.LATE:
        return and_(running, over)
    return and_(
        running, row.due_at < today.soon_until, or_(row.due_at >= today.now, row.due_at == today.begins)
    )
