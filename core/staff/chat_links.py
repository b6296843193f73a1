"""Chat addresses of staff: linked by a code that the console shows and the chat takes, parted on either side.

A code opens once, within minutes, and only its fingerprint is kept. Tries are counted before they are checked. A
closed account has no chat from that moment on. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.staff_tables import AccountRow, StaffLinkCodeRow, StaffLinkRow
from core.errors import StaffError
from core.limits import HOUR, Counters
from core.messages import Address
from core.secret import Secret
from core.staff.accounts import staff_of
from core.staff.audit import Audit
from core.staff.rights import Staff

DIGITS = 8  # typed in two groups of four
LASTS = dt.timedelta(minutes=10)
CODES_PER_HOUR = 10  # of one account
TRIES_PER_HOUR = 5  # of one address
PER_ORIGIN = 20  # how many people's tries one network address may make
WRONG_PER_HOUR = 200  # of everybody together; above it nobody links for a while
_EVERYBODY = "staff-link-wrong:everybody"
_DRAWS = 5  # another code may be the same, about once in a million draws


@dataclass(frozen=True, slots=True)
class ChatLink:
    """A chat of an account."""

    address: Address
    since: dt.datetime


class ChatLinks:
    """Reads and writes them; every change is in the audit log."""

    def __init__(
        self, engine: AsyncEngine, audit: Audit, secret: Secret, clock: Callable[[], dt.datetime]
    ) -> None:
        self._engine, self._audit, self._secret, self._clock = engine, audit, secret, clock
        self._counters = Counters(engine)
        self._put = upsert.replace(engine, StaffLinkRow)

    async def code(self, staff: Staff) -> str:
        """A code of this account; its earlier one ends. Raises StaffError when it asked for too many."""
        now = self._clock()
        if await self._counters.hit(f"staff-link-codes:{staff.id}", HOUR, now) > CODES_PER_HOUR:
            raise StaffError("Đã lấy quá nhiều mã trong một giờ. Xin thử lại sau.")
        for _ in range(_DRAWS):
            code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
            row = {"token": self._token(code), "account": staff.id, "expires_at": now + LASTS}
            try:
                async with self._engine.begin() as connection:
                    earlier = delete(StaffLinkCodeRow).where(StaffLinkCodeRow.account == staff.id)
                    await connection.execute(earlier)
                    await connection.execute(upsert.insert(connection, StaffLinkCodeRow).values(row))
            except IntegrityError:
                continue
            return code
        raise RuntimeError("no free code found")

    async def take(
        self, address: Address, origin: str | None, code: str
    ) -> Staff | Literal["wrong", "locked"]:
        """Link the address that typed a code; gives whose it is. Linked elsewhere before, it now is theirs.

        Args:
            origin: the network address on the open web, for limits.
        """
        now, keys = self._clock(), self._keys(address, origin)
        for key, most in keys:
            if await self._counters.hit(key, HOUR, now) > most:
                return "locked"  # whoever is locked out does not lock others out
        if await self._counters.hit(_EVERYBODY, HOUR, now) > WRONG_PER_HOUR:
            return "locked"
        staff = await self._take(address, code, now)
        if staff is None:
            return "wrong"
        for key in (_EVERYBODY, *(key for key, _ in keys)):
            await self._counters.take_back(key)
        return staff

    async def _take(self, address: Address, code: str, now: dt.datetime) -> Staff | None:
        usable = (StaffLinkCodeRow.token == self._token(code), StaffLinkCodeRow.expires_at > now)
        taken = delete(StaffLinkCodeRow).where(*usable).returning(StaffLinkCodeRow.account)
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            account = await connection.scalar(taken)
            staff = await _account(connection, AccountRow.id == account) if account is not None else None
            if staff:
                row = {"address": str(address), "account": staff.id, "since": now}
                await connection.execute(self._put, row)
                await self._record(connection, staff, "chat.link", address)
        return staff

    async def staff(self, address: Address) -> Staff | None:
        """Whose chat this is; None when nobody's or of a closed account."""
        linked = select(StaffLinkRow.account).where(StaffLinkRow.address == str(address))
        async with self._engine.connect() as connection:
            return await _account(connection, AccountRow.id.in_(linked))

    async def of(self, staff: Staff) -> list[ChatLink]:
        """The chats of an account, oldest first."""
        row = StaffLinkRow
        query = select(row.address, row.since).where(row.account == staff.id).order_by(row.since, row.address)
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return [ChatLink(Address.parse(one.address), one.since) for one in found]

    async def part(self, staff: Staff, address: Address) -> bool:
        """Part a chat from its account; False when it was not this account's."""
        row = StaffLinkRow
        gone = delete(row).where(row.address == str(address), row.account == staff.id).returning(row.account)
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            parted = await connection.scalar(gone) is not None
            if parted:
                await self._record(connection, staff, "chat.part", address)
        return parted

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete codes that have expired."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(StaffLinkCodeRow).where(StaffLinkCodeRow.expires_at <= now))

    async def _record(self, connection: AsyncConnection, staff: Staff, what: str, address: Address) -> None:
        subject = f"account:{staff.id}"
        await self._audit.record(connection, staff, what, subject, channel=address.channel)

    def _token(self, code: str) -> str:
        return self._secret.fingerprint("staff-link", code)

    def _keys(self, address: Address, origin: str | None) -> list[tuple[str, int]]:
        """What tries are counted by, each with how many are allowed."""
        keys = [(f"staff-link-tries:{self._secret.fingerprint('who', str(address))}", TRIES_PER_HOUR)]
        if origin:
            key = f"staff-link-tries:{self._secret.fingerprint('origin', origin)}"
            keys.append((key, TRIES_PER_HOUR * PER_ORIGIN))
        return keys


async def _account(connection: AsyncConnection, which: Any) -> Staff | None:
    """An open account."""
    query = select(*AccountRow.__table__.c).where(which, AccountRow.disabled_at.is_(None))
    row = (await connection.execute(query)).first()
    return staff_of(row) if row else None


def spoken(code: str) -> str:
    """``1234 5678``."""
    return f"{code[:4]} {code[4:]}"
