"""Complaints and proposals as their writers deal with them: drafted, confirmed, looked at again.

A draft is kept for a day. A petition is found by its number by its own person alone, on any of their addresses.
Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.feedback_tables import PetitionNumberRow, PetitionRow, PetitionStepRow
from core.feedback.petition_model import Aim, Petition
from core.messages import Address
from core.people.same import same_person
from core.privacy import mask_numbers
from core.profile import Profile

DRAFTS = dt.timedelta(days=1)
_DAY = dt.timedelta(days=1)
_MOST = 10  # listed
_COLUMNS = tuple(PetitionRow.__table__.c)


class Petitions:
    """Reads and writes them."""

    def __init__(self, engine: AsyncEngine, profile: Profile) -> None:
        self._engine, self._rules, self._calendar = engine, profile.petitions, profile.calendar()

    async def draft(
        self, address: Address, text: str, aim: Aim, dossier: str | None, now: dt.datetime
    ) -> Petition:
        """Keep what somebody wrote, with numbers of people masked, in place of what they drafted before."""
        row = {
            "address": str(address),
            "state": "draft",
            "text": mask_numbers(text),
            "office": aim.office,
            "unit": aim.unit,
            "dossier": dossier,
            "at": now,
        }
        async with self._engine.begin() as connection:
            await self._drop(connection, address)
            made = insert(PetitionRow).values(row).returning(*_COLUMNS)
            return read((await connection.execute(made)).one())

    async def drafted(self, address: Address, now: dt.datetime) -> Petition | None:
        """The draft of this address; None when there is none, or it is too old."""
        query = select(*_COLUMNS).where(*_draft(address), PetitionRow.at > now - DRAFTS)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query.order_by(PetitionRow.id.desc()).limit(1))).first()
        return read(row) if row else None

    async def change(self, draft: Petition, **values: Any) -> None:
        """Change a draft's aim (``office``, ``unit``) or ``dossier``."""
        mine = (PetitionRow.id == draft.id, PetitionRow.state == "draft")
        async with self._engine.begin() as connection:
            await connection.execute(update(PetitionRow).where(*mine).values(**values))

    async def drop(self, address: Address) -> None:
        """Forget the draft."""
        async with self._engine.begin() as connection:
            await self._drop(connection, address)

    async def send(self, draft: Petition, now: dt.datetime) -> Petition | None:
        """Give a draft its number; None when it was sent or dropped meanwhile."""
        day = now.astimezone(self._calendar.zone)
        mine = (PetitionRow.id == draft.id, PetitionRow.state == "draft")
        async with self._engine.begin() as connection:
            values = {"state": "received", "at": now, "due_at": self._due(now)}
            taken = update(PetitionRow).where(*mine).values(values).returning(PetitionRow.id)
            if (await connection.execute(taken)).first() is None:
                return None
            number = f"PA-{day:%y%m}-{await _next(connection, f'{day:%y%m}'):04d}"
            named = update(PetitionRow).where(PetitionRow.id == draft.id).values(number=number)
            return read((await connection.execute(named.returning(*_COLUMNS))).one())

    async def too_many(self, address: Address, now: dt.datetime) -> bool:
        """Whether the person has sent as many as one may in a day."""
        row = PetitionRow
        query = (
            select(func.count())
            .select_from(row)
            .where(same_person(row.address, str(address)), row.state != "draft", row.at > now - _DAY)
        )
        async with self._engine.connect() as connection:
            return (await connection.scalar(query) or 0) >= self._rules.per_day

    async def mine(self, address: Address) -> list[Petition]:
        """The person's newest ones, the newest first."""
        return await self._find(address, PetitionRow.state != "draft")

    async def one(self, address: Address, ident: int) -> Petition | None:
        """One of the person's by id."""
        found = await self._find(address, PetitionRow.id == ident, PetitionRow.state != "draft")
        return found[0] if found else None

    async def numbered(self, address: Address, number: str) -> Petition | None:
        """One of the person's by number; None for anybody else's too."""
        found = await self._find(address, PetitionRow.number == number)
        return found[0] if found else None

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete drafts nobody sent, and what was closed longer than the profile's ``keep_days`` ago."""
        row, keep = PetitionRow, dt.timedelta(self._rules.keep_days)
        old = ((row.state == "draft") & (row.at < now - DRAFTS)) | (row.closed_at < now - keep)
        async with self._engine.begin() as connection:
            gone = select(row.id).where(row.closed_at < now - keep)
            await connection.execute(delete(PetitionStepRow).where(PetitionStepRow.petition.in_(gone)))
            await connection.execute(delete(row).where(old))

    def _due(self, now: dt.datetime) -> dt.datetime:
        """The end of the last working day on which it should be answered."""
        today = now.astimezone(self._calendar.zone).date()
        last = self._calendar.add_days(today, self._rules.answer_days)
        closes = self._calendar.hours[-1][1] if self._calendar.hours else dt.time(17)
        return dt.datetime.combine(last, closes, self._calendar.zone)

    async def _drop(self, connection: AsyncConnection, address: Address) -> None:
        await connection.execute(delete(PetitionRow).where(*_draft(address)))

    async def _find(self, address: Address, *which: ColumnElement[bool]) -> list[Petition]:
        row = PetitionRow
        query = select(*_COLUMNS).where(same_person(row.address, str(address)), *which)
        query = query.order_by(row.at.desc(), row.id.desc()).limit(_MOST)
        async with self._engine.connect() as connection:
            return [read(one) for one in (await connection.execute(query)).all()]


def _draft(address: Address) -> Sequence[ColumnElement[bool]]:
    return (PetitionRow.address == str(address), PetitionRow.state == "draft")


async def _next(connection: AsyncConnection, month: str) -> int:
    """The next number of a month, one at a time."""
    row = PetitionNumberRow
    added = upsert.insert(connection, row).values(month=month, last=1)
    taken = added.on_conflict_do_update(index_elements=[row.month], set_={"last": row.last + 1})
    return int((await connection.execute(taken.returning(row.last))).scalar_one())


def read(row: Any) -> Petition:
    """A petition from its row."""
    return Petition(
        row.id,
        row.number or "",
        row.state,
        row.text,
        row.office,
        row.unit,
        row.dossier,
        row.at,
        row.due_at,
        row.answer,
        row.answered_at,
        row.told_at,
        row.closed_at,
    )
