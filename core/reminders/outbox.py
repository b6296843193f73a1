"""The outbox: what is to be said, who is saying it, what came of it.

A row is claimed, marked as being sent before the platform is called, and settled afterwards. A worker that
ends in the middle leaves claimed rows, which nobody saw and which are taken again, and rows being sent, of
which nobody knows: they are *unknown*. A reminder whose outcome is unknown is tried once more, after
``unknown_wait`` and after its writer was asked again whether it is still true; a notice to many never is.

Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.reminder_tables import OutboxRow
from core.reminders import claims, entries, gone, ledger
from core.reminders.contract import Outcome, Step
from core.reminders.entries import WAITING, Entry
from core.reminders.model import Kind, Outgoing

LEASE = dt.timedelta(seconds=60)
UNKNOWN_WAIT = dt.timedelta(minutes=10)
KEEP = dt.timedelta(days=400)  # "once" holds for so long; no dossier is open longer
_EXPIRE = 500  # rows a transaction


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a row that a worker held."""

    outgoing: Outgoing
    outcome: Outcome


class Outbox:
    """The table of outgoing messages, shared by every process.

    Args:
        unknown_wait: how long a message that may have arrived rests before it is tried once more.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Callable[[], dt.datetime],
        unknown_wait: dt.timedelta = UNKNOWN_WAIT,
    ) -> None:
        self._engine, self._clock, self._unknown_wait = engine, clock, unknown_wait
        self._postgres = engine.dialect.name == "postgresql"

    async def add(self, connection: AsyncConnection, rows: Iterable[Entry]) -> int:
        """Insert what is not there yet, in the caller's transaction; says how many rows were new."""
        return await entries.add(connection, rows, self._clock())

    async def due(self, channels: Collection[str], now: dt.datetime) -> list[str]:
        """Which of the channels have something due: one cheap look that takes no lock."""
        found = []
        async with self._engine.connect() as connection:
            for channel in channels:
                for lane in claims.LANES:
                    if await connection.scalar(_first_due(channel, lane, now)) is not None:
                        found.append(channel)
                        break
        return found

    async def claim(
        self, worker: str, channel: str, limit: int, now: dt.datetime, spacing: dt.timedelta = dt.timedelta()
    ) -> list[Outgoing]:
        """Take up to ``limit`` due rows of a channel, by (lane, due_at, id) and at most one an address.

        Args:
            worker: the process; what it holds is taken from it when it ends or does not renew.
            spacing: time since the last message to the same address.
        """
        rows: list[Row[Any]] = []
        async with self._engine.begin() as connection:
            if self._postgres:  # one claims at a time, so that two never take two rows of one address
                key = func.hashtext(f"outbox:{channel}")
                await connection.execute(select(func.pg_advisory_xact_lock(key)))
            for lane in claims.LANES:
                asked = {"of_channel": channel, "of_lane": lane, "most": limit - len(rows), "by": worker}
                times = {"now": now, "quiet": now - spacing, "until": now + LEASE}
                result = await connection.execute(claims.claim(postgres=self._postgres), {**asked, **times})
                rows += sorted(result.all(), key=lambda r: (r.due_at, r.id))
                if len(rows) >= limit:
                    break
            away = await gone.among(connection, {row.address for row in rows})
        return [_outgoing(row, row.address in away) for row in rows]

    async def begin(self, worker: str, ids: Collection[int]) -> frozenset[int]:
        """Mark rows as being sent, committed when this returns; gives those that are still the worker's."""
        async with self._engine.begin() as connection:
            return frozenset((await connection.execute(claims.begin(ids, worker))).scalars())

    async def settle(self, worker: str, results: Sequence[Settled]) -> None:
        """Store what became of rows, with their steps, in one transaction. Rows taken over stay as they are."""
        now = self._clock()
        rows = [self._row(worker, result, now) for result in results]
        async with self._engine.begin() as connection:
            for statement, final in ((claims.FINISH, True), (claims.AGAIN, False)):
                if some := [row for row in rows if ("at" in row) is final]:
                    await connection.execute(statement, some)
            await ledger.write(connection, [(r.outgoing.id, r.outcome.steps) for r in results], now)
            await self._stop_gone(connection, results, now)

    async def renew(self, worker: str) -> None:
        """The worker is alive: what it holds stays its own for another LEASE."""
        held = (OutboxRow.lease_until.is_not(None), OutboxRow.worker == worker)
        await self._run(update(OutboxRow).where(*held).values(lease_until=self._clock() + LEASE))

    async def release(self, worker: str, channel: str) -> int:
        """Give back what the worker claimed and did not begin."""
        return await self._run(claims.let_go((OutboxRow.worker == worker) & (OutboxRow.channel == channel)))

    async def release_dead(self, dead: Callable[[str], bool], now: dt.datetime) -> int:
        """Take everything from workers that ended, or whose lease is over; says of how many rows.

        Args:
            dead: whether a worker is known to have ended; where that cannot be known, its lease decides.
        """
        held = OutboxRow.lease_until.is_not(None)
        async with self._engine.connect() as connection:
            query = select(OutboxRow.worker, func.min(OutboxRow.lease_until)).where(held)
            found = (await connection.execute(query.group_by(OutboxRow.worker))).all()
        ended = [worker for worker, _ in found if worker and dead(worker)]
        if not ended and all(until is not None and until > now for _, until in found):
            return 0
        whose = OutboxRow.worker.in_(ended) | (OutboxRow.lease_until <= now)
        async with self._engine.begin() as connection:
            released = (await connection.execute(claims.let_go(whose))).rowcount
            for statement in claims.doubted(whose, now, now + self._unknown_wait):
                rows = (await connection.execute(statement)).all()
                steps = [(row.id, (Step("unclear", row.address, "unknown", "worker_ended"),)) for row in rows]
                await ledger.write(connection, steps, now)
                released += len(rows)
        return released

    async def expire(self, now: dt.datetime) -> int:
        """Finish what waits and is too old, a few hundred rows at a time; says how many.

        A worker expires what it claims; this is for channels that nobody serves.
        """
        row, total = OutboxRow, 0
        waiting = (row.finished_at.is_(None), row.state.in_(WAITING), row.expires_at <= now)
        while True:
            async with self._engine.connect() as connection:
                ids = (
                    (await connection.execute(select(row.id).where(*waiting).limit(_EXPIRE))).scalars().all()
                )
            if not ids:
                return total
            values = {"state": "expired", "reason": "too_old", "finished_at": now, "body": None}
            total += await self._run(update(row).where(row.id.in_(ids), *waiting).values(values))

    async def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        query = select(OutboxRow.state, func.count().label("number")).group_by(OutboxRow.state)
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return {row.state: row.number for row in found}

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what was finished longer than KEEP ago."""
        await self._run(delete(OutboxRow).where(OutboxRow.finished_at < now - KEEP))

    def _row(self, worker: str, result: Settled, now: dt.datetime) -> dict[str, Any]:
        """The parameters of FINISH (with ``at``) or AGAIN (with ``due``)."""
        outgoing, outcome = result.outgoing, result.outcome
        row: dict[str, Any] = {
            "of": outgoing.id,
            "mine": worker,
            "to_state": outcome.state,
            "why": outcome.reason[:80] if outcome.reason else None,
            "more": int(outcome.counts),
            "doubt": int(outcome.state == "unknown"),
        }
        if outcome.state == "unknown" and not outgoing.unknowns and outgoing.kind not in claims.NEVER_AGAIN:
            return {**row, "due": now + self._unknown_wait}
        if outcome.state == "pending":
            return {**row, "due": outcome.retry_at or now}
        return {**row, "at": now}

    async def _stop_gone(
        self, connection: AsyncConnection, results: Sequence[Settled], now: dt.datetime
    ) -> None:
        """Mark addresses that turned out to be gone, and stop everything that waits for those without a way."""
        steps = [step for result in results for step in result.outcome.steps if step.outcome == "gone"]
        await gone.mark(connection, {step.address: (step.reason or "gone")[:80] for step in steps}, now)
        lost = {r.outgoing.address for r in results if r.outcome.state == "gone"}
        if lost:
            waiting = (OutboxRow.finished_at.is_(None), OutboxRow.state.in_(WAITING))
            values = {"state": "gone", "reason": "gone_before", "finished_at": now, "body": None}
            await connection.execute(
                update(OutboxRow).where(OutboxRow.address.in_(lost), *waiting).values(values)
            )

    async def _run(self, statement: Any) -> int:
        """Run one statement; says how many rows it touched."""
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _first_due(channel: str, lane: int, now: dt.datetime) -> Any:
    """The first due row of a channel's lane: one step into the index, which the order makes sure is used."""
    row = OutboxRow
    due = (row.finished_at.is_(None), row.channel == channel, row.lane == lane, row.due_at <= now)
    return select(row.id).where(*due).order_by(row.due_at, row.id).limit(1)


def _outgoing(row: Row[Any], away: bool) -> Outgoing:
    return Outgoing(
        row.id,
        row.address,
        row.subject,
        Kind(row.kind),
        row.occasion,
        row.due_at,
        row.expires_at,
        row.check,
        row.tries,
        row.unknowns,
        row.body,
        away,
        row.lane,
    )
