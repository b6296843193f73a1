"""The audit log of look-ups: who (as a fingerprint), when, which code, at what level, with what outcome."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import Connection, delete
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db.engine import transact
from core.db.tables import LookupRow
from core.messages import Address
from core.secret import Secret

Outcome = Literal["shown", "nothing", "away", "limited", "proved", "wrong", "locked", "delegated"]
KEEP = dt.timedelta(days=730)
_INSERT = LookupRow.__table__.insert()  # type: ignore[attr-defined]  # declarative tables are typed as FromClause


class Audit:
    """Writes the log. Nothing in it names a person without the installation's secret."""

    def __init__(self, engine: AsyncEngine, secret: Secret) -> None:
        self._engine, self._secret = engine, secret

    async def record(
        self, address: Address, code: str, level: str, outcome: Outcome, now: dt.datetime
    ) -> None:
        """Add one line."""
        await transact(self._engine, lambda c: self.write(c, address, code, level, outcome, now))

    def write(
        self,
        connection: Connection,
        address: Address,
        code: str,
        level: str,
        outcome: Outcome,
        now: dt.datetime,
    ) -> None:
        """Add one line within the transaction of a connection."""
        row = {
            "at": now,
            "who": self.who(address),
            "channel": address.channel,
            "code": code,
            "level": level,
            "outcome": outcome,
        }
        connection.execute(_INSERT, row)

    def who(self, address: Address) -> str:
        """The fingerprint an address has in the log."""
        return self._secret.fingerprint("who", str(address))

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete lines older than KEEP."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(LookupRow).where(LookupRow.at < now - KEEP))
