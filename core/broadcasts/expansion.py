"""What the clock does for notices: begins them at their hour, fixes recipients, ends them.

Any number of processes may tick, and staff may pause or call off at any moment from another one: every step is a
transaction that first takes the notice's row and looks at its state. Errors of the database are raised as they are.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts import recipients, rows, rules
from core.broadcasts.audiences import Audiences
from core.broadcasts.model import Broadcast, State, ident_of, subject
from core.broadcasts.rules import Sending
from core.broadcasts.scope import Scope
from core.db.broadcast_tables import BroadcastRow
from core.db.reminder_tables import OutboxHoldRow
from core.errors import StaffError
from core.reminders import holding
from core.staff.audit import Audit

BUDGET = 5.0  # seconds a tick goes on fixing recipients
BREATH = 0.005  # seconds between two steps: on SQLite a step holds up everything else of its process
SWEEP = 1000  # messages ended in one transaction, for the same reason
EXPIRED = "too_old"
_LOOKED_AT = (State.APPROVED, State.SENDING, State.PAUSED)


class Expansion:
    """Moves notices on.

    Args:
        budget: seconds for one tick.
        chunk: addresses a step.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        sending: Sending,
        audiences: Audiences,
        audit: Audit,
        clock: Callable[[], dt.datetime],
        budget: float = BUDGET,
        chunk: int = recipients.CHUNK,
    ) -> None:
        self._engine, self._sending, self._audiences = engine, sending, audiences
        self._audit, self._clock, self._budget, self._chunk = audit, clock, budget, chunk
        self._stopping = False

    def stop(self) -> None:
        """Begin no further step."""
        self._stopping = True

    async def tick(self) -> dict[str, int]:
        """Do what is due; says what was done: ``begun``, ``added`` (messages), ``done``, ``expired``, ``swept``."""
        counts: Counter[str] = Counter()
        deadline = asyncio.get_running_loop().time() + self._budget
        await self._sweep(counts)
        for broadcast in await self._open():
            if self._over(broadcast):
                await self._expire(broadcast, counts)
            elif broadcast.state is State.APPROVED:
                await self._begin(broadcast, counts)
        for broadcast in await self._open():
            if broadcast.state is State.SENDING and not broadcast.expanded:
                await self._expand(broadcast, deadline, counts)
        for broadcast in await self._open():
            if broadcast.state is State.SENDING and broadcast.expanded:
                await self._finish(broadcast, counts)
        return dict(counts)

    async def _open(self) -> list[Broadcast]:
        states = [state.value for state in _LOOKED_AT]
        query = select(*BroadcastRow.__table__.c).where(BroadcastRow.state.in_(states))
        async with self._engine.connect() as connection:
            found = await connection.execute(query.order_by(BroadcastRow.emergency.desc(), BroadcastRow.id))
            return [rows.read(row) for row in found]

    def _over(self, broadcast: Broadcast) -> bool:
        expires = broadcast.content.expires_at
        return expires is not None and expires <= self._clock()

    async def _begin(self, broadcast: Broadcast, counts: Counter[str]) -> None:
        """Its hour has come: from now on its recipients are fixed.

        One that nobody else looked at and that would reach more people than it may by now waits for a second
        person after all.
        """
        now, content = self._clock(), broadcast.content
        if content.send_at is not None and content.send_at > now:
            return
        count = await self._audiences.count(content, broadcast.id)
        told = rows.count_dict(count)
        values = {
            "state": State.SENDING.value,
            "began_at": now,
            "expires_at": self._sending.expiry(content, now),
            "left_out": told["left_out"],
        }
        what = "begin"
        if broadcast.approver is None and rules.needs_approval(content, count.recipients, self._sending):
            values, what = {"state": State.WAITING.value, "approved_at": None, "counted": told}, "outgrown"
        if await self._moved(broadcast, what, values, recipients=count.recipients):
            counts["begun" if what == "begin" else what] += 1

    async def _expand(self, broadcast: Broadcast, deadline: float, counts: Counter[str]) -> None:
        loop, content = asyncio.get_running_loop(), broadcast.content
        scope = await self._audiences.scope(content.audience, broadcast.id, broadcast.began_at)
        while not self._stopping and loop.time() < deadline:
            async with self._engine.begin() as connection:
                added = await self._step(connection, broadcast, scope)
            if added is None:
                return
            counts["added"] += added
            await asyncio.sleep(BREATH)

    async def _step(self, connection: AsyncConnection, broadcast: Broadcast, scope: Scope) -> int | None:
        now = self._clock()
        if broadcast.attempt == 1:
            return await recipients.fix(connection, self._audiences, broadcast, scope, now, self._chunk)
        at = self._audiences.first(broadcast.content) or now
        return await recipients.again(connection, broadcast, at, now, self._chunk)

    async def _finish(self, broadcast: Broadcast, counts: Counter[str]) -> None:
        """All of it has come to an end."""
        async with self._engine.connect() as connection:
            if await holding.waits(connection, subject(broadcast.id)):
                return
        values = {"state": State.DONE.value, "ended_at": self._clock()}
        counts["done"] += await self._moved(broadcast, "done", values)

    async def _expire(self, broadcast: Broadcast, counts: Counter[str]) -> None:
        """What waits is ended by the next sweeps; nothing of it is begun any more."""
        values = {"state": State.EXPIRED.value, "ended_at": self._clock()}
        if await self._moved(broadcast, "expire", values, stop=broadcast.began_at is not None):
            counts["expired"] += 1
            await self._sweep(counts)

    async def _moved(
        self,
        broadcast: Broadcast,
        what: str,
        values: dict[str, object],
        *,
        stop: bool = False,
        **detail: object,
    ) -> bool:
        """Change its state, audited; False when staff changed it a moment ago."""
        now = self._clock()
        try:
            async with self._engine.begin() as connection:
                await rows.move(connection, broadcast, _LOOKED_AT, **values, updated_at=now)
                if stop:
                    await holding.stop(connection, subject(broadcast.id), now)
                await self._audit.record(
                    connection, None, f"broadcast.{what}", subject(broadcast.id), **detail
                )
        except StaffError:
            return False
        return True

    async def _sweep(self, counts: Counter[str]) -> None:
        """End or hold what still waits of notices that were stopped: what was being sent then and came back."""
        async with self._engine.connect() as connection:
            stopped = (await connection.scalars(select(OutboxHoldRow.subject))).all()
        for named in stopped:
            ident = ident_of(named)
            if ident is not None:
                await self._sweep_one(ident, named, counts)

    async def _sweep_one(self, ident: int, named: str, counts: Counter[str]) -> None:
        while not self._stopping:
            async with self._engine.begin() as connection:
                broadcast, now = await rows.load(connection, ident), self._clock()
                if broadcast is not None and broadcast.state is State.PAUSED:
                    touched = await holding.hold(connection, named, now, SWEEP)
                elif broadcast is not None and not broadcast.state.ended:
                    return  # resumed a moment ago
                else:
                    expired = broadcast is not None and broadcast.state is State.EXPIRED
                    ending = ("expired", EXPIRED) if expired else ("dropped", "cancelled")
                    touched = await holding.end(connection, named, *ending, now, SWEEP)
                    if not touched and not await holding.waits(connection, named):
                        await holding.forget(connection, named)
            counts["swept"] += touched
            if touched < SWEEP:
                return
            await asyncio.sleep(BREATH)
