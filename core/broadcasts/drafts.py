"""Composing a notice: create, edit, list. Every change names the version it was made on."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts import rows, rules
from core.broadcasts.confine import confined
from core.broadcasts.model import Broadcast, Content, Listed, State, subject
from core.broadcasts.rules import Sending
from core.db import upsert
from core.db.broadcast_tables import BroadcastFileRow, BroadcastListedRow, BroadcastRow
from core.errors import StaffError
from core.staff.audit import Audit
from core.staff.offices import Offices
from core.staff.rights import Right, Staff

EDITABLE = tuple(state for state in State if state.editable)
_CHUNK = 500  # entries of a list a statement
_AFRESH: dict[str, Any] = {"approver": None, "approver_name": None, "approved_at": None, "submitted_at": None}


class Drafts:
    """Reads and writes notices before they are sent. Errors of the database are raised as they are.

    Every method that changes something is audited in its transaction, and raises StaffError in Vietnamese where
    something can be mended: a field that is wrong (``field`` names it as in Content), a version that somebody
    else changed meanwhile, a state in which it cannot be done, an office or audience that is not the staff's.
    """

    def __init__(
        self, engine: AsyncEngine, sending: Sending, audit: Audit, clock: Callable[[], dt.datetime]
    ) -> None:
        self._engine, self._sending, self._audit, self._clock = engine, sending, audit, clock
        self._offices = Offices(engine)

    async def get(self, staff: Staff, ident: int) -> Broadcast | None:
        """One notice; None when there is none or it is another office's."""
        async with self._engine.connect() as connection:
            return await rows.load(connection, ident, staff)

    async def page(
        self, staff: Staff, states: Collection[State] = (), before: int | None = None, limit: int = 20
    ) -> Sequence[Broadcast]:
        """The newest notices the staff may see (without files), those with an id below ``before``.

        Args:
            states: only these; all when empty.
        """
        query = select(*BroadcastRow.__table__.c).where(rows.seen_by(staff))
        if states:
            query = query.where(BroadcastRow.state.in_([state.value for state in states]))
        if before is not None:
            query = query.where(BroadcastRow.id < before)
        async with self._engine.connect() as connection:
            found = await connection.execute(query.order_by(BroadcastRow.id.desc()).limit(limit))
            return [rows.read(row) for row in found]

    async def create(self, staff: Staff, content: Content) -> Broadcast:
        """A new draft. Somebody who does not work for the whole province has to name one of their offices, and
        its audience is confined to that office: its commune's subscribers, its dossiers' followers."""
        content, now = await self._checked(staff, content), self._clock()
        values = {
            **rows.said(content),
            "state": State.DRAFT.value,
            "version": 1,
            "author": staff.id,
            "author_name": staff.full_name,
            "editor": staff.id,
            "created_at": now,
            "updated_at": now,
            "cursor": "",
            "expanded": False,
            "attempt": 1,
        }
        async with self._engine.begin() as connection:
            added = upsert.insert(connection, BroadcastRow).values(values).returning(BroadcastRow.id)
            ident = (await connection.execute(added)).scalar_one()
            return await self._done(connection, staff, "create", ident)

    async def edit(self, staff: Staff, ident: int, version: int, content: Content) -> Broadcast:
        """Change words, audience or hour. What was submitted or approved becomes a draft again."""
        content = await self._checked(staff, content)
        async with self._engine.begin() as connection:
            await self.changed(connection, staff, ident, version, **rows.said(content))
            return await self._done(connection, staff, "edit", ident)

    async def put_list(
        self,
        staff: Staff,
        ident: int,
        version: int,
        entries: Iterable[Listed] | AsyncIterable[Listed],
    ) -> tuple[Broadcast, int]:
        """Replace the uploaded list of an audience ``listed``; says how many different entries it has."""
        row = BroadcastListedRow
        async with self._engine.begin() as connection:
            await self.changed(connection, staff, ident, version)
            await connection.execute(delete(row).where(row.broadcast == ident))
            statement = upsert.insert(connection, row).on_conflict_do_nothing()
            async for chunk in _chunks(entries):
                values = [{"broadcast": ident, "value": one.value, "kind": one.kind} for one in chunk]
                await connection.execute(statement, values)
            number = await connection.scalar(select(func.count()).where(row.broadcast == ident)) or 0
            return await self._done(connection, staff, "list", ident, entries=number), number

    async def discard(self, staff: Staff, ident: int) -> None:
        """Delete a draft, with its list and files."""
        async with self._engine.begin() as connection:
            before = await rows.must(connection, ident, staff)
            await rows.move(connection, before, (State.DRAFT,), updated_at=self._clock())
            for table, column in (
                (BroadcastListedRow, BroadcastListedRow.broadcast),
                (BroadcastFileRow, BroadcastFileRow.broadcast),
                (BroadcastRow, BroadcastRow.id),
            ):
                await connection.execute(delete(table).where(column == ident))
            await self._audit.record(connection, staff, "broadcast.discard", subject(ident))

    async def changed(
        self, connection: AsyncConnection, staff: Staff, ident: int, version: int, **values: Any
    ) -> None:
        """Another version, in the caller's transaction; nothing of it is approved. Raises StaffError."""
        _may_write(staff)
        before = await rows.must(connection, ident, staff)
        if before.version != version:
            raise StaffError(rows.CHANGED)
        new = {"state": State.DRAFT.value, "version": version + 1, "editor": staff.id, **_AFRESH}
        await rows.move(connection, before, EDITABLE, **new, updated_at=self._clock(), **values)

    async def _checked(self, staff: Staff, content: Content) -> Content:
        _may_write(staff)
        if not staff.everywhere:
            offices = {office.id: office for office in await self._offices.all()}
            office = offices.get(content.office) if content.office in staff.offices else None
            if office is None:
                raise StaffError("Chọn cơ quan của ông/bà làm nơi gửi.", "office")
            content = replace(content, audience=confined(content.audience, office))
        rules.check(content, self._sending, self._clock())
        return content

    async def _done(
        self, connection: AsyncConnection, staff: Staff, what: str, ident: int, **detail: Any
    ) -> Broadcast:
        found = await rows.load(connection, ident)
        assert found is not None
        detail |= {"version": found.version, "whom": found.content.audience.whom}
        await self._audit.record(connection, staff, f"broadcast.{what}", subject(ident), **detail)
        return found


def _may_write(staff: Staff) -> None:
    if not staff.may(Right.WRITE_BROADCAST):
        raise StaffError("Tài khoản này không được soạn thông báo.")


async def _chunks(entries: Iterable[Listed] | AsyncIterable[Listed]) -> AsyncIterator[list[Listed]]:
    chunk: list[Listed] = []
    async for entry in _each(entries):
        chunk.append(entry)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _each(entries: Iterable[Listed] | AsyncIterable[Listed]) -> AsyncIterator[Listed]:
    if isinstance(entries, AsyncIterable):
        async for entry in entries:
            yield entry
    else:
        for one in entries:
            yield one
