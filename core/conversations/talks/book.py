"""The citizen's side: opening a conversation with staff, how it stands, going back, a telephone number.

An address has one open conversation at most; opening again gives the one that is open, so that a message which is
answered twice opens one. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.conversations.talks import lines
from core.conversations.talks.model import Before, Direction, Ended, Stand, Standing, Subject
from core.conversations.talks.settle import put_before
from core.db import upsert
from core.db.engine import transact
from core.db.tables import ConsentRow
from core.db.talk_tables import TalkPreludeRow, TalkRow
from core.messages import Address
from core.secret import Secret

CONSENT = "talk-phone"
CONSENT_WORDING = "2026-11-talk-phone"  # which text was shown; a new text gets a new name
_LEFT = "Người dân thôi gặp cán bộ, hỏi lại trợ lý tự động."


class Book:
    """Opens and reads conversations by address."""

    def __init__(self, engine: AsyncEngine, secret: Secret) -> None:
        self._engine, self._secret = engine, secret

    async def standing(self, address: Address) -> Standing | None:
        """The open conversation of an address: one look by an index, for every message of everybody."""
        row = await transact(self._engine, lambda c: c.execute(_STANDING, {"of": str(address)}).first())
        return Standing(row.id, Stand(row.state), row.office, row.since, row.told_at) if row else None

    async def before(self, address: Address) -> Before:
        """What was said since the assistant last understood somebody."""
        row = await transact(self._engine, lambda c: c.execute(_BEFORE, {"of": str(address)}).first())
        return Before(row.failures, tuple((d, t) for d, t in row.lines)) if row else Before()

    async def asks(self, address: Address, text: str, now: dt.datetime) -> None:
        """Somebody asks for a person and is asked where first: what they wrote goes with the conversation.

        Args:
            text: with numbers masked.
        """
        before = await self.before(address)
        told = [list(line) for line in before.lines]
        line = [Direction.CITIZEN.value, lines.storable(text)]
        if told[-1:] != [line]:
            told.append(line)
        async with self._engine.begin() as connection:
            await put_before(connection, address, before.failures, told, now)

    async def open(self, address: Address, subject: Subject, now: dt.datetime) -> Standing:
        """Open a conversation, with what was said before it; the open one when there is one."""
        async with self._engine.begin() as connection:
            values = {
                "address": str(address),
                "office": subject.office,
                "unit": subject.unit,
                "state": Stand.WAITING,
                "why": subject.why,
                "procedure": subject.procedure,
                "dossier": subject.dossier,
                "opened_at": now,
                "since": now,
                "last_said_at": now,
                "told_at": now,
            }
            statement = upsert.insert(connection, TalkRow).values(values).on_conflict_do_nothing()
            talk = (await connection.execute(statement.returning(TalkRow.id))).scalar_one_or_none()
            if talk is not None:
                await self._begin(connection, address, talk, now)
            row = (await connection.execute(_STANDING, {"of": str(address)})).one()
        return Standing(row.id, Stand(row.state), row.office, row.since, row.told_at)

    async def _begin(
        self, connection: AsyncConnection, address: Address, talk: int, now: dt.datetime
    ) -> None:
        taken = delete(TalkPreludeRow).where(TalkPreludeRow.address == str(address))
        told: list[Any] = (await connection.execute(taken.returning(TalkPreludeRow.lines))).scalar() or []
        await lines.before(connection, talk, told, now)
        asked = sum(direction == Direction.CITIZEN for direction, _ in told)
        if asked:
            await lines.touch(connection, talk, unread=asked, asked_at=now)

    async def ahead(self, standing: Standing) -> int:
        """How many wait for the same office, and came before."""
        same = TalkRow.office.is_(None) if standing.office is None else TalkRow.office == standing.office
        query = (
            select(func.count())
            .select_from(TalkRow)
            .where(TalkRow.closed_at.is_(None), TalkRow.state == Stand.WAITING, same)
            .where(
                (TalkRow.since < standing.since)
                | ((TalkRow.since == standing.since) & (TalkRow.id < standing.id))
            )
        )
        async with self._engine.connect() as connection:
            return int(await connection.scalar(query) or 0)

    async def last_place(self, address: Address) -> tuple[int | None, str | None]:
        """Office and commune of the last conversation that had one of both."""
        query = (
            select(TalkRow.office, TalkRow.unit)
            .where(TalkRow.address == str(address))
            .where(TalkRow.office.is_not(None) | TalkRow.unit.is_not(None))
            .order_by(TalkRow.id.desc())
            .limit(1)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return (row.office, row.unit) if row else (None, None)

    async def leave(self, address: Address, now: dt.datetime) -> bool:
        """The citizen goes back to the assistant; False when nothing was open."""
        values = {
            "state": Stand.CLOSED,
            "closed_at": now,
            "ended": Ended.CITIZEN,
            "asked_at": None,
            "unread": 0,
            "version": TalkRow.version + 1,
        }
        statement = (
            update(TalkRow)
            .where(TalkRow.address == str(address), TalkRow.closed_at.is_(None))
            .values(values)
            .returning(TalkRow.id)
        )
        async with self._engine.begin() as connection:
            talk = (await connection.execute(statement)).scalar_one_or_none()
            if talk is not None:
                await lines.add(connection, talk, Direction.NOTE, _LEFT, now)
        return talk is not None

    async def leave_phone(self, address: Address, phone: str, now: dt.datetime) -> bool:
        """Keep a telephone number with the open conversation, sealed, and the consent to it; False without one."""
        statement = (
            update(TalkRow)
            .where(TalkRow.address == str(address), TalkRow.closed_at.is_(None))
            .values(phone=self._secret.encrypt(phone), version=TalkRow.version + 1)
        )
        async with self._engine.begin() as connection:
            if not (await connection.execute(statement)).rowcount:
                return False
            consent = {
                "address": str(address),
                "purpose": CONSENT,
                "wording": CONSENT_WORDING,
                "given_at": now,
            }
            await connection.execute(insert(ConsentRow).values(consent))
        return True

    async def has_phone(self, address: Address) -> bool:
        """Whether a number was left with the open conversation."""
        query = select(TalkRow.phone).where(TalkRow.address == str(address), TalkRow.closed_at.is_(None))
        async with self._engine.connect() as connection:
            return await connection.scalar(query) is not None


_STANDING = select(TalkRow.id, TalkRow.state, TalkRow.office, TalkRow.since, TalkRow.told_at).where(
    TalkRow.address == bindparam("of"), TalkRow.closed_at.is_(None)
)
_BEFORE = select(TalkPreludeRow.failures, TalkPreludeRow.lines).where(
    TalkPreludeRow.address == bindparam("of")
)
