"""Pausing, resuming and calling off a notice that is being sent."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts import rows
from core.broadcasts.model import Broadcast, State, subject
from core.errors import StaffError
from core.reminders import holding
from core.staff.audit import Audit
from core.staff.rights import Right, Staff

CANCELLED = "cancelled"  # why what waited was dropped
_DEADLOCK = "40P01"  # PostgreSQL gave way to a worker that touched the same rows in another order
_TRIES, _REST = 4, 0.2  # seconds between


class Steering:
    """Stops and starts. When a method returns, no worker begins another message of a notice that was stopped;
    those being sent at that moment end and are reported. Raises StaffError as Drafts does."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def pause(self, staff: Staff, ident: int) -> Broadcast:
        """Hold everything that waits; its expiry goes on counting."""

        async def deed(connection: AsyncConnection, before: Broadcast) -> int:
            await rows.move(connection, before, (State.SENDING,), state=State.PAUSED.value)
            return await holding.hold(connection, subject(ident), self._clock())

        return await self._do(staff, ident, "pause", deed)

    async def resume(self, staff: Staff, ident: int) -> Broadcast:
        """Go on where it stopped."""

        async def deed(connection: AsyncConnection, before: Broadcast) -> int:
            expires = before.content.expires_at
            if expires is not None and expires <= self._clock():
                raise StaffError("Thông báo đã hết hạn, không gửi tiếp được.")
            await rows.move(connection, before, (State.PAUSED,), state=State.SENDING.value)
            return await holding.let_go(connection, subject(ident))

        return await self._do(staff, ident, "resume", deed)

    async def cancel(self, staff: Staff, ident: int) -> Broadcast:
        """Call off what has not been sent, for good; before sending began the whole notice."""

        async def deed(connection: AsyncConnection, before: Broadcast) -> int:
            states = (State.WAITING, State.APPROVED, State.SENDING, State.PAUSED)
            ended = {"state": State.CANCELLED.value, "ended_at": self._clock()}
            await rows.move(connection, before, states, **ended)
            if before.began_at is None:
                return 0
            return await holding.end(connection, subject(ident), "dropped", CANCELLED, self._clock())

        return await self._do(staff, ident, "cancel", deed)

    async def _do(
        self,
        staff: Staff,
        ident: int,
        what: str,
        deed: Callable[[AsyncConnection, Broadcast], Awaitable[int]],
    ) -> Broadcast:
        """In one transaction, once more where a worker was in the way."""
        if not staff.may(Right.WRITE_BROADCAST):
            raise StaffError("Tài khoản này không được điều khiển việc gửi thông báo.")
        for left in reversed(range(_TRIES)):
            try:
                return await self._once(staff, ident, what, deed)
            except DBAPIError as error:
                if not left or _state(error) != _DEADLOCK:
                    raise
                await asyncio.sleep(_REST)
        raise AssertionError("unreachable")

    async def _once(
        self,
        staff: Staff,
        ident: int,
        what: str,
        deed: Callable[[AsyncConnection, Broadcast], Awaitable[int]],
    ) -> Broadcast:
        async with self._engine.begin() as connection:
            before = await rows.must(connection, ident, staff)
            touched = await deed(connection, before)
            await self._audit.record(connection, staff, f"broadcast.{what}", subject(ident), messages=touched)
            found = await rows.load(connection, ident)
        assert found is not None
        return found


def _state(error: DBAPIError) -> Any:
    return getattr(error.orig, "sqlstate", None)
