"""What the counters have to see to: dossiers that are late, people no message reaches, money used up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.reminder_tables import TaskRow
from core.reminders.model import Kind, StaffTask

KEEP = dt.timedelta(days=400)
PHONE, CEILING = "phone", "ceiling"  # why


@dataclass(frozen=True, slots=True)
class Task:
    """One task as it is listed; ``kind`` is what the person was to be told."""

    id: int
    subject: str
    kind: str
    why: str
    agency: str
    at: dt.datetime


def phone(subject: str, kind: Kind, occasion: str, agency: str, at: dt.datetime) -> StaffTask:
    """Phone the owner of a dossier, whose number the portal holds. One task, however many followers it missed."""
    return StaffTask(subject, kind, f"phone.{occasion}"[:80], PHONE, agency, at)


def ceiling(month: str, at: dt.datetime) -> StaffTask:
    """The month's money is used up; told once a month."""
    return StaffTask(month, Kind.NOTICE, f"ceiling.{month}", CEILING, "", at)


async def add(connection: AsyncConnection, tasks: Iterable[StaffTask]) -> int:
    """Put tasks on the list, in the caller's transaction; says how many are new. A task done stays done."""
    rows = [
        {
            "subject": task.subject,
            "kind": str(task.kind),
            "occasion": task.occasion,
            "why": task.why,
            "agency": task.agency[:200],
            "at": task.at,
        }
        for task in tasks
    ]
    if not rows:
        return 0
    unique = [TaskRow.subject, TaskRow.kind, TaskRow.occasion]
    statement = (
        upsert.insert(connection, TaskRow).on_conflict_do_nothing(index_elements=unique).returning(TaskRow.id)
    )
    return len((await connection.execute(statement, rows)).all())


class Tasks:
    """The list. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, *tasks: StaffTask) -> int:
        """Put tasks on the list; says how many are new."""
        async with self._engine.begin() as connection:
            return await add(connection, tasks)

    async def waiting(self, agency: str = "") -> list[Task]:
        """What is not done, the oldest first; ``agency`` is a part of its name, in any case of letters."""
        query = select(*TaskRow.__table__.c).where(TaskRow.done_at.is_(None)).order_by(TaskRow.at, TaskRow.id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        tasks = [Task(r.id, r.subject, r.kind, r.why, r.agency, r.at) for r in rows]
        wanted = agency.casefold()  # by Python: neither database folds Vietnamese letters everywhere
        return [task for task in tasks if wanted in task.agency.casefold()]

    async def done(self, ident: int, now: dt.datetime) -> bool:
        """It was seen to; False when there is no such task or it was done before."""
        mine = (TaskRow.id == ident, TaskRow.done_at.is_(None))
        async with self._engine.begin() as connection:
            return (await connection.execute(update(TaskRow).where(*mine).values(done_at=now))).rowcount > 0

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what is older than KEEP."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(TaskRow).where(TaskRow.at < now - KEEP))
