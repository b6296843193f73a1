"""The audit log of links: who tried, who linked with whom, who parted. Fingerprints only."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.tables import PersonEventRow
from core.messages import Address
from core.secret import Secret

Event = Literal["offered", "claimed", "wrong", "locked", "refused", "linked", "parted"]
KEEP = dt.timedelta(days=730)  # as long as look-ups, beside which it is read


class Events:
    """Writes the log. ``who`` is the same fingerprint as in the log of look-ups."""

    def __init__(self, engine: AsyncEngine, secret: Secret) -> None:
        self._engine, self._secret = engine, secret

    async def record(
        self, address: Address, event: Event, now: dt.datetime, other: Address | None = None
    ) -> None:
        """Add one line.

        Args:
            other: the address at the other end, where there is one.
        """
        row = {
            "at": now,
            "who": self.who(address),
            "channel": address.channel,
            "other": self.who(other) if other else None,
            "other_channel": other.channel if other else None,
            "event": event,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(PersonEventRow), row)

    def who(self, address: Address) -> str:
        """The fingerprint an address has in the log."""
        return self._secret.fingerprint("who", str(address))

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete lines older than KEEP."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(PersonEventRow).where(PersonEventRow.at < now - KEEP))
