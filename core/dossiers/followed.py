"""The dossiers a person follows ("Hồ sơ của tôi"), each with consent and, if they like, a label.

Entries are kept by address. Addresses that a person linked see one list; when they part, each keeps its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from core.db import upsert
from core.db.tables import ConsentRow, FollowedRow
from core.messages import Address
from core.people.same import same_person

WORDING = "2026-11-reminders"  # which text of the consent was shown; a new text gets a new name
LIMIT = 20  # dossiers one person may follow
LABEL = 40  # letters


@dataclass(frozen=True, slots=True)
class Followed:
    """One entry of the list."""

    code: str
    label: str


class Follows(Protocol):
    """Whoever acts when somebody begins or ceases to follow a dossier, in the same transaction."""

    async def began(self, connection: AsyncConnection, address: Address, code: str, now: dt.datetime) -> None:
        """A dossier was put into a list."""
        ...

    async def ended(
        self, connection: AsyncConnection, addresses: Sequence[Address], code: str, now: dt.datetime
    ) -> None:
        """A dossier was taken out of the lists of these addresses."""
        ...


class List:
    """Reads and writes the list by address.

    Args:
        follows: is told of every change.
    """

    def __init__(self, engine: AsyncEngine, follows: Follows | None = None) -> None:
        self._engine, self._follows = engine, follows
        inserted = upsert.insert(engine, FollowedRow).on_conflict_do_nothing()
        self._insert = inserted.returning(FollowedRow.code)

    async def of(self, address: Address) -> Sequence[Followed]:
        """What the person follows, oldest first."""
        query = (
            select(FollowedRow)
            .where(same_person(FollowedRow.address, str(address)))
            .order_by(FollowedRow.since, FollowedRow.code)
        )
        async with AsyncSession(self._engine) as session:
            rows = (await session.scalars(query)).all()
        labels = _labels(rows, str(address))
        return [Followed(code, label) for code, label in labels.items()]

    async def add(self, address: Address, code: str, now: dt.datetime) -> bool:
        """Follow, with the consent recorded; False when the list is full."""
        row = {"address": str(address), "code": code, "label": "", "since": now}
        async with AsyncSession(self._engine) as session, session.begin():
            codes = select(FollowedRow.code).where(same_person(FollowedRow.address, str(address)))
            if code in set(await session.scalars(codes)):
                return True
            # Inserting comes before counting: whoever adds at once waits here, and then counts this one too.
            if (await session.execute(self._insert, row)).scalar_one_or_none() is None:
                return True
            if len(set(await session.scalars(codes))) > LIMIT:
                await session.rollback()
                return False
            session.add(
                ConsentRow(address=str(address), purpose=f"follow:{code}", wording=WORDING, given_at=now)
            )
            if self._follows:
                await session.flush()
                await self._follows.began(await session.connection(), address, code, now)
        return True

    async def remove(self, address: Address, code: str, now: dt.datetime) -> None:
        """Stop following, on every address of the person; the consent is marked as withdrawn."""
        own = str(address)
        async with AsyncSession(self._engine) as session, session.begin():
            gone = await session.scalars(
                delete(FollowedRow)
                .where(same_person(FollowedRow.address, own), FollowedRow.code == code)
                .returning(FollowedRow.address)
            )
            left = [Address.parse(one) for one in gone]
            await session.execute(
                update(ConsentRow)
                .where(
                    same_person(ConsentRow.address, own),
                    ConsentRow.purpose == f"follow:{code}",
                    ConsentRow.withdrawn_at.is_(None),
                )
                .values(withdrawn_at=now)
            )
            if left and self._follows:
                await self._follows.ended(await session.connection(), left, code, now)

    async def name(self, address: Address, code: str, label: str) -> None:
        """Give an entry its label; nothing happens when it is not followed."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(FollowedRow)
                .where(same_person(FollowedRow.address, str(address)), FollowedRow.code == code)
                .values(label=_storable(label)[:LABEL])
            )


def _storable(text: str) -> str:
    """The text without what PostgreSQL (NUL) or UTF-8 (halves of letters) cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _labels(rows: Sequence[FollowedRow], own: str) -> dict[str, str]:
    """The label of each code: the one given here, else one given on another address."""
    labels: dict[str, str] = {}
    for row in rows:
        if row.code not in labels or (row.label and (row.address == own or not labels[row.code])):
            labels[row.code] = row.label
    return labels
