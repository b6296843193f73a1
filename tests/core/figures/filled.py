"""A database in which something happened, counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import OutboxRow, RatingRow, WatchRow
from core.db.turn_tables import MoveRow, TurnRow
from core.figures.fill import Filler
from core.staff.offices import Office, Offices

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)  # three in the afternoon there
TODAY = dt.date(2026, 11, 24)


@dataclass
class Year:
    """What happened, and when it is."""

    engine: AsyncEngine
    now: dt.datetime = NOW
    offices: dict[str, int] = field(default_factory=dict)
    _number: int = 0
    _filler: Filler | None = None

    async def office(self, name: str, *identifiers: str) -> int:
        """An office that takes dossiers with these identifiers."""
        async with self.engine.begin() as connection:
            self.offices[name] = await Offices(self.engine).put(
                connection, Office(0, name, f"{len(self.offices)}", identifiers)
            )
        return self.offices[name]

    async def turn(
        self, who: str, outcome: str = "answered", days: int = 0, at: dt.datetime | None = None, **more: Any
    ) -> None:
        """Somebody wrote, so many days ago."""
        moment = at or self.now - dt.timedelta(days=days)
        row: dict[str, Any] = {
            "at": moment,
            "day": moment.astimezone(ZONE).date(),
            "who": who,
            "channel": "zalo",
            "kind": "text",
            "outcome": outcome,
            "ms": 30,
            "identifier": "",
            "text": None,
            "phrase": None,
            "intent": None,
            "procedure": None,
        }
        await self._insert(TurnRow, row | more)

    async def sent(
        self, kind: str, code: str, days: int = 0, state: str = "sent", channel: str = "zalo"
    ) -> None:
        """A message of ours was finished."""
        at, number = self.now - dt.timedelta(days=days), self._next()
        await self._insert(
            OutboxRow,
            {
                "address": f"{channel}:{number}", "channel": channel, "subject": code, "kind": kind,
                "occasion": str(number), "lane": 1, "check": "AAAA", "state": state, "due_at": at, "expires_at": at,
                "tries": 1, "unknowns": 0, "created_at": at, "finished_at": at,
            },
        )  # fmt: skip

    async def moved(
        self, kind: str, code: str, hours: int | None = None, on_time: bool | None = None, days: int = 0
    ) -> None:
        """A dossier moved on."""
        at = self.now - dt.timedelta(days=days)
        row = {"at": at, "code": code, "kind": kind, "since": at - dt.timedelta(seconds=self._next())}
        await self._insert(MoveRow, row | {"channel": "zalo", "hours": hours, "on_time": on_time})

    async def followed(self, code: str, status: int, due_in: int | None = None) -> None:
        """A dossier is followed and due in so many days."""
        due = self.now + dt.timedelta(days=due_in) if due_in is not None else None
        row = {"code": code, "root": "H15", "next_at": self.now, "status": status, "since": self.now}
        await self._insert(WatchRow, row | {"due_at": due, "failures": 0})

    async def rated(self, code: str, score: int, days: int = 0) -> None:
        """Somebody rated the handling of a dossier."""
        at = self.now - dt.timedelta(days=days)
        row = {"address": f"zalo:{self._next()}", "code": code, "score": score, "at": at}
        await self._insert(RatingRow, row)

    async def tick(self) -> int:
        """Count what is due."""
        self._filler = self._filler or Filler(self.engine, ZONE, lambda: self.now)
        return (await self._filler.tick())["days"]

    async def _insert(self, table: Any, row: dict[str, Any]) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(insert(table), row)

    def _next(self) -> int:
        self._number += 1
        return self._number
