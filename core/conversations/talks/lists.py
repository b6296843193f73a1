"""What staff see: the queue, their own conversations, those of their offices, those that are over.

Somebody sees the conversations of their offices and those that belong to none. Every list is read by an index.
Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.conversations.talks import lines
from core.conversations.talks.model import Direction, Line, Stand, Talk
from core.db.staff_tables import AccountRow
from core.db.talk_tables import TalkLineRow, TalkRow
from core.staff.rights import MATRIX, Right, Role, Staff

Which = Literal["waiting", "mine", "all", "closed"]
LISTS: tuple[Which, ...] = ("waiting", "mine", "all", "closed")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """How many conversations wait, are mine, are open at all; how many lines of mine are unread."""

    waiting: int
    mine: int
    all: int
    unread: int


class Lists:
    """Reads conversations for one member of staff."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, staff: Staff, which: Which, after: int | None = None) -> list[Talk]:
        """One list: waiting and open ones longest waiting first, closed ones newest first.

        Args:
            after: of closed ones only those older than this one.
        """
        query = select(*lines.COLUMNS).where(seen(staff), *_of(staff, which)).limit(PAGE)
        if which == "closed":
            query = query.where(TalkRow.id < after) if after else query
            query = query.order_by(TalkRow.id.desc())
        else:
            query = query.order_by(func.coalesce(TalkRow.asked_at, TalkRow.since), TalkRow.id)
        async with self._engine.connect() as connection:
            return [lines.talk_of(row) for row in (await connection.execute(query)).all()]

    async def counts(self, staff: Staff) -> Counts:
        """How many there are in each list of open ones."""
        mine = TalkRow.claimed_by == staff.id
        query = select(
            func.count().filter(TalkRow.state == Stand.WAITING),
            func.count().filter(mine),
            func.count(),
            func.coalesce(func.sum(TalkRow.unread).filter(mine), 0),
        ).where(seen(staff), TalkRow.closed_at.is_(None))
        async with self._engine.connect() as connection:
            return Counts(*(await connection.execute(query)).one())

    async def stamp(self, now: dt.datetime) -> str:
        """Differs whenever something in a list of open ones changed, and each minute, because waiting times do."""
        query = select(
            func.count(), func.coalesce(func.sum(TalkRow.version), 0), func.coalesce(func.max(TalkRow.id), 0)
        ).where(TalkRow.closed_at.is_(None))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one()
        return "-".join(str(n) for n in (*row, int(now.timestamp() // 60)))

    async def version(self, staff: Staff, talk: int) -> int | None:
        """The version of a conversation they may see; None for others."""
        query = select(TalkRow.version).where(TalkRow.id == talk, seen(staff))
        async with self._engine.connect() as connection:
            return await connection.scalar(query)

    async def get(self, staff: Staff, talk: int) -> Talk | None:
        """A conversation they may see; None for others."""
        query = select(*lines.COLUMNS).where(TalkRow.id == talk, seen(staff))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return lines.talk_of(row) if row else None

    async def lines(self, talk: int) -> list[Line]:
        """Its lines, the oldest first."""
        query = select(*lines.LINE_COLUMNS).where(TalkLineRow.talk == talk).order_by(TalkLineRow.id)
        async with self._engine.connect() as connection:
            return [lines.line_of(row) for row in (await connection.execute(query)).all()]

    async def last_lines(self, talks: Sequence[int]) -> dict[int, str]:
        """The newest line of the citizen in each of some conversations."""
        newest = (
            select(func.max(TalkLineRow.id))
            .where(TalkLineRow.talk.in_(talks), TalkLineRow.direction == Direction.CITIZEN)
            .group_by(TalkLineRow.talk)
        )
        query = select(TalkLineRow.talk, TalkLineRow.text).where(TalkLineRow.id.in_(newest))
        async with self._engine.connect() as connection:
            return {row.talk: row.text for row in (await connection.execute(query)).all()} if talks else {}

    async def names(self, accounts: Iterable[int | None]) -> dict[int, str]:
        """Full names by account."""
        wanted = {a for a in accounts if a is not None}
        query = select(AccountRow.id, AccountRow.full_name).where(AccountRow.id.in_(wanted))
        async with self._engine.connect() as connection:
            return (
                {row.id: row.full_name for row in (await connection.execute(query)).all()} if wanted else {}
            )

    async def colleagues(self, staff: Staff, office: int | None) -> list[tuple[int, str]]:
        """Others who answer conversations and work for an office, by name."""
        columns = (AccountRow.id, AccountRow.full_name, AccountRow.roles, AccountRow.offices)
        query = (
            select(*columns, AccountRow.everywhere)
            .where(AccountRow.disabled_at.is_(None), AccountRow.id != staff.id)
            .order_by(AccountRow.full_name)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [(row.id, row.full_name) for row in rows if _answers(row, office)]


def _answers(row: Any, office: int | None) -> bool:
    roles = [Role(r) for r in row.roles]
    may = any(Right.ANSWER_INBOX in MATRIX[role] for role in roles)
    return may and (row.everywhere or office is None or office in row.offices)


def seen(staff: Staff) -> Any:
    """The conversations somebody sees: those of their offices, and those of none."""
    scope = staff.scope()
    if scope is None:
        return TalkRow.id.is_not(None)
    return or_(TalkRow.office.is_(None), TalkRow.office.in_(sorted(scope)))


def _of(staff: Staff, which: Which) -> tuple[Any, ...]:
    if which == "closed":
        return (TalkRow.closed_at.is_not(None),)
    still = TalkRow.closed_at.is_(None)
    if which == "waiting":
        return (still, TalkRow.state == Stand.WAITING)
    return (still, TalkRow.claimed_by == staff.id) if which == "mine" else (still,)
