"""How somebody found the handling of their dossier: once for each person and dossier, changeable for a day."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db.reminder_tables import RatingRow
from core.messages import Address
from core.people.same import same_person

CHANGEABLE = dt.timedelta(days=1)


class Ratings:
    """Writes ratings. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rate(
        self, address: Address, code: str, score: int, now: dt.datetime, office: int | None = None
    ) -> Literal["new", "changed", "kept"]:
        """Store 1 to 5 and whose work it was; ``kept`` when the one given earlier can no longer be changed.

        Raises ValueError for another score.
        """
        if not 1 <= score <= 5:
            raise ValueError(f"not a rating: {score}")
        query = select(RatingRow).where(same_person(RatingRow.address, str(address)), RatingRow.code == code)
        async with AsyncSession(self._engine) as session, session.begin():
            row = (await session.scalars(query.order_by(RatingRow.at).limit(1))).first()
            if row is None:
                await session.merge(
                    RatingRow(address=str(address), code=code, score=score, office=office, at=now)
                )
                return "new"
            if now - row.at > CHANGEABLE:
                return "kept"
            row.score = score  # the day counts from the first time
            return "changed"
