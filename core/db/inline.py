"""SQLite without a thread for each connection.

aiosqlite hands every call to a thread and back, a dozen times a message, which costs many times what SQLite itself
needs for a row by its key. Here calls run where they are made. Only waiting for another process's write is long enough
to matter: SQLite is told not to wait, and the waiting is done by the event loop, which serves others meanwhile.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

WAIT = 5.0  # seconds for another process to finish its write
_LONGEST_NAP = 0.05

T = TypeVar("T")


async def _patiently(deed: Callable[[], T]) -> T:
    """Do it, again and again while another connection holds the lock. Raises what SQLite raises after WAIT."""
    deadline, nap = time.monotonic() + WAIT, 0.001
    while True:
        try:
            return deed()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        await asyncio.sleep(nap)
        nap = min(2 * nap, _LONGEST_NAP)


class Cursor:
    """A cursor as SQLAlchemy's adapter for aiosqlite calls it."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def __aenter__(self) -> Cursor:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)  # description, rowcount, lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> Cursor:
        await _patiently(lambda: self._cursor.execute(statement, parameters))
        return self

    async def executemany(self, statement: str, rows: Any) -> Cursor:
        rows = list(rows)
        await _patiently(lambda: self._cursor.executemany(statement, rows))
        return self

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class Connection:
    """A connection as SQLAlchemy's adapter for aiosqlite calls it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection  # None once closed, as the adapter expects

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("connection closed")
        return self._connection

    @property
    def isolation_level(self) -> str | None:
        return self._open.isolation_level

    def cursor(self) -> Cursor:
        return Cursor(self._open.cursor())

    async def create_function(self, *args: Any, **kwargs: Any) -> None:
        self._open.create_function(*args, **kwargs)

    async def commit(self) -> None:
        await _patiently(self._open.commit)

    async def rollback(self) -> None:
        self._open.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        """Close at once; closing again does nothing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


async def connect(database: str, **settings: Any) -> Connection:
    """Open a database; ``settings`` are those of ``sqlite3.connect``."""
    settings = {**settings, "timeout": 0, "check_same_thread": False}
    return Connection(sqlite3.connect(database, **settings))
