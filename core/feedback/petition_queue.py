"""Complaints and proposals as staff deal with them: looked through, forwarded, answered, closed.

Every change is one transaction with its row in the audit log. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.feedback_tables import PetitionRow, PetitionStepRow
from core.errors import StaffError
from core.feedback.petition_model import OPEN, STATES, Petition, Step
from core.feedback.petitions import read
from core.privacy import mask_numbers
from core.staff.audit import Audit
from core.staff.rights import Staff

PAGE = 20
MAX_ANSWER = 1800  # letters: what every channel carries in one message
_COLUMNS = tuple(PetitionRow.__table__.c)
_GONE = "Phản ánh này vừa được người khác xử lý; xin xem lại."


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stand how; ``late`` of the open ones should have been answered by now."""

    states: dict[str, int]
    late: int


class Queue:
    """The petitions of some offices; those of no office are everybody's.

    ``offices`` is what ``Staff.scope`` gives, None for all.
    """

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def counts(self, offices: Collection[int] | None) -> Counts:
        """How many there are of each state."""
        row = PetitionRow
        late = row.state.in_(OPEN) & (row.due_at < self._clock())
        query = (
            select(row.state, func.count(), func.count(case((late, 1))))
            .where(row.state != "draft", _of(offices))
            .group_by(row.state)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return Counts({state: number for state, number, _ in rows}, sum(late for *_, late in rows))

    async def page(
        self, offices: Collection[int] | None, state: str = "open", number: int = 1
    ) -> list[Petition]:
        """A page (from 1): open ones by their day, others the newest first; one more than PAGE when there are more.

        Args:
            state: one of STATES, or ``open`` for all that wait for an answer.
        """
        row = PetitionRow
        waits = state not in STATES
        query = select(*_COLUMNS).where(_of(offices), row.state.in_(OPEN) if waits else row.state == state)
        order = (row.due_at, row.id) if waits or state in OPEN else (row.at.desc(), row.id.desc())
        query = query.order_by(*order).limit(PAGE + 1).offset((max(number, 1) - 1) * PAGE)
        async with self._engine.connect() as connection:
            return [read(one) for one in (await connection.execute(query)).all()]

    async def newest(self, offices: Collection[int] | None, most: int) -> list[Petition]:
        """The newest of every state, for a table."""
        row = PetitionRow
        query = select(*_COLUMNS).where(_of(offices), row.state != "draft")
        query = query.order_by(row.at.desc(), row.id.desc()).limit(most)
        async with self._engine.connect() as connection:
            return [read(one) for one in (await connection.execute(query)).all()]

    async def get(self, offices: Collection[int] | None, ident: int) -> Petition | None:
        """One of them; None when it is not there or another office's."""
        async with self._engine.connect() as connection:
            return await self._get(connection, offices, ident)

    async def steps(self, ident: int) -> list[Step]:
        """What was done with one, in order."""
        row = PetitionStepRow
        query = select(*row.__table__.c).where(row.petition == ident).order_by(row.id)
        async with self._engine.connect() as connection:
            return [
                Step(r.at, r.who, r.what, r.office, r.note) for r in (await connection.execute(query)).all()
            ]

    async def answer(self, staff: Staff, ident: int, text: str) -> None:
        """Answer, or answer anew; its writer is told. Raises StaffError."""
        said = text.strip()
        if not said:
            raise StaffError("Xin viết câu trả lời cho người dân.", "answer")
        if len(said) > MAX_ANSWER:
            raise StaffError(f"Câu trả lời dài quá {MAX_ANSWER} ký tự; xin viết gọn lại.", "answer")
        values = {
            "state": "answered",
            "answer": mask_numbers(said),
            "answered_at": self._clock(),
            "told_at": None,
        }
        await self._change(staff, ident, (*OPEN, "answered"), "answered", values)

    async def forward(self, staff: Staff, ident: int, office: int | None, note: str) -> None:
        """Hand it over to another office; None for the province. Raises StaffError."""
        petition = await self.get(staff.scope(), ident)
        if petition is not None and petition.office == office:
            raise StaffError("Phản ánh đang ở chính nơi này.", "office")
        values = {"state": "forwarded", "office": office}
        await self._change(staff, ident, OPEN, "forwarded", values, office, note)

    async def close(self, staff: Staff, ident: int, note: str = "") -> None:
        """End it, after it was answered. Raises StaffError."""
        petition = await self.get(staff.scope(), ident)
        if petition is not None and petition.state in OPEN:
            raise StaffError("Chưa trả lời người dân nên chưa kết thúc được.")
        values = {"state": "closed", "closed_at": self._clock()}
        await self._change(staff, ident, ("answered",), "closed", values, note=note)

    async def _change(
        self,
        staff: Staff,
        ident: int,
        states: Collection[str],
        what: str,
        values: dict[str, Any],
        office: int | None = None,
        note: str = "",
    ) -> None:
        row = PetitionRow
        mine = (row.id == ident, row.state.in_(tuple(states)), _of(staff.scope()))
        async with self._engine.begin() as connection:
            done = await connection.execute(update(row).where(*mine).values(values).returning(row.number))
            number = done.scalar_one_or_none()
            if number is None:
                raise StaffError(_GONE)
            step = {
                "petition": ident,
                "at": self._clock(),
                "who": staff.full_name,
                "what": what,
                "office": office,
                "note": mask_numbers(note.strip()[:1000]),
            }
            await connection.execute(insert(PetitionStepRow).values(step))
            detail = {"office": office} if what == "forwarded" else {}
            await self._audit.record(connection, staff, f"petition.{what}", f"petition:{number}", **detail)

    async def _get(
        self, connection: AsyncConnection, offices: Collection[int] | None, ident: int
    ) -> Petition | None:
        row = PetitionRow
        query = select(*_COLUMNS).where(row.id == ident, row.state != "draft", _of(offices))
        found = (await connection.execute(query)).first()
        return read(found) if found else None


def _of(offices: Collection[int] | None) -> ColumnElement[bool]:
    if offices is None:
        return true()
    return or_(PetitionRow.office.is_(None), PetitionRow.office.in_(sorted(offices)))
