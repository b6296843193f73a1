"""How followed dossiers stand, and how people found the handling of theirs."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.reminder_tables import RatingRow, WatchRow
from core.dossiers.model import Status
from core.figures.model import ALL_CHANNELS, Row, Window, identifier_of
from core.figures.names import RATING, STANDING
from core.messages import Address
from core.reminders.standing import past

PAGE = 1_000  # dossiers read at once
_PAGE = (
    select(WatchRow.code, WatchRow.status, WatchRow.due_at)
    .where(WatchRow.code > bindparam("after"))
    .order_by(WatchRow.code)
    .limit(PAGE)
)


class Standing:
    """The followed dossiers of each agency by state, and whether they are late. Nobody knows of any others."""

    names = (STANDING,)
    back = 0
    stock = True

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone

    async def of(self, connection: AsyncConnection, window: Window) -> Iterable[Row]:
        """How they stand now, read a thousand at a time."""
        counts: Counter[tuple[str, str]] = Counter()
        after = ""
        while True:
            found = (await connection.execute(_PAGE, {"after": after})).all()
            for code, status, due_at in found:
                counts[identifier_of(code), self._key(status, due_at, window.now)] += 1
            if len(found) < PAGE:
                break
            after = found[-1].code
            await asyncio.sleep(0)  # SQLite answers without leaving the event loop
        return [Row(STANDING, ALL_CHANNELS, key, n, 0.0, code) for (code, key), n in counts.items()]

    def _key(self, status: int | None, due_at: dt.datetime | None, now: dt.datetime) -> str:
        if status is None:
            return "0.open"
        known = Status(status)
        late = due_at is not None and known.clock_runs and now >= past(due_at, self._zone)
        return f"{status}.{'late' if late else 'ended' if known.ended else 'open'}"


class Rated:
    """Ratings by their score, 1 to 5, on the day they were first given."""

    names = (RATING,)
    back = 1  # a rating may be changed for a day
    stock = False

    async def of(self, connection: AsyncConnection, window: Window) -> Iterable[Row]:
        """The rows of a day."""
        query = select(RatingRow.address, RatingRow.code, RatingRow.score).where(
            RatingRow.at >= window.begins, RatingRow.at < window.ends
        )
        return [
            Row(RATING, Address.parse(address).channel, str(score), 1, float(score), code)
            for address, code, score in await connection.execute(query)
        ]
