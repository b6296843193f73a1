"""The dossiers a person follows ("Hồ sơ của tôi"), each with consent and, if they like, a label."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db import upsert
from core.db.tables import ConsentRow, FollowedRow
from core.messages import Address

WORDING = "2026-11"  # which text of the consent was shown; a new text gets a new name
LIMIT = 20  # dossiers one person may follow
LABEL = 40  # letters


@dataclass(frozen=True, slots=True)
class Followed:
    """One entry of the list."""

    code: str
    label: str


class List:
    """Reads and writes the list by address."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        inserted = upsert.insert(engine, FollowedRow).on_conflict_do_nothing()
        self._insert = inserted.returning(FollowedRow.code)

    async def of(self, address: Address) -> Sequence[Followed]:
        """What the person follows, oldest first."""
        query = (
            select(FollowedRow)
            .where(FollowedRow.address == str(address))
            .order_by(FollowedRow.since, FollowedRow.code)
        )
        async with AsyncSession(self._engine) as session:
            return [Followed(r.code, r.label) for r in await session.scalars(query)]

    async def get(self, address: Address, code: str) -> Followed | None:
        """The entry of one dossier."""
        query = select(FollowedRow.code, FollowedRow.label).where(
            FollowedRow.address == str(address), FollowedRow.code == code
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return Followed(row.code, row.label) if row else None

    async def add(self, address: Address, code: str, now: dt.datetime) -> bool:
        """Follow, with the consent recorded; False when the list is full."""
        row = {"address": str(address), "code": code, "label": "", "since": now}
        async with AsyncSession(self._engine) as session, session.begin():
            # The insert comes first: whoever adds the same at once waits here, and then knows that it is there.
            if (await session.execute(self._insert, row)).scalar_one_or_none() is None:
                return True
            count = select(func.count()).where(FollowedRow.address == str(address))
            if (await session.scalar(count) or 0) > LIMIT:
                await session.rollback()
                return False
            session.add(
                ConsentRow(address=str(address), purpose=f"follow:{code}", wording=WORDING, given_at=now)
            )
        return True

    async def remove(self, address: Address, code: str, now: dt.datetime) -> None:
        """Stop following; the consent is marked as withdrawn."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                delete(FollowedRow).where(FollowedRow.address == str(address), FollowedRow.code == code)
            )
            await session.execute(
                update(ConsentRow)
                .where(
                    ConsentRow.address == str(address),
                    ConsentRow.purpose == f"follow:{code}",
                    ConsentRow.withdrawn_at.is_(None),
                )
                .values(withdrawn_at=now)
            )

    async def name(self, address: Address, code: str, label: str) -> None:
        """Give an entry its label; nothing happens when it is not followed."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(FollowedRow)
                .where(FollowedRow.address == str(address), FollowedRow.code == code)
                .values(label=_storable(label)[:LABEL])
            )


def _storable(text: str) -> str:
    """The text without what PostgreSQL (NUL) or UTF-8 (halves of letters) cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
