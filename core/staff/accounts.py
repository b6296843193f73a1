"""Accounts of staff: made and changed by administrators, each change in the audit log.

Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.staff_tables import AccountRow, SessionRow, StaffLinkRow
from core.errors import StaffError
from core.staff import passwords
from core.staff.audit import Audit
from core.staff.rights import Role, Staff
from core.staff.sealing import Sealed

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it; nothing secret.

    Args:
        two_steps: whether an authenticator is asked for.
        must_change: whether a new password is asked for at the next sign-in.
    """

    staff: Staff
    two_steps: bool
    must_change: bool
    locked_until: dt.datetime | None
    created_at: dt.datetime
    disabled_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account is to be."""

    full_name: str
    roles: frozenset[Role]
    offices: frozenset[int] = frozenset()
    everywhere: bool = False


class Accounts:
    """The list of accounts."""

    def __init__(
        self, engine: AsyncEngine, audit: Audit, sealed: Sealed, clock: Callable[[], dt.datetime]
    ) -> None:
        self._engine, self._audit, self._sealed, self._clock = engine, audit, sealed, clock

    async def all(self) -> list[Account]:
        """Every account, by name."""
        async with self._engine.connect() as connection:
            query = select(*AccountRow.__table__.c).order_by(AccountRow.name)
            return [account_of(row) for row in (await connection.execute(query)).all()]

    async def get(self, ident: int) -> Account | None:
        """One account."""
        query = select(*AccountRow.__table__.c).where(AccountRow.id == ident)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return account_of(row) if row else None

    async def add(self, by: Staff | None, name: str, wanted: Wanted, password: str = "") -> tuple[int, str]:
        """Make an account; gives its id and the password to begin with.

        Args:
            by: None for the command line.
            password: as chosen; invented, and to be changed at the first sign-in, when empty.

        Raises StaffError when the name is taken or anything is wrong.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise StaffError(
                "Tên đăng nhập gồm 3 đến 60 chữ thường không dấu, số, dấu . _ -, ví dụ: nguyen.an", "name"
            )
        _check(wanted)
        if password:
            passwords.check(password, name)
        given = password or passwords.invented()
        row = {
            "name": name,
            "password": await passwords.hashed(given),
            "must_change": not password,
            "failures": 0,
            "created_at": self._clock(),
            **_row(wanted),
        }
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            if await connection.scalar(select(AccountRow.id).where(AccountRow.name == name)) is not None:
                raise StaffError(f"Tên đăng nhập “{name}” đã có người dùng.", "name")
            added = insert(AccountRow).values(row).returning(AccountRow.id)
            ident = int((await connection.execute(added)).scalar_one())
            await self._audit.record(connection, by, "account.add", f"account:{ident}", **_told(wanted))
        return ident, given

    async def change(self, by: Staff, ident: int, wanted: Wanted) -> None:
        """Change who they are and what they may do; they are signed out, so that it holds at once.

        Raises StaffError, also when nobody would be left who may manage accounts.
        """
        _check(wanted)
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            await connection.execute(update(AccountRow).where(AccountRow.id == ident).values(**_row(wanted)))
            await self._keep_an_administrator(connection)
            if by.id != ident:
                await _sign_out(connection, ident)
            await self._audit.record(connection, by, "account.change", f"account:{ident}", **_told(wanted))

    async def disable(self, by: Staff, ident: int) -> None:
        """Close an account: signed out, unlinked from chats, opened again by :meth:`enable` only."""
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            await self._set(connection, ident, disabled_at=self._clock())
            await self._keep_an_administrator(connection)
            await _sign_out(connection, ident)
            await connection.execute(delete(StaffLinkRow).where(StaffLinkRow.account == ident))
            await self._audit.record(connection, by, "account.disable", f"account:{ident}")

    async def enable(self, by: Staff, ident: int) -> None:
        """Open a closed or locked account again."""
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            await self._set(connection, ident, disabled_at=None, locked_until=None, failures=0)
            await self._audit.record(connection, by, "account.enable", f"account:{ident}")

    async def reset(self, by: Staff | None, ident: int) -> str:
        """A new password to begin with, without the authenticator; gives it. Nobody stays signed in."""
        given = passwords.invented()
        values = {"password": await passwords.hashed(given), "must_change": True, "totp": None}
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            await self._set(connection, ident, **values, locked_until=None, failures=0)
            await _sign_out(connection, ident)
            await self._audit.record(connection, by, "account.reset", f"account:{ident}")
        return given

    async def set_password(self, staff: Staff, old: str, new: str, keep: str) -> None:
        """Change one's own password. Everywhere else (not in the session ``keep``) one is signed out.

        Raises StaffError when the old one is wrong or the new one is not taken.
        """
        query = select(AccountRow.password).where(AccountRow.id == staff.id)
        async with self._engine.connect() as connection:
            kept = await connection.scalar(query)
        if not await passwords.fits(kept, old):
            raise StaffError("Mật khẩu hiện tại chưa đúng.", "old")
        if old == new:
            raise StaffError("Mật khẩu mới phải khác mật khẩu hiện tại.", "password")
        passwords.check(new, staff.name)
        made = await passwords.hashed(new)
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            await self._set(connection, staff.id, password=made, must_change=False)
            await _sign_out(connection, staff.id, keep)
            await self._audit.record(connection, staff, "account.password", f"account:{staff.id}")

    async def set_totp(self, staff: Staff, secret: str, code: str) -> None:
        """Ask for an authenticator from now on. Raises StaffError when it does not show the right code."""
        step = passwords.totp_step(secret, code, self._clock(), None)
        if step is None:
            raise StaffError("Mã chưa đúng. Xem lại giờ của điện thoại, rồi nhập mã mới nhất.", "code")
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            sealed = self._sealed.seal_totp(staff.id, secret)
            await self._set(connection, staff.id, totp=sealed, totp_step=step)
            await self._audit.record(connection, staff, "account.two_steps", f"account:{staff.id}")

    async def drop_totp(self, staff: Staff, password: str) -> None:
        """Ask for no authenticator any more. Raises StaffError when the password is wrong."""
        async with self._engine.connect() as connection:
            kept = await connection.scalar(select(AccountRow.password).where(AccountRow.id == staff.id))
        if not await passwords.fits(kept, password):
            raise StaffError("Mật khẩu chưa đúng.", "password")
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            await self._set(connection, staff.id, totp=None, totp_step=None)
            await self._audit.record(connection, staff, "account.one_step", f"account:{staff.id}")

    async def _set(self, connection: AsyncConnection, ident: int, **values: Any) -> None:
        done = await connection.execute(update(AccountRow).where(AccountRow.id == ident).values(**values))
        if not done.rowcount:
            raise StaffError("Không còn tài khoản này.")

    async def _keep_an_administrator(self, connection: AsyncConnection) -> None:
        rows = await connection.scalars(select(AccountRow.roles).where(AccountRow.disabled_at.is_(None)))
        if not any(Role.ADMIN.value in roles for roles in rows):
            raise StaffError("Phải còn ít nhất một người quản trị đang hoạt động.", "roles")


async def number(engine: AsyncEngine) -> int:
    """How many accounts there are."""
    async with engine.connect() as connection:
        return int(await connection.scalar(select(func.count()).select_from(AccountRow)) or 0)


def staff_of(row: Any) -> Staff:
    """Who an account is; roles of another version are left out."""
    known = set(Role)
    roles = frozenset(Role(name) for name in row.roles if name in known)
    return Staff(row.id, row.name, row.full_name, roles, frozenset(row.offices), row.everywhere)


def account_of(row: Any) -> Account:
    """An account from its row."""
    return Account(
        staff_of(row),
        row.totp is not None,
        row.must_change,
        row.locked_until,
        row.created_at,
        row.disabled_at,
    )


async def _sign_out(connection: AsyncConnection, ident: int, keep: str = "") -> None:
    mine = (SessionRow.account == ident, SessionRow.token != keep)
    await connection.execute(delete(SessionRow).where(*mine))


def _check(wanted: Wanted) -> None:
    if not 2 <= len(wanted.full_name.strip()) <= 120:
        raise StaffError("Xin ghi họ và tên (2 đến 120 ký tự).", "full_name")
    if not wanted.roles:
        raise StaffError("Chọn ít nhất một vai trò.", "roles")
    if not wanted.everywhere and not wanted.offices:
        raise StaffError("Chọn nơi làm việc, hoặc “Toàn tỉnh”.", "offices")


def _row(wanted: Wanted) -> dict[str, Any]:
    return {
        "full_name": wanted.full_name.strip(),
        "roles": _names(wanted.roles),
        "offices": sorted(wanted.offices),
        "everywhere": wanted.everywhere,
    }


def _told(wanted: Wanted) -> dict[str, Any]:
    return {k: v for k, v in _row(wanted).items() if k != "full_name"}


def _names(roles: Collection[Role]) -> list[str]:
    return sorted(role.value for role in roles)
