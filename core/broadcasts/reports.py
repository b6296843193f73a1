"""What became of a notice: numbers, recipients, trying again those that failed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts import rows
from core.broadcasts.model import Progress, Reached, Report, State, subject
from core.broadcasts.recipients import RETRIED, failed_rows
from core.db.broadcast_tables import BroadcastRecipientRow, BroadcastRow
from core.db.reminder_tables import DeliveryRow, OutboxRow
from core.errors import StaffError
from core.reminders import gone
from core.reminders.model import Kind
from core.staff.audit import Audit
from core.staff.rights import Right, Staff

_PAGE = 1000  # recipients of an export read at once
_PROGRESS: dict[str, Progress] = {"pending": "waiting", "claimed": "waiting"}
_STATES: dict[Progress, tuple[str, ...]] = {"waiting": ("pending", "claimed")}


# A message to somebody who blocked us ends as failed: the ladder has tried their other addresses, too.
_AWAY = gone.is_gone(OutboxRow.address)
_COLUMNS = (*OutboxRow.__table__.c, _AWAY.label("away"))


class Reports:
    """Reads the outbox for a notice. The caller has asked ``Drafts.get`` whether the staff may see it."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def report(self, ident: int) -> Report | None:
        """The numbers now; None when there is no such notice. Quick enough to be asked every second."""
        row = OutboxRow
        columns = (row.state, row.channel, row.reason)  # in the order of the index that alone is read
        query = select(*columns, func.count()).where(row.subject == subject(ident)).group_by(*columns)
        expanded = select(BroadcastRow.expanded).where(BroadcastRow.id == ident)
        async with self._engine.connect() as connection:
            fixed = await connection.scalar(expanded)
            found = (await connection.execute(query)).all()
            lost = (await connection.execute(query.where(row.state == "failed", _AWAY))).all()
        if fixed is None:
            return None
        numbers: Counter[tuple[str, Progress]] = Counter()
        reasons: Counter[tuple[Progress, str]] = Counter()
        for sign, rows_ in ((1, found), (-1, lost)):
            for state, channel, reason, number in rows_:
                if (state, reason) != ("failed", RETRIED):
                    _count(numbers, reasons, _progress(state), channel, reason, sign * number)
        for _, channel, reason, number in lost:
            if reason != RETRIED:
                _count(numbers, reasons, "gone", channel, reason, number)
        return Report(numbers.total(), dict(+numbers), dict(+reasons), fixed)

    async def page(
        self,
        ident: int,
        progress: Progress | None = None,
        channel: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> Sequence[Reached]:
        """Recipients, newest attempt of each, in a stable order."""
        row = OutboxRow
        query = select(*_COLUMNS).where(*_counted(ident))
        if progress:
            query = query.where(_is(progress))
        if channel:
            query = query.where(row.channel == channel)
        async with self._engine.connect() as connection:
            return await _reached(connection, query.order_by(row.id).offset(offset).limit(limit))

    async def rows(self, ident: int) -> AsyncIterator[Reached]:
        """Every recipient, for an export; read a thousand at a time."""
        to, row, after = BroadcastRecipientRow, OutboxRow, ""
        same = and_(
            row.address == to.address,
            row.subject == subject(ident),
            row.kind == Kind.NOTICE.value,
            row.occasion == to.occasion,
        )
        while True:
            page = select(*_COLUMNS).select_from(to).join(row, same)
            page = page.where(to.broadcast == ident, to.address > after).order_by(to.address).limit(_PAGE)
            async with self._engine.connect() as connection:
                found = await _reached(connection, page)
            for one in found:
                yield one
            if len(found) < _PAGE:
                return
            after = found[-1].address

    async def retry(self, staff: Staff, ident: int) -> int:
        """Try again those that failed, and only those; says how many.

        Neither what was sent nor what may have arrived nor people who are gone are tried again. The notice is
        SENDING again. Raises StaffError when it has expired, was called off or nothing failed.
        """
        if not staff.may(Right.WRITE_BROADCAST):
            raise StaffError("Tài khoản này không được điều khiển việc gửi thông báo.")
        now = self._clock()
        async with self._engine.begin() as connection:
            before = await rows.must(connection, ident, staff)
            expires = before.content.expires_at
            if before.state is not State.DONE or expires is None or expires <= now:
                raise StaffError("Chỉ gửi lại được khi thông báo đã gửi xong và chưa hết hạn.")
            failed = select(func.count()).select_from(OutboxRow).where(*failed_rows(ident))
            number = await connection.scalar(failed) or 0
            if not number:
                raise StaffError("Không có tin nào gửi hỏng.")
            values = {
                "state": State.SENDING.value,
                "attempt": before.attempt + 1,
                "expanded": False,
                "ended_at": None,
            }
            await rows.move(connection, before, (State.DONE,), **values, updated_at=now)
            await self._audit.record(connection, staff, "broadcast.retry", subject(ident), messages=number)
        return number


def _count(
    numbers: Counter[tuple[str, Progress]],
    reasons: Counter[tuple[Progress, str]],
    progress: Progress,
    channel: str,
    reason: str | None,
    number: int,
) -> None:
    numbers[channel, progress] += number
    if reason:
        reasons[progress, reason] += number


def _counted(ident: int) -> tuple[ColumnElement[bool], ...]:
    superseded = and_(OutboxRow.state == "failed", func.coalesce(OutboxRow.reason, "") == RETRIED)
    return OutboxRow.subject == subject(ident), ~superseded


async def _reached(connection: AsyncConnection, query: Select[Any]) -> list[Reached]:
    found = (await connection.execute(query)).all()
    ways = await _ways(connection, [row.id for row in found])
    return [
        Reached(row.address, row.channel, _of_row(row), row.reason, row.finished_at, ways.get(row.id))
        for row in found
    ]


async def _ways(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The last step tried for each message, with the channel it went by."""
    query = select(DeliveryRow).where(DeliveryRow.outbox.in_(ids)).order_by(DeliveryRow.id)
    steps = (await connection.execute(query)).all() if ids else []
    return {step.outbox: (step.step, step.address.partition(":")[0]) for step in steps}


def _is(progress: Progress) -> ColumnElement[bool]:
    state = OutboxRow.state
    if progress == "gone":
        return or_(state == "gone", and_(state == "failed", _AWAY))
    if progress == "failed":
        return and_(state == "failed", ~_AWAY)
    return state.in_(_STATES.get(progress, (progress,)))


def _of_row(row: Any) -> Progress:
    return "gone" if row.state == "failed" and row.away else _progress(row.state)


def _progress(state: str) -> Progress:
    return _PROGRESS.get(state) or cast(Progress, state)
