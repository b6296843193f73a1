"""What Zalo says with every message about the ones that are left, kept in view.

``data.quota`` of a consultation message: ``{"quota_type": "reply", "remain": "7"}``, or empty.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog

from bot.channels.zalo_oa.failures import ZONE
from core.dossiers.portals.reading import part

log = structlog.get_logger()
LOW = 1  # free messages left to one person


class Quota:
    """What this process was told today (in Vietnam)."""

    def __init__(self) -> None:
        self._day: dt.date | None = None
        self._sent = self._low = 0
        self._lowest: int | None = None

    def note(self, quota: Any, now: dt.datetime) -> None:
        """A call succeeded; ``quota`` as Zalo told it, in any shape."""
        today = now.astimezone(ZONE).date()
        if today != self._day:
            self._day, self._sent, self._low, self._lowest = today, 0, 0, None
        self._sent += 1
        left = count(part(quota, "remain"))
        if left is None:
            return
        self._lowest = left if self._lowest is None else min(self._lowest, left)
        if left <= LOW:
            self._low += 1
            log.warning("zalo_quota_low", remaining=left, kind=str(part(quota, "quota_type"))[:20])

    def told(self) -> dict[str, Any]:
        """Calls that succeeded today, the fewest free messages that were left to anybody, how often too few."""
        return {"calls_today": self._sent, "fewest_left": self._lowest, "times_low": self._low}


def count(value: Any) -> int | None:
    """A number of messages; None for "unlimited", a negative number, or nothing."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
