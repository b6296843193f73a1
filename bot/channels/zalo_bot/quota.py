"""How many messages of the month's plan are used, counted by ourselves: the platform has no method that tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from core.db.engine import AWAY
from core.limits import LASTING, Counters

log = structlog.get_logger()
PLAN = 3_000  # messages a month, Basic (bot.zapps.me, 26-09-2026)
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_WINDOW = dt.timedelta(days=32)  # the key names the month; the window only has to be longer
_ALL = 0.98  # our count misses what was sent while the database was away
_TOLD = (0.8, 0.9, 1.0)  # shares of the plan at which the log says so


class Monthly:
    """Counts what every process sent this month. Never raises: a count must not cost a message."""

    def __init__(self, counters: Counters, clock: Callable[[], dt.datetime], plan: int = PLAN) -> None:
        self._counters, self._clock, self._plan = counters, clock, plan

    async def spend(self) -> None:
        """One more message was sent."""
        try:
            used = await self._counters.hit(self._key(), _WINDOW, self._clock())
        except AWAY as error:
            log.warning("zalo_bot_message_not_counted", error=type(error).__name__)
            return
        if used in {int(self._plan * share) for share in _TOLD}:
            log.warning("zalo_bot_quota", used=used, of=self._plan)

    async def told(self) -> dict[str, Any]:
        """How many are used, None when the database does not say; of how many."""
        try:
            used = await self._counters.count(self._key(), _WINDOW, self._clock())
        except AWAY:
            return {"used": None, "of": self._plan}
        return {"used": used, "of": self._plan}

    async def next_month(self) -> dt.datetime | None:
        """When messages may go again, when this month's are used up by our count; else None."""
        used = (await self.told())["used"]
        if used is None or used < _ALL * self._plan:
            return None
        first = self._clock().astimezone(_ZONE).replace(day=1, hour=0, minute=5, second=0, microsecond=0)
        return (first + dt.timedelta(days=32)).replace(day=1)

    def _key(self) -> str:
        return f"{LASTING}zalobot:{self._clock().astimezone(_ZONE):%Y-%m}"
