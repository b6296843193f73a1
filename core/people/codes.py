"""One-time codes that carry a person's word from one address to another, and the limits against guessing.

A code is bound to whoever types it first: nobody else can use it after them. Of codes only fingerprints
are kept. Tries are counted before they are checked, so that many at once gain nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db.tables import LinkCodeRow
from core.limits import HOUR, Counters
from core.messages import Address
from core.profile import Linking
from core.secret import Secret

DIGITS = 8  # spoken in two groups of four
_EVERYBODY = "link-wrong:everybody"
_DRAWS = 5  # another code may be the same, about once in a million draws


class Codes:
    """Makes codes and takes them in."""

    def __init__(self, engine: AsyncEngine, secret: Secret, rules: Linking) -> None:
        self._engine, self._secret, self._rules = engine, secret, rules
        self._counters = Counters(engine)

    async def make(self, address: Address, origin: str | None, now: dt.datetime) -> str | None:
        """A code of this address; its earlier ones end. None when it asked for too many.

        Args:
            origin: the network address on the open web, for limits.
        """
        limit = self._rules.codes_per_hour
        for key, times in self._keys("link-codes", address, origin):
            if await self._counters.hit(key, HOUR, now) > limit * times:
                return None
        expires = now + dt.timedelta(minutes=self._rules.code_minutes)
        for _ in range(_DRAWS):
            code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
            try:
                await self._keep(address, self._token(code), expires)
            except IntegrityError:
                continue
            return code
        raise RuntimeError("no free code found")

    async def _keep(self, address: Address, token: str, expires: dt.datetime) -> None:
        unused = delete(LinkCodeRow).where(LinkCodeRow.address == str(address), LinkCodeRow.used_at.is_(None))
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(unused)
            session.add(LinkCodeRow(token=token, address=str(address), expires_at=expires))

    async def claim(
        self, address: Address, origin: str | None, code: str, now: dt.datetime
    ) -> Address | Literal["wrong", "locked", "own"]:
        """Take a typed code for this address; gives whose it is.

        Used, claimed, expired and invented codes are all "wrong". Typing one's own costs nothing.
        """
        keys = self._keys("link-tries", address, origin)
        for key, times in keys:
            if await self._counters.hit(key, HOUR, now) > self._rules.tries_per_hour * times:
                return "locked"  # whoever is locked out does not lock others out
        if await self._counters.hit(_EVERYBODY, HOUR, now) > self._rules.wrong_per_hour:
            return "locked"
        owner = await self._take(address, self._token(code), now)
        if owner is None:
            return "wrong"
        for key in (_EVERYBODY, *(key for key, _ in keys)):
            await self._counters.take_back(key)
        return "own" if owner == address else owner

    async def _take(self, address: Address, token: str, now: dt.datetime) -> Address | None:
        usable = (
            LinkCodeRow.token == token,
            LinkCodeRow.claimant.is_(None),
            LinkCodeRow.expires_at > now,
        )
        until = now + dt.timedelta(minutes=self._rules.confirm_minutes)
        taken = (
            update(LinkCodeRow)
            .where(*usable, LinkCodeRow.address != str(address))
            .values(claimant=str(address), expires_at=until)
            .returning(LinkCodeRow.address)
        )
        async with AsyncSession(self._engine) as session, session.begin():
            found = (await session.execute(taken)).scalar_one_or_none()
            found = found or await session.scalar(select(LinkCodeRow.address).where(*usable))
        return Address.parse(found) if found else None

    async def drop(self, address: Address) -> Address | None:
        """Give up what this address typed; gives whose code it was. It stays unusable for everybody."""
        pending = (LinkCodeRow.claimant == str(address), LinkCodeRow.used_at.is_(None))
        async with AsyncSession(self._engine) as session, session.begin():
            gone = await session.execute(delete(LinkCodeRow).where(*pending).returning(LinkCodeRow.address))
            owner = gone.scalars().first()
        return Address.parse(owner) if owner else None

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what has expired."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(LinkCodeRow).where(LinkCodeRow.expires_at <= now - HOUR))

    def _token(self, code: str) -> str:
        return self._secret.fingerprint("link", code)

    def _keys(self, what: str, address: Address, origin: str | None) -> list[tuple[str, int]]:
        """What to count by, each with how many people it may stand for."""
        keys = [(f"{what}:{self._secret.fingerprint('who', str(address))}", 1)]
        if origin:
            keys.append((f"{what}:{self._secret.fingerprint('origin', origin)}", self._rules.per_origin))
        return keys
