"""A test send: the notice as it would arrive, to the chats that the member of staff linked with their account."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts import rows
from core.broadcasts.model import subject, trial_subject
from core.db.staff_tables import StaffLinkRow
from core.errors import StaffError
from core.reminders import entries
from core.reminders.entries import Entry
from core.reminders.model import Kind
from core.staff.audit import Audit
from core.staff.rights import Staff

LASTS = dt.timedelta(minutes=15)  # a test that comes later only confuses


class Trial:
    """Writes into the outbox under a subject that no report counts."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def send(self, staff: Staff, ident: int) -> int:
        """Send the notice as it is now to the staff's own linked chats, at once; says to how many.

        Raises StaffError when no chat is linked. A person who said "dừng" gets no test either.
        """
        now, occasion = self._clock(), f"test.{secrets.token_hex(4)}"
        linked = select(StaffLinkRow.address).where(StaffLinkRow.account == staff.id)
        async with self._engine.begin() as connection:
            await rows.must(connection, ident, staff)
            addresses = (await connection.scalars(linked)).all()
            if not addresses:
                raise StaffError("Tài khoản chưa liên kết kênh nhắn tin nào; liên kết ở trang tài khoản.")
            rest = (trial_subject(ident), Kind.NOTICE, occasion, now, now + LASTS, 0)
            number = await entries.add(connection, [Entry(one, *rest) for one in addresses], now)
            await self._audit.record(connection, staff, "broadcast.test", subject(ident), messages=number)
        return number
