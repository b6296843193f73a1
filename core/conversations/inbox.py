"""Messages that arrived, kept before the platform is told so, and answered in order.

A process that is killed leaves nothing behind but leases that run out: another takes its messages up. A
message whose reply was stored is not answered again; only what was not sent yet is sent. What was being
sent when the process ended may be sent twice, and is counted (``Counts.maybe_twice``).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, ScalarSelect, Update, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import aliased

from core.conversations.arriving import Arrival as Arrival
from core.conversations.arriving import Claimed as Claimed
from core.conversations.arriving import from_json, place, to_json
from core.conversations.arriving import now_utc as now_utc
from core.conversations.talks.model import Failure
from core.conversations.talks.settle import Settling
from core.db.tables import InboundRow
from core.messages import Address, Aside, Message

LEASE = dt.timedelta(seconds=60)
KEEP = dt.timedelta(days=3)  # a platform repeats for about a day; nothing older is worth an answer
MAX_TRIES = 3
MAX_DEATHS = 8  # more than tries: the process may end because of another message, or by accident
BACKOFF = dt.timedelta(seconds=2)  # doubled with every try
MAX_BACKOFF = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counts:
    """How the inbox stands: unfinished (of which ``working`` have a lease), parked, sent twice perhaps."""

    waiting: int
    working: int
    parked: int
    maybe_twice: int
    oldest: dt.datetime | None


class Inbox:
    """The table of arrivals. Errors of the database are raised as they are.

    Args:
        arrived: set when something was put in by this process.
        settling: says what of an answer is said while staff have the conversation.
    """

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], dt.datetime], settling: Settling | None = None
    ) -> None:
        self._engine, self._clock, self._settling = engine, clock, settling
        self.arrived = asyncio.Event()

    async def put(self, arrival: Arrival, reply: Sequence[Message] = ()) -> bool:
        """Keep an arrival for good; False when the same one was kept before. With ``reply`` it is answered."""
        async with self._engine.begin() as connection:
            new = await place(connection, arrival, reply, self._clock())
        if new:
            self.arrived.set()
        return new

    async def edit(self, first: str, edited: Arrival) -> bool:
        """Take an edited message in, while the first wording (its ``update``) is not answered.

        It takes the place of the first when nobody works on that; otherwise it is a message of its own.
        False, and nothing happens, when the first was answered or is not known.
        """
        address, now = edited.incoming.address, self._clock()
        unanswered = (
            InboundRow.channel == address.channel,
            InboundRow.update == first,
            InboundRow.finished_at.is_(None),
            InboundRow.reply.is_(None),
        )
        idle = InboundRow.lease_until.is_(None) | (InboundRow.lease_until <= now)
        replaced = update(InboundRow).where(*unanswered, idle).values(body=to_json(edited.incoming))
        if await self._run(replaced):
            return True
        async with AsyncSession(self._engine) as session:
            working = await session.scalar(select(InboundRow.id).where(*unanswered))
        return working is not None and (await self.put(edited) or True)

    async def claim(self, worker: str, now: dt.datetime, channels: Sequence[str] = ()) -> Claimed | None:
        """Take the oldest message whose conversation has none before it; None when there is nothing to do.

        One statement on both databases, so that of many workers each gets a message of its own.

        Args:
            channels: take only messages of these; all when empty.
        """
        died = InboundRow.worker.is_not(None)  # whoever ends a claim takes its name away
        token = f"{worker}/{secrets.token_hex(4)}"
        statement = (
            update(InboundRow)
            .where(InboundRow.id == _next(now, channels))
            .values(
                worker=token,
                lease_until=now + LEASE,
                deaths=InboundRow.deaths + case((died & InboundRow.reply.is_(None), 1), else_=0),
                twice=InboundRow.twice + case((died & _SENDING, 1), else_=0),
            )
            .returning(InboundRow)
        )
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            row = (await session.execute(statement)).scalar_one_or_none()
        return _claimed(row, token) if row else None

    async def renew(self, claimed: Claimed) -> bool:
        """Go on for another lease. This and the following are False when another took the message over."""
        return await self._change(claimed, lease_until=self._clock() + LEASE)

    async def answered(
        self, claimed: Claimed, messages: Sequence[Message], aside: Aside | None = None
    ) -> tuple[Message, ...] | None:
        """Store the reply, before anything of it is sent; gives what is to be sent.

        None when another took the message over. Where staff have the conversation at this moment it is what
        ``aside`` has for that, mostly nothing; what was written becomes a line for them in the same transaction.
        """
        said = tuple(messages)
        async with AsyncSession(self._engine) as session, session.begin():
            if not await self._store(session, claimed, said):
                return None
            if self._settling and aside:
                connection, ref = await session.connection(), f"in:{claimed.id}"
                address, now = claimed.incoming.address, self._clock()
                said = await self._settling.settle(connection, address, messages, aside, ref, now)
                if said != tuple(messages):
                    await self._store(session, claimed, said)
        return said

    async def sent(self, claimed: Claimed, index: int) -> bool:
        """The reply's message ``index`` (from 0) was sent."""
        return await self._change(claimed, sent=index + 1)

    async def done(self, claimed: Claimed, failure: Failure | None = None) -> bool:
        """Finish: what was written and the reply are erased.

        Args:
            failure: why something of the reply was not sent.
        """
        values = {**_FREE, "finished_at": self._clock(), "body": None, "reply": None}
        async with AsyncSession(self._engine) as session, session.begin():
            if not await _touched(session, _own(claimed).values(values)):
                return False
            if self._settling:
                await self._settling.delivered(await session.connection(), claimed.update, failure)
        return True

    async def failed(self, claimed: Claimed) -> bool:
        """Let it be tried again a little later; False when it was tried often enough (or was taken over)."""
        tries = claimed.tries + 1
        if tries >= MAX_TRIES:
            return False
        due = self._clock() + BACKOFF * 2 ** (tries - 1)
        twice = InboundRow.twice + case((_SENDING, 1), else_=0)  # sent, perhaps, and not recorded
        return await self._change(claimed, **_FREE, tries=tries, due_at=due, twice=twice)

    async def later(self, claimed: Claimed, seconds: float) -> bool:
        """Send the rest in ``seconds`` or more, longer with every time."""
        wait = max(dt.timedelta(seconds=seconds), min(BACKOFF * 2 ** min(claimed.tries, 10), MAX_BACKOFF))
        return await self._change(claimed, **_FREE, tries=claimed.tries + 1, due_at=self._clock() + wait)

    async def park(self, claimed: Claimed, messages: Sequence[Message]) -> bool:
        """Give up answering: ``messages``, which say so, become the reply."""
        return await self._change(claimed, parked=True, reply=[m.as_dict() for m in messages], sent=0)

    async def release(self, claimed: Claimed) -> bool:
        """Let go in the middle, as a killed process does, but without the wait for the lease."""
        return await self._change(claimed, lease_until=self._clock())

    async def release_dead(self, dead: Callable[[str], bool]) -> int:
        """End the leases of workers that are known to have ended; says of how many messages."""
        running = (InboundRow.finished_at.is_(None), InboundRow.lease_until > self._clock())
        async with AsyncSession(self._engine) as session:
            tokens = (await session.scalars(select(InboundRow.worker).where(*running))).all()
        gone = [token for token in tokens if token and dead(token.rpartition("/")[0])]
        statement = update(InboundRow).where(*running, InboundRow.worker.in_(gone))
        return await self._run(statement.values(lease_until=self._clock())) if gone else 0

    async def drop(self, address: Address) -> int:
        """Finish everything of somebody who wants no answer any more; says how many messages."""
        values = {**_FREE, "finished_at": self._clock(), "body": None, "reply": None}
        unfinished = InboundRow.address == str(address), InboundRow.finished_at.is_(None)
        statement = update(InboundRow).where(*unfinished).values(values).returning(InboundRow.update)
        async with AsyncSession(self._engine) as session, session.begin():
            gone = (await session.execute(statement)).scalars().all()
            if self._settling:
                for name in gone:
                    await self._settling.delivered(await session.connection(), name, Failure.GONE)
        return len(gone)

    async def waiting(self) -> Counts:
        """How the inbox stands."""
        unfinished = InboundRow.finished_at.is_(None)
        query = select(
            func.count(case((unfinished, 1))),
            func.count(case((unfinished & (InboundRow.lease_until > self._clock()), 1))),
            func.count(case((InboundRow.parked, 1))),
            func.coalesce(func.sum(InboundRow.twice), 0),
            func.min(case((unfinished, InboundRow.at)), type_=InboundRow.at.type),
        )
        async with AsyncSession(self._engine) as session:
            return Counts(*(await session.execute(query)).one())

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what arrived longer than KEEP ago."""
        await self._run(delete(InboundRow).where(InboundRow.at < now - KEEP))

    async def _store(self, session: AsyncSession, claimed: Claimed, messages: Sequence[Message]) -> bool:
        values = {"reply": [m.as_dict() for m in messages], "sent": 0, "tries": 0}
        return await _touched(session, _own(claimed).values(values)) > 0

    async def _change(self, claimed: Claimed, **values: Any) -> bool:
        return await self._run(_own(claimed).values(**values)) > 0

    async def _run(self, statement: Any) -> int:
        """Run one statement; says how many rows it touched."""
        async with AsyncSession(self._engine) as session, session.begin():
            return await _touched(session, statement)


async def _touched(session: AsyncSession, statement: Any) -> int:
    result: CursorResult[Any] = await session.execute(
        statement, execution_options={"synchronize_session": False}
    )  # type: ignore[assignment]
    return result.rowcount


def _own(claimed: Claimed) -> Update:
    """Changes the message while the claim holds."""
    own = (InboundRow.id == claimed.id, InboundRow.worker == claimed.token, InboundRow.finished_at.is_(None))
    return update(InboundRow).where(*own)


_SENDING = InboundRow.sent < func.json_array_length(InboundRow.reply)  # unknown without a reply
_FREE: dict[str, Any] = {"worker": None, "lease_until": None}


def _next(now: dt.datetime, channels: Sequence[str]) -> ScalarSelect[int]:
    """The id of the oldest message to take up. SQLite has no row locks and leaves FOR UPDATE out."""
    head, earlier = aliased(InboundRow), aliased(InboundRow)
    before = (
        select(earlier.id)
        .where(earlier.address == head.address, earlier.finished_at.is_(None), earlier.id < head.id)
        .exists()
    )
    query = select(head.id).where(
        head.finished_at.is_(None),
        head.due_at <= now,
        head.lease_until.is_(None) | (head.lease_until <= now),
        ~before,
    )
    if channels:
        query = query.where(head.channel.in_(channels))
    return query.order_by(head.id).limit(1).with_for_update(skip_locked=True, of=head).scalar_subquery()


def _claimed(row: InboundRow, token: str) -> Claimed:
    reply = None if row.reply is None else tuple(Message.from_dict(m) for m in row.reply)
    incoming = from_json(row.body or {"address": row.address, "text": ""})
    return Claimed(
        row.id, token, incoming, reply, row.sent, row.tries, row.deaths, row.parked, row.at, row.update
    )
