"""Sessions and tokens of portals: one sign-in serves everybody, in every process."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db import upsert
from core.db.engine import AWAY
from core.db.tables import PortalSessionRow
from core.errors import PortalRefused
from core.secret import Secret

log = structlog.get_logger()
REST = dt.timedelta(seconds=60)  # after refused credentials: trying on would lock the account


@dataclass(frozen=True, slots=True)
class Session:
    """What a sign-in gave, and how long it can be used."""

    value: str = field(repr=False)
    lasts: dt.timedelta


SignIn = Callable[[], Awaitable[Session]]


class SessionStore(Protocol):
    """Keeps the session of each portal."""

    async def get(self, portal: str, sign_in: SignIn, refused: str | None = None) -> str:
        """A session that can be used, signing in when there is none.

        However many ask at once, one signs in and the others get what it brought. When the storage is
        down, sessions are kept in this process.

        Args:
            refused: the session the portal has just turned down; anything but this one is given.

        Raises:
            PortalRefused: the credentials are not accepted, now or within the last minute.
            PortalError: what else ``sign_in`` raised.
        """
        ...


class MemorySessions:
    """Sessions of one process, for tools and tests."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[str, dt.datetime]] = {}
        self._shut: dict[str, dt.datetime] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, portal: str, sign_in: SignIn, refused: str | None = None) -> str:
        """As :meth:`SessionStore.get`."""
        known = await self._usable(portal)
        if known is not None and known != refused:
            return known
        async with self._locks[portal]:
            known = await self._usable(portal)  # another task or process may have signed in meanwhile
            if known is not None and known != refused:
                return known
            return await self._renewed(portal, sign_in)

    async def _renewed(self, portal: str, sign_in: SignIn) -> str:
        now = self._clock()
        if now < self._shut.get(portal, now):
            raise PortalRefused(f"portal {portal}: credentials were refused a moment ago")
        try:
            session = await sign_in()
        except PortalRefused:
            self._shut[portal] = now + REST
            log.error("portal_refused_sign_in", portal=portal)
            raise
        await self._put(portal, session.value, self._clock() + session.lasts)
        log.info("portal_signed_in", portal=portal)
        return session.value

    async def _usable(self, portal: str) -> str | None:
        value, until = await self._read(portal) or (None, None)
        return value if until and self._clock() < until else None

    async def _read(self, portal: str) -> tuple[str, dt.datetime] | None:
        return self._kept.get(portal)

    async def _put(self, portal: str, value: str, until: dt.datetime) -> None:
        self._kept[portal] = (value, until)


class SharedSessions(MemorySessions):
    """Sessions in the database, encrypted, for every process that shares it."""

    def __init__(self, engine: AsyncEngine, secret: Secret, clock: Callable[[], dt.datetime]) -> None:
        super().__init__(clock)
        self._engine, self._secret = engine, secret

    async def _read(self, portal: str) -> tuple[str, dt.datetime] | None:
        try:
            async with AsyncSession(self._engine) as session:
                row = await session.get(PortalSessionRow, portal)
        except AWAY as error:
            log.warning("portal_session_unread", portal=portal, error=type(error).__name__)
            return self._kept.get(portal)
        value = self._secret.decrypt(row.secret) if row else None
        return (value, row.expires_at) if row and value is not None else None

    async def _put(self, portal: str, value: str, until: dt.datetime) -> None:
        self._kept[portal] = (value, until)
        row = {"portal": portal, "secret": self._secret.encrypt(value), "expires_at": until}
        try:
            async with self._engine.begin() as connection:
                await connection.execute(upsert.replace(self._engine, PortalSessionRow), row)
        except AWAY as error:
            log.warning("portal_session_unwritten", portal=portal, error=type(error).__name__)
