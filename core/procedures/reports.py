"""Reports of citizens that an answer is wrong: taken in, shown to editors, resolved and answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.catalogue_tables import ReportRow
from core.limits import Counters
from core.messages import Address
from core.privacy import mask_numbers
from core.procedures.editing import store
from core.secret import Secret
from core.staff.rights import Staff

A_DAY = 5  # of one person
LONGEST = 1000  # letters
KEEP_ADDRESS = dt.timedelta(days=30)  # after the answer: it went to the address long ago
KEEP = dt.timedelta(days=730)
_DAY = dt.timedelta(days=1)
_TABLE = ReportRow.__table__


class Outcome(StrEnum):
    """How a report stands; the values are kept in the database and name sentences."""

    OPEN = "open"
    FIXED = "fixed"
    CORRECT = "correct"
    UNCLEAR = "unclear"


OUTCOMES: dict[Outcome, str] = {
    Outcome.OPEN: "Chưa trả lời",
    Outcome.FIXED: "Sai thật, đã sửa",
    Outcome.CORRECT: "Thông tin đang đúng",
    Outcome.UNCLEAR: "Chưa kết luận được",
}


@dataclass(frozen=True, slots=True)
class Report:
    """One report; ``version`` is that of the procedure which was in force (0: the file's)."""

    id: int
    at: dt.datetime
    address: str | None = field(repr=False)
    procedure: str | None
    version: int
    text: str = field(repr=False)
    state: Outcome
    answer: str = field(repr=False)
    resolved_at: dt.datetime | None
    resolver_name: str | None


class Reports:
    """Keeps reports. Errors of the database are raised as they are.

    Args:
        today: the day in the province.
    """

    def __init__(self, engine: AsyncEngine, secret: Secret, today: Callable[[], dt.date]) -> None:
        self._engine, self._secret, self._today = engine, secret, today
        self._counters = Counters(engine)

    async def take(self, address: Address, procedure: str | None, text: str, now: dt.datetime) -> int | None:
        """Keep what somebody says is wrong, without personal numbers; gives its number, None above A_DAY."""
        who = self._secret.fingerprint("who", str(address))
        if await self._counters.hit(f"reports-of:{who}", _DAY, now) > A_DAY:
            return None
        async with self._engine.begin() as connection:
            made = await store.history(connection, procedure) if procedure else []
            standing = store.in_force(made, self._today())
            row = {
                "at": now,
                "address": str(address),
                "procedure": procedure,
                "version": standing.number if standing else 0,
                "text": mask_numbers(text.strip())[:LONGEST],
                "state": Outcome.OPEN,
            }
            return int(await connection.scalar(insert(ReportRow).values(**row).returning(_TABLE.c.id)) or 0)

    async def undo(self, address: Address, number: int) -> bool:
        """Take an open report of one's own back; False when there is none."""
        own = (_TABLE.c.id == number, _TABLE.c.address == str(address), _TABLE.c.state == Outcome.OPEN)
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(ReportRow).where(*own))).rowcount == 1

    async def get(self, number: int) -> Report | None:
        """One report."""
        async with self._engine.connect() as connection:
            return await one(connection, number)

    async def page(self, state: Outcome | None, before: int | None = None, limit: int = 50) -> list[Report]:
        """The newest first.

        Args:
            state: only those that stand so.
            before: only those with smaller numbers.
        """
        query = select(*_COLUMNS).order_by(_TABLE.c.id.desc()).limit(limit)
        if state:
            query = query.where(_TABLE.c.state == state)
        if before:
            query = query.where(_TABLE.c.id < before)
        async with self._engine.connect() as connection:
            return [_report(row) for row in await connection.execute(query)]

    async def about(self, procedure: str, limit: int = 20) -> Sequence[Report]:
        """The newest about one procedure."""
        query = select(*_COLUMNS).where(_TABLE.c.procedure == procedure).order_by(_TABLE.c.id.desc())
        async with self._engine.connect() as connection:
            return [_report(row) for row in await connection.execute(query.limit(limit))]

    async def waiting(self) -> Mapping[str | None, int]:
        """How many wait, by procedure."""
        query = select(_TABLE.c.procedure, func.count()).where(_TABLE.c.state == Outcome.OPEN)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.group_by(_TABLE.c.procedure))).all()
            return {row[0]: int(row[1]) for row in rows}

    async def forget_old(self, now: dt.datetime) -> None:
        """Erase addresses a while after the answer, and old reports altogether."""
        async with self._engine.begin() as connection:
            old = _TABLE.c.resolved_at < now - KEEP_ADDRESS
            erased = update(ReportRow).where(old, _TABLE.c.address.is_not(None)).values(address=None)
            await connection.execute(erased)
            await connection.execute(delete(ReportRow).where(_TABLE.c.at < now - KEEP))


async def one(connection: AsyncConnection, number: int) -> Report | None:
    """One report, in the caller's transaction."""
    row = (await connection.execute(select(*_COLUMNS).where(_TABLE.c.id == number))).one_or_none()
    return _report(row) if row else None


async def link(connection: AsyncConnection, number: int, procedure: str | None) -> bool:
    """Say which procedure an open report is about; False when there is no such report."""
    here = (_TABLE.c.id == number, _TABLE.c.state == Outcome.OPEN)
    return (
        await connection.execute(update(ReportRow).where(*here).values(procedure=procedure))
    ).rowcount == 1


async def resolve(
    connection: AsyncConnection, staff: Staff, number: int, outcome: Outcome, answer: str, now: dt.datetime
) -> bool:
    """Close an open report; False when somebody else did already."""
    here = (_TABLE.c.id == number, _TABLE.c.state == Outcome.OPEN)
    values = {"state": outcome, "answer": answer, "resolved_at": now}
    mine = {"resolver": staff.id, "resolver_name": staff.full_name}
    return (await connection.execute(update(ReportRow).where(*here).values(**values, **mine))).rowcount == 1


_COLUMNS = tuple(_TABLE.c[name] for name in Report.__dataclass_fields__)


def _report(row: object) -> Report:
    values = {name: getattr(row, name) for name in Report.__dataclass_fields__}
    return Report(**{**values, "state": Outcome(values["state"])})
