"""SQLite without a thread for each connection.

aiosqlite hands every call to a thread and back, a dozen times a message, which costs many times what SQLite itself
needs for a row by its key. Here calls run where they are made. Only waiting for another process's write is long enough
to matter: SQLite is told not to wait, and the waiting is done by the event loop, which serves others meanwhile.

SQLAlchemy keeps its dialect for aiosqlite and gets :data:`driver` in place of that package.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy.util import await_only

WAIT = 5.0  # seconds for another process to finish its write
_LONGEST_NAP = 0.05

T = TypeVar("T")


class _Now:
    """Awaited, it is done: SQLAlchemy's async connections refuse a driver that never awaits."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


_NOW = _Now()


def _patiently(deed: Callable[..., T], *arguments: Any) -> T:
    """Do it, again and again while another connection holds the lock. Raises what SQLite raises after WAIT."""
    deadline, nap = 0.0, 0.001
    while True:
        try:
            return deed(*arguments)
        except sqlite3.OperationalError as error:
            deadline = deadline or time.monotonic() + WAIT
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        await_only(asyncio.sleep(nap))
        nap = min(2 * nap, _LONGEST_NAP)


class Cursor(sqlite3.Cursor):
    """A cursor that has read its rows when ``execute`` returns, so that no statement stays open."""

    _rows: deque[Any]

    def execute(self, statement: str, parameters: Any = ()) -> Cursor:
        await_only(_NOW)
        _patiently(super().execute, statement, parameters)
        self._rows = deque(super().fetchall()) if self.description else deque()
        return self

    def executemany(self, statement: str, rows: Any) -> Cursor:
        await_only(_NOW)
        _patiently(super().executemany, statement, list(rows))
        self._rows = deque()
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows, self._rows = list(self._rows), deque()
        return rows

    async def _async_soft_close(self) -> None:
        """Called by SQLAlchemy once a result leaves its greenlet; the rows are here already."""


class Connection(sqlite3.Connection):
    """A connection as SQLAlchemy's dialect for aiosqlite calls it."""

    @property
    def _connection(self) -> Connection:
        return self  # where the dialect looks for the driver's own connection

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        _patiently(super().commit)

    def terminate(self) -> None:
        """Close at once; closing again does nothing."""
        self.close()


class _Driver(ModuleType):
    """The driver module SQLAlchemy is given: the standard library's, with connections of this module."""

    has_stop = True  # connections can be closed without an event loop

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    @staticmethod
    def connect(database: str, **settings: Any) -> sqlite3.Connection:
        """Open a database; ``settings`` are those of ``sqlite3.connect``."""
        settings = {**settings, "timeout": 0, "check_same_thread": False, "factory": Connection}
        connection: sqlite3.Connection = sqlite3.connect(database, **settings)
        return connection


driver = _Driver("core.db.inline.driver")
