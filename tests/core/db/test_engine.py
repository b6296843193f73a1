"""SQLite without threads, and deeds in one transaction."""

from __future__ import annotations

import asyncio
import pathlib
import sqlite3

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import engine as engines
from core.db.engine import transact
from core.db.migrate import upgrade
from core.db.tables import CounterRow
from core.limits import HOUR, Counters
from tests.conftest import NOW


def _count(connection: Connection) -> int:
    if not connection.execute(update(CounterRow).values(count=CounterRow.count + 1)).rowcount:
        connection.execute(CounterRow.__table__.insert(), {"key": "k", "started_at": NOW, "count": 1})
    return connection.execute(select(CounterRow.count)).scalar_one()


@pytest.mark.both_databases
async def test_a_deed_that_returns_is_kept_and_one_that_raises_is_not(engine: AsyncEngine) -> None:
    def fails(connection: Connection) -> None:
        assert _count(connection) == 2
        raise LookupError

    assert await transact(engine, _count) == 1
    with pytest.raises(LookupError):
        await transact(engine, fails)
    assert await Counters(engine).count("k", HOUR, NOW) == 1


async def test_what_was_committed_is_seen_by_another_process(
    engine: AsyncEngine, tmp_path: pathlib.Path
) -> None:
    await transact(engine, _count)
    with sqlite3.connect(tmp_path / "test.db") as other:
        assert other.execute("SELECT count FROM counter WHERE key = 'k'").fetchall() == [(1,)]


async def test_another_processes_write_is_waited_for_while_others_are_served(
    engine: AsyncEngine, tmp_path: pathlib.Path
) -> None:
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(transact(engine, _count))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    assert await Counters(engine).count("k", HOUR, NOW) == 0  # reading goes on
    other.execute("COMMIT")
    assert await waiting == 1
    other.close()


async def test_a_lock_that_is_not_released_is_an_error_in_the_end(
    engine: AsyncEngine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.inline.WAIT", 0.02)
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        await transact(engine, _count)
    other.execute("ROLLBACK")
    assert await transact(engine, _count) == 1
    other.close()


async def test_a_given_up_wait_leaves_nothing_behind(engine: AsyncEngine, tmp_path: pathlib.Path) -> None:
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(transact(engine, _count))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other.execute("COMMIT")
    assert await transact(engine, _count) == 1
    other.close()


@pytest.mark.both_databases
async def test_rows_are_read_when_a_statement_returns(engine: AsyncEngine) -> None:
    """Also by SQLAlchemy's own asynchronous connections, sessions and many rows at once."""
    rows = [{"key": str(n), "started_at": NOW, "count": n} for n in range(5)]
    async with engine.begin() as connection:
        await connection.execute(CounterRow.__table__.insert(), rows)
        result = await connection.execute(select(CounterRow.count).order_by(CounterRow.count))
        await connection.execute(text("DELETE FROM counter"))
        assert result.fetchone() == (0,)
        assert result.fetchmany(2) == [(1,), (2,)]
        assert result.scalars().all() == [3, 4]
        assert result.cursor is None or result.fetchall() == []


@pytest.mark.both_databases
async def test_errors_of_the_database_are_those_of_sqlalchemy(engine: AsyncEngine) -> None:
    def twice(connection: Connection) -> None:
        for _ in range(2):
            connection.execute(CounterRow.__table__.insert(), {"key": "k", "started_at": NOW, "count": 1})

    with pytest.raises(IntegrityError):
        await transact(engine, twice)
    assert await Counters(engine).count("k", HOUR, NOW) == 0


async def test_a_database_in_memory_is_one_for_all(tmp_path: pathlib.Path) -> None:
    made = engines.create("sqlite+aiosqlite:///:memory:")
    await upgrade(made)
    assert sorted(await asyncio.gather(*(transact(made, _count) for _ in range(5)))) == [1, 2, 3, 4, 5]
    await made.dispose()


async def test_the_journal_lets_readers_go_on_and_survives_the_process(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        modes = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 1, 1]
