"""The database engine: SQLite without threads (``inline``), or PostgreSQL over asyncpg.

SQLite runs in WAL mode, so that readers never wait. A statement on PostgreSQL that takes too long is given
up, so that nobody waits behind it for ever; a connection that was lost is noticed before it is used again.
What was written or asked for never stands in an error, which may end in a log.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL, Connection, Engine, NullPool, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from core.db import inline
from core.errors import SettingsError

AWAY: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)  # what a database out of reach raises
CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 20.0  # a citizen has left long before; far more than any statement of ours needs
_LOCK_SECONDS = 10.0
_IDLE_SECONDS = 60.0  # a process that stopped in a transaction must not hold its locks

T = TypeVar("T")


def create(url: str) -> AsyncEngine:
    """An engine for ``url``; the folder of an SQLite file is made. Connects only when used.

    Raises SettingsError when the folder cannot be made.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    limits = {
        "statement_timeout": STATEMENT_SECONDS,
        "lock_timeout": _LOCK_SECONDS,
        "idle_in_transaction_session_timeout": _IDLE_SECONDS,
    }
    settings = {key: f"{seconds * 1000:.0f}" for key, seconds in limits.items()}
    settings["jit"] = "off"  # compiling a statement takes up to a second; none of ours runs for so long
    connecting = {
        "command_timeout": STATEMENT_SECONDS + 5,  # when the network swallows what the server says
        "server_settings": settings,
    }
    return _postgresql(parsed, connecting, pool_pre_ping=True, pool_timeout=CONNECT_SECONDS)


def patient(engine: AsyncEngine) -> AsyncEngine:
    """An engine over the same PostgreSQL whose statements may take as long as they need; for migrations."""
    return _postgresql(engine.url, {}, poolclass=NullPool)


async def transact(engine: AsyncEngine, deed: Callable[[Connection], T]) -> T:
    """Run a deed in one transaction, which is committed when it returns and rolled back when it raises.

    The deed is a plain function over a plain connection, whatever the driver: what every message does is
    entered and left once, not for each of its statements. Raises what the deed and the database raise.
    """
    return await greenlet_spawn(_transacted, engine.sync_engine, deed)


def _transacted(engine: Engine, deed: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return deed(connection)


def _postgresql(url: URL, connecting: dict[str, Any], **pooling: Any) -> AsyncEngine:
    connecting = {"timeout": CONNECT_SECONDS, "async_creator_fn": _connect, **connecting}
    return create_async_engine(url, connect_args=connecting, hide_parameters=True, **pooling)


async def _connect(*arguments: Any, **settings: Any) -> Any:
    """Connect; no answer is an error of the database like any other, and so reaches callers as SQLAlchemy's."""
    try:
        return await asyncpg.connect(*arguments, **settings)
    except OSError as error:
        raise asyncpg.ConnectionFailureError(f"no connection: {type(error).__name__}") from error


def _sqlite(url: URL) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"DATABASE_URL: không tạo được thư mục {folder} ({error.strerror}); sửa quyền hoặc đường dẫn"
            ) from None
    engine = create_async_engine(url, module=inline.driver, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
