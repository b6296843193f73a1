"""The counter's list of what messages could not do: phone somebody, see to a late dossier, money used up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.counter.lists import within
from core.counter.scope import Range
from core.db.reminder_tables import TaskRow
from core.reminders.tasks import CEILING, Task
from core.staff.audit import Audit
from core.staff.rights import Staff

PAGE = 20


@dataclass(frozen=True, slots=True)
class Tasks:
    """One page of the list and how many there are in all."""

    tasks: tuple[Task, ...]
    number: int


class ToDo:
    """The open tasks of some offices. Errors of the database are raised as they are.

    ``wanted`` are ranges of codes, None for all; what concerns no dossier is listed with all of them only.
    """

    def __init__(self, engine: AsyncEngine, audit: Audit) -> None:
        self._engine, self._audit = engine, audit
        self._postgres = engine.dialect.name == "postgresql"

    async def page(self, wanted: Sequence[Range] | None, number: int = 1) -> Tasks:
        """A page (from 1) of what is not done, the oldest first."""
        row, where = TaskRow, (TaskRow.done_at.is_(None), self._within(wanted))
        query = select(*row.__table__.c).where(*where).order_by(row.at, row.id)
        query = query.limit(PAGE).offset((max(number, 1) - 1) * PAGE)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            total = await connection.scalar(select(func.count()).select_from(row).where(*where))
        found = tuple(Task(r.id, r.subject, r.kind, r.why, r.agency, r.at) for r in rows)
        return Tasks(found, total or 0)

    async def done(self, staff: Staff, ident: int, wanted: Sequence[Range] | None, now: dt.datetime) -> bool:
        """It was seen to; False when there is no such task in these offices, or it was done before."""
        mine = (TaskRow.id == ident, TaskRow.done_at.is_(None), self._within(wanted))
        statement = update(TaskRow).where(*mine).values(done_at=now).returning(TaskRow.subject, TaskRow.why)
        async with self._engine.begin() as connection:
            done = (await connection.execute(statement)).first()
            if done is None:
                return False
            await self._audit.record(
                connection, staff, "counter.done", f"task:{ident}", about=done.subject, why=done.why
            )
        return True

    def _within(self, wanted: Sequence[Range] | None) -> ColumnElement[bool]:
        mine = within(TaskRow.subject, wanted, postgres=self._postgres)
        return or_(mine, TaskRow.why == CEILING) if wanted is None else mine
