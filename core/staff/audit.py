"""The audit log: who did what in the console, when, to what. Rows are only ever added.

The database refuses changes (migration 0009), and each row's hash covers the row before, so that somebody who
gets round that leaves a broken chain behind. Nothing a citizen wrote and nobody's numbers stand in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.staff_tables import AuditRow
from core.staff.rights import Staff

_FIRST = "0" * 64  # what the first row's hash covers
_LOCK = 0x6E6B  # any number, the same in every process
_SYSTEM = "hệ thống"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the log; ``who`` is the name of the account at that time."""

    id: int
    at: dt.datetime
    account: int | None
    who: str
    what: str
    subject: str
    detail: dict[str, Any]


class Audit:
    """Writes and reads the log. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._clock = engine, clock

    async def record(
        self, connection: AsyncConnection, staff: Staff | None, what: str, subject: str = "", **detail: Any
    ) -> None:
        """Note a change, in the transaction that makes it.

        Args:
            staff: who did it; None for the system and the command line.
            what: the deed, ``broadcast.approve``.
            subject: what it was done to, ``broadcast:12``.
            detail: JSON values; never a citizen's words, name, number or address.
        """
        await self.lock(connection)
        latest = select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
        before = await connection.scalar(latest) or _FIRST
        row = {
            "at": self._clock(),
            "account": staff.id if staff else None,
            "who": staff.name if staff else _SYSTEM,
            "what": what,
            "subject": subject,
            "detail": detail,
        }
        await connection.execute(insert(AuditRow).values(**row, hash=_digest(before, row)))

    async def lock(self, connection: AsyncConnection) -> None:
        """Make others that change something wait until this transaction ends: for what is looked at, then changed."""
        await _one_at_a_time(connection)

    async def page(
        self, before: int | None = None, what: str = "", who: str = "", subject: str = "", limit: int = 50
    ) -> list[Record]:
        """The newest rows first.

        Args:
            before: only rows older than this one.
            what: the beginning of the deed.
            who: the account's name.
            subject: exactly this one.
        """
        query = select(*AuditRow.__table__.c).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.id < before)
        if what:
            query = query.where(AuditRow.what.startswith(what, autoescape=True))
        if who:
            query = query.where(AuditRow.who == who)
        if subject:
            query = query.where(AuditRow.subject == subject)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Record(r.id, r.at, r.account, r.who, r.what, r.subject, r.detail) for r in rows]

    async def broken(self) -> int | None:
        """The id of the first row that does not follow from the one before; None when the chain is whole."""
        before, last = _FIRST, 0
        while True:
            rows = await self._after(last)
            if not rows:
                return None
            for row in rows:
                if row.hash != _digest(before, _values(row)):
                    return int(row.id)
                before, last = row.hash, row.id

    async def _after(self, last: int) -> Sequence[Any]:
        query = select(*AuditRow.__table__.c).where(AuditRow.id > last).order_by(AuditRow.id).limit(500)
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).all()


async def _one_at_a_time(connection: AsyncConnection) -> None:
    """Whoever adds a row first waits for others that are adding one; the end of the transaction lets them."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    else:  # a write that touches nothing takes SQLite's only lock
        await connection.execute(text("UPDATE office SET active = active WHERE id IS NULL"))


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("at", "account", "who", "what", "subject", "detail")}


def _digest(before: str, row: dict[str, Any]) -> str:
    told = {**row, "at": row["at"].astimezone(dt.UTC).isoformat()}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()
