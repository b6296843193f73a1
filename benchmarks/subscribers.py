"""People who agreed to notices, by the hundred thousand, and a Telegram where not everything goes well."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.broadcast_tables import NoticeSubscriberRow
from core.db.reminder_tables import GoneRow, WishesRow
from core.db.tables import FollowedRow, LinkRow
from simulators.telegram.state import World

_ROWS = 5000  # a statement
_NO_HOURS = {"from_minute": None, "until_minute": None, "quiet_changes": False, "paused_until": None}


async def settle(engine: AsyncEngine, world: World, size: int, at: dt.datetime) -> None:
    """Fill an empty database: a tenth linked in pairs, a fiftieth each gone, unwilling and blocking us without our
    knowing, half of them followers of a dossier. One in two hundred gets no answer, one in five hundred a 429."""
    tables: dict[Any, Iterator[dict[str, Any]]] = {
        NoticeSubscriberRow: ({"address": _who(n), "unit": None, "since": at} for n in range(1, size + 1)),
        WishesRow: (_wishes(n, at) for n in range(1, size + 1) if n % 5 == 0 or n % 100 == 7),
        LinkRow: (
            {"address": _who(n), "person": f"{n // 20}", "since": at}
            for n in range(1, size + 1)
            if n % 20 in (0, 1)
        ),
        GoneRow: ({"address": _who(n), "at": at, "reason": "blocked"} for n in range(9, size + 1, 50)),
        FollowedRow: (
            {"address": _who(n), "code": f"H15.50.05-261001-{n:06d}", "label": "", "since": at}
            for n in range(1, size + 1, 2)
        ),
    }
    for table, rows in tables.items():
        await _put(engine, table, list(rows))
    world.blocked = set(range(13, size + 1, 50))
    for n in range(1, size + 1):
        if n % 200 == 3:
            world.trouble[n] = deque(["drop" if n % 400 == 3 else "lost"])
        elif n % 500 == 17:
            world.trouble[n] = deque(["429"])


def _who(number: int) -> str:
    return f"telegram:{number}"


def _wishes(number: int, at: dt.datetime) -> dict[str, Any]:
    off = ["notice"] * (number % 50 == 5)
    return {"address": _who(number), "off": off, "stopped": number % 100 == 7, "updated_at": at, **_NO_HOURS}


async def _put(engine: AsyncEngine, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS):
        async with engine.begin() as connection:
            await connection.execute(insert(table.__table__), rows[start : start + _ROWS])
