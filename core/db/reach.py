"""Whether the database of DATABASE_URL can be used, and if not, what the administrator has to do.

Nothing that is said holds the password.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import asyncpg
from sqlalchemy import URL, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import engine as engines
from core.errors import SettingsError

# Classes of SQLSTATE that pass by themselves: connection, rollback, resources, lock, operator.
_PASSING = ("08", "40", "53", "55", "57")
_REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError)


async def look(url: str) -> None:
    """As :func:`check`, for an address."""
    engine = engines.create(url)
    try:
        await check(engine)
    finally:
        await engine.dispose()


async def check(engine: AsyncEngine) -> None:
    """Raises SettingsError that names DATABASE_URL, what is wrong with it and the remedy."""
    try:
        async with engine.connect() as connection:
            fault = await _fault(connection)
    except engines.AWAY as error:
        raise SettingsError(f"DATABASE_URL: {_told(engine.url, error)}") from None
    if fault:
        raise SettingsError(f"DATABASE_URL: {fault}")


def away(error: Exception) -> bool:
    """Whether an error of the database says that it is out of reach or too busy, so that trying later helps."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return state[:2] in _PASSING or bool(getattr(error, "connection_invalidated", False))


async def _fault(connection: AsyncConnection) -> str | None:
    """What a database that answers lacks."""
    if connection.dialect.name != "postgresql":
        await connection.execute(text("SELECT name FROM sqlite_master LIMIT 1"))
        return None
    query = (
        "SELECT current_setting('server_encoding') AS encoding, current_user AS me, current_database() AS here,"
        " coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create"
    )
    row = (await connection.execute(text(query))).one()
    if row.encoding != "UTF8":
        return (
            f"cơ sở dữ liệu “{row.here}” dùng bảng mã {row.encoding}; tạo lại bằng UTF8:"
            f" createdb -T template0 -E UTF8 {row.here}"
        )
    if not row.may_create:  # nobody but the owner may, since PostgreSQL 15
        return f"người dùng “{row.me}” không được tạo bảng; chạy: ALTER DATABASE {row.here} OWNER TO {row.me}"
    return None


def _told(url: URL, error: BaseException) -> str:
    """The fault in words, from the chain of errors the drivers raised."""
    if url.get_backend_name() == "sqlite":
        reason = getattr(error, "orig", None) or error
        return f"không mở được tệp {url.database} ({reason}); sửa đường dẫn hoặc quyền đọc, ghi"
    where = f"{url.host or 'máy này'}:{url.port or 5432}"
    for cause in _chain(error):
        if isinstance(cause, _REFUSED):
            return (
                f"PostgreSQL ở {where} không nhận người dùng “{url.username}” hoặc mật khẩu; sửa hai chỗ đó"
            )
        if isinstance(cause, asyncpg.InvalidCatalogNameError):
            return f"không có cơ sở dữ liệu “{url.database}” ở {where}; tạo bằng: createdb {url.database}"
        if isinstance(cause, asyncpg.TooManyConnectionsError):
            return f"PostgreSQL ở {where} hết chỗ kết nối; tăng max_connections hoặc bớt tiến trình"
        if isinstance(cause, socket.gaierror):
            return f"không có máy tên “{url.host}”; sửa tên máy"
        if isinstance(cause, OSError):
            return f"không có PostgreSQL nào trả lời ở {where}; khởi động nó hoặc sửa địa chỉ"
    return f"PostgreSQL ở {where} không dùng được ({type(error).__name__}); xem nhật ký của PostgreSQL"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
