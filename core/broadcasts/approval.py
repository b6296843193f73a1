"""Four eyes: submitting, approving, sending back, taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts import rows, rules
from core.broadcasts.audiences import Audiences
from core.broadcasts.model import MAX_WHY, Broadcast, State, subject
from core.broadcasts.rules import Sending
from core.errors import StaffError
from core.staff.audit import Audit
from core.staff.rights import Right, Staff


class Approval:
    """Moves a notice from draft to approved. Raises StaffError as :class:`core.broadcasts.drafts.Drafts` does."""

    def __init__(
        self,
        engine: AsyncEngine,
        sending: Sending,
        audiences: Audiences,
        audit: Audit,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine, self._sending, self._audiences = engine, sending, audiences
        self._audit, self._clock = audit, clock

    async def submit(self, staff: Staff, ident: int, version: int) -> Broadcast:
        """The draft is ready: WAITING for a second person, or APPROVED at once when it is small enough
        (``broadcasts.approve_above`` of the profile) and no emergency."""
        async with self._engine.connect() as connection:
            draft = _same(await rows.must(connection, ident, staff), version)
        now = self._clock()
        rules.check(draft.content, self._sending, now)
        count = await self._audiences.count(draft.content, ident)
        if not count.recipients:
            raise StaffError("Không có ai nhận được thông báo này; xem lý do ở phần đếm.", "audience")
        if count.first_at is None:
            raise StaffError("Tỉnh đang tắt loại tin “Thông báo chung” trong cấu hình nhắc.")
        waits = rules.needs_approval(draft.content, count.recipients, self._sending)
        values = {
            "state": (State.WAITING if waits else State.APPROVED).value,
            "submitted_at": now,
            "approved_at": None if waits else now,
            "counted": rows.count_dict(count),
            "refused": None,
        }
        async with self._engine.begin() as connection:
            return await self._move(
                connection, staff, draft, (State.DRAFT,), "submit", values, recipients=count.recipients
            )

    async def approve(self, staff: Staff, ident: int, version: int) -> Broadcast:
        """Let a waiting notice go. Needs the right APPROVE_BROADCAST and somebody else than the author and the
        last editor, and the version they saw."""
        async with self._engine.begin() as connection:
            before = _same(await rows.must(connection, ident, staff), version)
            self._may_judge(staff, before)
            rules.check(before.content, self._sending, self._clock())
            values = {
                "state": State.APPROVED.value,
                "approver": staff.id,
                "approver_name": staff.full_name,
                "approved_at": self._clock(),
            }
            return await self._move(connection, staff, before, (State.WAITING,), "approve", values)

    async def refuse(self, staff: Staff, ident: int, version: int, why: str) -> Broadcast:
        """Send a waiting notice back to its author, who sees ``why``."""
        if not why.strip() or len(why) > MAX_WHY:
            raise StaffError(f"Ghi lý do trả lại, nhiều nhất {MAX_WHY} ký tự.", "why")
        async with self._engine.begin() as connection:
            before = _same(await rows.must(connection, ident, staff), version)
            self._may_judge(staff, before)
            values = {"state": State.DRAFT.value, "refused": why.strip(), "submitted_at": None}
            return await self._move(connection, staff, before, (State.WAITING,), "refuse", values)

    async def withdraw(self, staff: Staff, ident: int) -> Broadcast:
        """Make a draft again of what waits or is approved and has not begun."""
        async with self._engine.begin() as connection:
            before = await rows.must(connection, ident, staff)
            values = {
                "state": State.DRAFT.value,
                "approver": None,
                "approver_name": None,
                "approved_at": None,
                "submitted_at": None,
            }
            states = (State.WAITING, State.APPROVED)
            return await self._move(connection, staff, before, states, "withdraw", values)

    def _may_judge(self, staff: Staff, broadcast: Broadcast) -> None:
        if not staff.may(Right.APPROVE_BROADCAST):
            raise StaffError("Tài khoản này không được duyệt thông báo.")
        if staff.id in (broadcast.author, broadcast.editor):
            raise StaffError("Người soạn hoặc sửa thông báo không tự duyệt; cần người thứ hai.")

    async def _move(
        self,
        connection: AsyncConnection,
        staff: Staff,
        before: Broadcast,
        states: tuple[State, ...],
        what: str,
        values: dict[str, Any],
        **detail: Any,
    ) -> Broadcast:
        await rows.move(connection, before, states, **values, updated_at=self._clock())
        detail |= {"version": before.version, "state": values["state"]}
        await self._audit.record(connection, staff, f"broadcast.{what}", subject(before.id), **detail)
        found = await rows.load(connection, before.id)
        assert found is not None
        return found


def _same(broadcast: Broadcast, version: int) -> Broadcast:
    if broadcast.version != version:
        raise StaffError(rows.CHANGED)
    return broadcast
