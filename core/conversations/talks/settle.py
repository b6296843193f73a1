"""What becomes of a message and its answer when staff have the conversation: decided while the answer is stored.

A clerk may take a conversation up while the assistant is still thinking. So whether it may speak is looked at in
the transaction that stores its answer, and what the citizen said becomes a line for staff in the same one: both or
neither, once, wherever the process ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.conversations.talks import lines
from core.conversations.talks.model import OURS, Delivery, Direction, Failure, Stand
from core.db import upsert
from core.db.engine import transact
from core.db.talk_tables import TalkLineRow, TalkPreludeRow, TalkRow
from core.messages import Address, Aside, Message

_MOST_BEFORE = 6  # lines kept of what was not understood


class Settling:
    """Chooses what is said. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def settled(
        self, address: Address, messages: Sequence[Message], aside: Aside, now: dt.datetime
    ) -> tuple[tuple[Message, ...], bool]:
        """As :meth:`settle`, in a transaction of its own: for channels whose answer is stored nowhere.

        Says too whether a conversation with staff is open.
        """
        if await transact(self._engine, lambda c: _nothing_to_do(c, address, aside.understood)):
            return tuple(messages), False
        async with self._engine.begin() as connection:
            said = await self.settle(connection, address, messages, aside, aside.ref, now)
            row = (await connection.execute(_OPEN, {"of": str(address)})).first()
        return said, row is not None

    async def settle(
        self,
        connection: AsyncConnection,
        address: Address,
        messages: Sequence[Message],
        aside: Aside,
        ref: str | None,
        now: dt.datetime,
    ) -> tuple[Message, ...]:
        """What is said: ``messages`` when no conversation with staff is open, else what ``aside`` has for it.

        Args:
            ref: names the message that is answered; the same becomes a line once.
        """
        # Writing first takes the lock on both databases: nobody takes the conversation up before this is stored.
        row = (await connection.execute(_SAID, {"of": str(address), "now": now})).first()
        if row is None:
            await self._understood(connection, address, messages, aside, now)
            return tuple(messages)
        said = aside.waiting if row.state == Stand.WAITING else aside.held
        await self._keep(connection, row.id, said, aside, ref, now)
        return said

    async def _keep(
        self,
        connection: AsyncConnection,
        talk: int,
        said: tuple[Message, ...],
        aside: Aside,
        ref: str | None,
        now: dt.datetime,
    ) -> None:
        if aside.line:
            if await lines.add(connection, talk, Direction.CITIZEN, aside.line, now, ref=ref) is None:
                return  # sent again: it is there
            counted = {"unread": TalkRow.unread + 1, "asked_at": func.coalesce(TalkRow.asked_at, now)}
            await lines.touch(connection, talk, **counted)
        if said:
            await lines.add(connection, talk, Direction.BOT, lines.text_of(said), now)
            await lines.touch(connection, talk, told_at=now)
        if aside.suggested and said != aside.suggested:
            text = "\n\n".join(m.text for m in aside.suggested)
            await lines.add(connection, talk, Direction.SUGGESTION, text, now)

    async def _understood(
        self,
        connection: AsyncConnection,
        address: Address,
        messages: Sequence[Message],
        aside: Aside,
        now: dt.datetime,
    ) -> None:
        """Count what was not understood, and keep it for staff; what was understood ends the counting."""
        if aside.understood is None:
            return
        row = (await connection.execute(_BEFORE, {"of": str(address)})).first()
        if aside.understood:
            if row:
                await connection.execute(delete(TalkPreludeRow).where(TalkPreludeRow.address == str(address)))
            return
        told = [[Direction.CITIZEN, aside.line], [Direction.BOT, messages[0].text if messages else ""]]
        await put_before(connection, address, (row.failures if row else 0) + 1, _told(row, told), now)

    async def delivered(self, connection: AsyncConnection, update_id: str, failure: Failure | None) -> None:
        """A line was sent, or could not be.

        Args:
            update_id: of the arrival that carried it.
        """
        ident = update_id.removeprefix(OURS)
        if update_id == ident or not ident.isdecimal():
            return
        failed = failure not in (None, Failure.UNKNOWN)
        values = {"delivery": Delivery.FAILED if failed else Delivery.SENT, "reason": failure}
        await _marked(connection, TalkLineRow.id == int(ident), values)

    async def taken(self, connection: AsyncConnection, letters: Sequence[int]) -> None:
        """The page of the web has these letters: lines that came with them were sent."""
        await _marked(connection, TalkLineRow.mail.in_(letters), {"delivery": Delivery.SENT})


def _nothing_to_do(connection: Connection, address: Address, understood: bool | None) -> bool:
    """Whether no conversation with staff is open and nothing has to be counted: so it is for most messages."""
    row = connection.execute(_ANYTHING, {"of": str(address)}).one()
    return row.talk is None and (understood is None or (understood and row.before is None))


async def _marked(connection: AsyncConnection, where: Any, values: dict[str, Any]) -> None:
    changed = update(TalkLineRow).where(where).values(values).returning(TalkLineRow.talk)
    talks = set((await connection.execute(changed)).scalars().all())
    if talks:  # also those that are over: the page that shows one looks at its version
        seen = update(TalkRow).where(TalkRow.id.in_(talks)).values(version=TalkRow.version + 1)
        await connection.execute(seen)


async def put_before(
    connection: AsyncConnection,
    address: Address,
    failures: int,
    told: list[Any],
    now: dt.datetime,
) -> None:
    """Keep what was said before a conversation is opened."""
    values = {"failures": failures, "lines": told, "updated_at": now}
    statement = upsert.insert(connection, TalkPreludeRow).values(address=str(address), **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["address"], set_=values))


def _told(row: Any, more: list[Any]) -> list[Any]:
    earlier = list(row.lines) if row else []
    return [*earlier, *([d, lines.storable(t)] for d, t in more if t)][-_MOST_BEFORE:]


_SAID = (
    update(TalkRow)
    .where(TalkRow.address == bindparam("of"), TalkRow.closed_at.is_(None))
    .values(last_said_at=bindparam("now"))
    .returning(TalkRow.id, TalkRow.state)
)
_OPEN = select(TalkRow.id).where(TalkRow.address == bindparam("of"), TalkRow.closed_at.is_(None))
_BEFORE = select(TalkPreludeRow.failures, TalkPreludeRow.lines).where(
    TalkPreludeRow.address == bindparam("of")
)
_ANYTHING = select(
    _OPEN.scalar_subquery().label("talk"),
    select(TalkPreludeRow.failures)
    .where(TalkPreludeRow.address == bindparam("of"))
    .scalar_subquery()
    .label("before"),
)
