"""Signing in and out, and who a request comes from.

After five wrong tries an account is locked for a quarter of an hour, and one network address may fail thirty times
an hour; both are told in the same words as a wrong password, but for the wait. Errors of the database are raised
as they are.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.staff_tables import AccountRow, SessionRow
from core.limits import HOUR, Counters
from core.staff import passwords
from core.staff.accounts import staff_of
from core.staff.audit import Audit
from core.staff.rights import Staff
from core.staff.sealing import Sealed

TRIES, LOCKED = 5, dt.timedelta(minutes=15)
PER_ORIGIN = 30  # failures an hour
IDLE, LONGEST = dt.timedelta(hours=2), dt.timedelta(hours=12)
_SEEN_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: ``cookie`` is known to the browser alone."""

    cookie: str = field(repr=False)
    staff: Staff


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in.

    Args:
        why: ``wrong``; ``locked`` until ``until``; ``code`` when the authenticator's code is asked for, with
            ``halfway`` to be sent back.
    """

    why: Literal["wrong", "locked", "code"]
    until: dt.datetime | None = None
    halfway: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Who a request comes from. ``token`` names the session in the database; ``csrf`` goes with every form."""

    staff: Staff
    token: str = field(repr=False)
    csrf: str = field(repr=False)
    must_change: bool = False


class Sessions:
    """The sessions of all processes."""

    def __init__(
        self, engine: AsyncEngine, audit: Audit, sealed: Sealed, clock: Callable[[], dt.datetime]
    ) -> None:
        self._engine, self._audit, self._sealed, self._clock = engine, audit, sealed, clock
        self._counters = Counters(engine)

    async def sign_in(self, name: str, password: str, origin: str | None) -> SignedIn | Refused:
        """Try a password. With an authenticator its code is asked for next."""
        now, key = self._clock(), f"staff:{origin}"
        if origin and await self._counters.count(key, HOUR, now) >= PER_ORIGIN:
            return Refused("locked", now + HOUR)
        row = await self._row(AccountRow.name == name.strip().lower())
        if row is not None and row.locked_until and row.locked_until > now:
            return Refused("locked", row.locked_until)
        usable = row if row is not None and row.disabled_at is None else None
        fits = await passwords.fits(usable.password if usable else None, password)
        if usable is None or not fits:
            return await self._failed(row, name, key if origin else None, now)
        if usable.totp:
            return Refused("code", halfway=self._sealed.halfway(usable.id, now))
        if passwords.outdated(usable.password):
            await self._renew(usable.id, password)
        return await self._begin(usable, now)

    async def second_step(self, halfway: str, code: str, origin: str | None) -> SignedIn | Refused:
        """Try the authenticator's code after the password."""
        now, ident = self._clock(), self._sealed.of_halfway(halfway, self._clock())
        row = await self._row(AccountRow.id == ident) if ident else None
        if row is None or row.disabled_at or not row.totp:
            return Refused("wrong")
        if row.locked_until and row.locked_until > now:
            return Refused("locked", row.locked_until)
        secret = self._sealed.totp(row.id, row.totp)
        step = passwords.totp_step(secret, code, now, row.totp_step) if secret else None
        if step is None:
            refused = await self._failed(row, row.name, f"staff:{origin}" if origin else None, now)
            return refused if refused.why == "locked" else Refused("code", halfway=halfway)
        newer = AccountRow.totp_step.is_(None) | (AccountRow.totp_step < step)  # two at once: one gets in
        async with self._engine.begin() as connection:
            used = update(AccountRow).where(AccountRow.id == row.id, newer).values(totp_step=step)
            if not (await connection.execute(used)).rowcount:
                return Refused("code", halfway=halfway)
        return await self._begin(row, now)

    async def of(self, cookie: str, *, used: bool = True) -> Session | None:
        """Whose session a cookie is; None when it is over or nobody's.

        Args:
            used: whether somebody did something: a page that looks for news by itself keeps no session open.
        """
        token, now = self._sealed.token(cookie), self._clock()
        query = select(
            SessionRow.csrf, SessionRow.seen_at, SessionRow.expires_at, *AccountRow.__table__.c
        ).join(AccountRow, AccountRow.id == SessionRow.account)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query.where(SessionRow.token == token))).first()
        if row is None or row.disabled_at or row.expires_at <= now or row.seen_at <= now - IDLE:
            return None
        if used and row.seen_at <= now - _SEEN_EVERY:
            async with self._engine.begin() as connection:
                await connection.execute(
                    update(SessionRow).where(SessionRow.token == token).values(seen_at=now)
                )
        return Session(staff_of(row), token, row.csrf, row.must_change)

    async def sign_out(self, session: Session) -> None:
        """End a session."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(SessionRow).where(SessionRow.token == session.token))
            await self._audit.record(connection, session.staff, "session.end", f"account:{session.staff.id}")

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete sessions that are over."""
        over = (SessionRow.expires_at <= now) | (SessionRow.seen_at <= now - IDLE)
        async with self._engine.begin() as connection:
            await connection.execute(delete(SessionRow).where(over))

    async def _begin(self, row: Any, now: dt.datetime) -> SignedIn:
        cookie, staff = secrets.token_urlsafe(32), staff_of(row)
        session = {
            "token": self._sealed.token(cookie),
            "account": row.id,
            "csrf": secrets.token_urlsafe(32),
            "created_at": now,
            "seen_at": now,
            "expires_at": now + LONGEST,
        }
        async with self._engine.begin() as connection:
            free = {"failures": 0, "locked_until": None}
            await connection.execute(update(AccountRow).where(AccountRow.id == row.id).values(**free))
            await connection.execute(insert(SessionRow).values(session))
            await self._audit.record(connection, staff, "session.begin", f"account:{row.id}")
        return SignedIn(cookie, staff)

    async def _failed(self, row: Any | None, name: str, key: str | None, now: dt.datetime) -> Refused:
        if key:
            await self._counters.hit(key, HOUR, now)
        if row is None:  # locked like anybody's, so that it does not show that there is no such account
            nobody = f"staff-nobody:{self._sealed.token(name)}"
            tried = await self._counters.hit(nobody, LOCKED, now)
            return Refused("wrong") if tried < TRIES else Refused("locked", now + LOCKED)
        counted = update(AccountRow).where(AccountRow.id == row.id).values(failures=AccountRow.failures + 1)
        async with self._engine.begin() as connection:
            failures = (await connection.execute(counted.returning(AccountRow.failures))).scalar_one()
            if failures < TRIES:
                return Refused("wrong")
            until = now + LOCKED
            locked = {"failures": 0, "locked_until": until}
            await connection.execute(update(AccountRow).where(AccountRow.id == row.id).values(**locked))
            await self._audit.record(connection, None, "account.locked", f"account:{row.id}")
        return Refused("locked", until)

    async def _renew(self, ident: int, password: str) -> None:
        made = await passwords.hashed(password)
        async with self._engine.begin() as connection:
            await connection.execute(update(AccountRow).where(AccountRow.id == ident).values(password=made))

    async def _row(self, which: Any) -> Any | None:
        async with self._engine.connect() as connection:
            return (await connection.execute(select(*AccountRow.__table__.c).where(which))).first()
