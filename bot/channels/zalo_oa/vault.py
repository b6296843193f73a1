"""Where the pair of tokens is kept: one row, encrypted, changed only by compare-and-swap.

Every change is one UPDATE whose WHERE names the state it expects, so that it works alike on SQLite and on
PostgreSQL, and no lock is held while Zalo is asked.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CursorResult, Update, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.channels.zalo_oa.oauth import Pair
from core.db.tables import ChannelTokenRow as Row
from core.secret import Secret

LEASE = dt.timedelta(seconds=90)  # longer than asking and every try to save together


@dataclass(frozen=True, slots=True)
class Kept:
    """The row as it was read; ``access`` and ``refresh`` are empty when SECRET_KEY is another now."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    version: int
    renewed_at: dt.datetime
    expires_at: dt.datetime
    paused_until: dt.datetime | None
    lost: bool

    def due_at(self) -> dt.datetime:
        """When it is renewed: after four fifths of its life, 20 of 25 hours."""
        return self.renewed_at + (self.expires_at - self.renewed_at) * 0.8


class Vault:
    """The row of one account."""

    def __init__(
        self, engine: AsyncEngine, secret: Secret, name: str, clock: Callable[[], dt.datetime]
    ) -> None:
        self._engine, self._secret, self._name, self._clock = engine, secret, name, clock

    async def read(self) -> Kept | None:
        """The pair as it is now; None when there never was one."""
        async with AsyncSession(self._engine) as session:
            row = await session.scalar(select(Row).where(Row.name == self._name))
        if row is None:
            return None
        access, refresh = self._opened(row.secret)
        return Kept(access, refresh, row.version, row.renewed_at, row.expires_at, row.paused_until, row.lost)

    async def claim(self, owner: str, version: int) -> bool:
        """Take the right to renew this version; False when somebody has it or the version is gone."""
        return await self._changed(self.claiming(owner, version))

    def claiming(self, owner: str, version: int) -> Update:
        """The statement of :meth:`claim`."""
        now = self._clock()
        free = or_(Row.leased_until.is_(None), Row.leased_until <= now)
        return self._row(version).where(free).values(leased_by=owner, leased_until=now + LEASE)

    async def save(self, pair: Pair, version: int, asked_at: dt.datetime) -> bool:
        """Keep the pair that replaces ``version``, whoever holds the lease now; False when it was replaced.

        Not bound to the lease: a process that slept through its own lease still holds the only pair that
        works, as long as nobody has put a newer one there.
        """
        return await self._changed(self._row(version).values(**self._values(pair, version + 1, asked_at)))

    async def give_up(self, owner: str, version: int, rest: dt.timedelta, lost: bool) -> None:
        """Return the lease after a failure; nobody tries again within ``rest``."""
        statement = self._row(version).where(Row.leased_by == owner)
        values = {"leased_by": None, "leased_until": None, "paused_until": self._clock() + rest, "lost": lost}
        await self._changed(statement.values(**values))

    async def put(self, pair: Pair) -> None:
        """Store a pair an operator brought, whatever was there and whoever is renewing it."""
        for _ in range(5):
            kept, now = await self.read(), self._clock()
            if kept is not None:
                if await self.save(pair, kept.version, now):
                    return
                continue
            try:
                async with AsyncSession(self._engine) as session, session.begin():
                    session.add(Row(name=self._name, **self._values(pair, 1, now)))
                return
            except IntegrityError:
                continue  # another process stored one between our look and our insert
        raise RuntimeError("the tokens changed five times while one pair was stored")

    def _values(self, pair: Pair, version: int, asked_at: dt.datetime) -> dict[str, Any]:
        sealed = self._secret.encrypt(json.dumps({"access": pair.access, "refresh": pair.refresh}))
        return {
            "secret": sealed,
            "version": version,
            "renewed_at": asked_at,
            "expires_at": asked_at + pair.lasts,
            "leased_by": None,
            "leased_until": None,
            "paused_until": None,
            "lost": False,
        }

    def _opened(self, sealed: str) -> tuple[str, str]:
        text = self._secret.decrypt(sealed)
        kept = json.loads(text) if text is not None else {}
        return str(kept.get("access") or ""), str(kept.get("refresh") or "")

    def _row(self, version: int) -> Update:
        return update(Row).where(Row.name == self._name, Row.version == version)

    async def _changed(self, statement: Update) -> bool:
        options = {"synchronize_session": False}
        async with AsyncSession(self._engine) as session, session.begin():
            result = await session.execute(statement, execution_options=options)
            assert isinstance(result, CursorResult)
            return result.rowcount == 1
