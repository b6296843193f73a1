"""The schema from nothing, step by step over data, and by many processes at once; on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt
import pathlib
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

import core.db.broadcast_tables
import core.db.reminder_tables
import core.db.staff_tables  # noqa: F401  compared too
from core.conversations.state import State, States
from core.db import engine as engines
from core.db.migrate import upgrade
from core.db.tables import Base
from core.messages import Address
from tests.conftest import NOW, rows

pytestmark = pytest.mark.both_databases
CONFIG = Config()
CONFIG.set_main_option("script_location", "core.db:migrations")
REVISIONS = [r.revision for r in reversed(list(ScriptDirectory.from_config(CONFIG).walk_revisions()))]
OLD = """INSERT INTO conversation VALUES ('web:a', 'dang-ky-khai-sinh', '[["Một", "x"]]', '2026-11-23 08:00:00{zone}')"""
SEEN = "INSERT INTO received VALUES ('zalo', '1', '2026-11-23 08:00:00{zone}')"


@pytest.fixture
async def empty_url(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path, database_kind: str
) -> AsyncIterator[str]:
    """A database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    databases = request.getfixturevalue("postgres")
    url = await databases.make("template0")
    yield url
    await databases.drop(url)


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[AsyncEngine]:
    made = engines.create(empty_url)
    yield made
    await made.dispose()


async def _differences(engine: AsyncEngine) -> list[object]:
    """What the migrations made otherwise than the code describes."""

    def compare(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)


async def test_from_nothing_to_what_the_code_describes(empty: AsyncEngine) -> None:
    await upgrade(empty)
    assert await _differences(empty) == []
    await upgrade(empty)
    assert await rows(empty, "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]


async def test_step_by_step_over_data(empty: AsyncEngine) -> None:
    """A conversation of the first version is still in hand after the last migration."""
    zone = "" if empty.dialect.name == "sqlite" else "+00"  # SQLite knows none
    data = {"0001": OLD.format(zone=zone), "0002": SEEN.format(zone=zone)}
    for revision in REVISIONS:
        await upgrade(empty, revision)
        assert await rows(empty, "SELECT version_num FROM alembic_version") == [(revision,)]
        async with empty.begin() as connection:
            await connection.exec_driver_sql(data.get(revision, "SELECT 1"))
    state = await States(empty).get(Address("web", "a"), NOW + dt.timedelta(hours=1))
    assert state == State("dang-ky-khai-sinh", (("Một", "x"),))
    assert await _differences(empty) == []


async def test_which_procedure_a_followed_dossier_is_of(empty: AsyncEngine) -> None:
    """From what was last seen of it; empty where nothing was, or it named none."""
    zone = "" if empty.dialect.name == "sqlite" else "+00"
    await upgrade(empty, "0010")
    views = {"A": '{"procedure_code": "1.001193.000.00.00.H15"}', "B": "{}", "C": None}
    seen = "INSERT INTO dossier_snapshot (code, view, proofs, fetched_at) VALUES ('{}', {}, '[]', '{}')"
    watch = "INSERT INTO watch (code, root, next_at, since, failures) VALUES ('{0}', 'H15', '{1}', '{1}', 0)"
    moment = f"2026-11-23 08:00:00{zone}"
    async with empty.begin() as connection:
        for code, view in views.items():
            said = f"'{view}'" if view else "NULL"
            await connection.exec_driver_sql(seen.format(code, said, moment))
            await connection.exec_driver_sql(watch.format(code, moment))
        await connection.exec_driver_sql(watch.format("D", moment))
    await upgrade(empty)
    found = await rows(empty, "SELECT code, procedure FROM watch ORDER BY code")
    assert found == [("A", "1.001193"), ("B", ""), ("C", ""), ("D", "")]


async def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    made = [engines.create(empty_url) for _ in range(4)]
    await asyncio.gather(*(upgrade(engine) for engine in made))
    assert await rows(made[0], "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]
    for engine in made:
        await engine.dispose()


async def test_a_migration_that_fails_leaves_nothing_behind(
    empty: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upgrade(empty, REVISIONS[0])
    before = await _differences(empty)
    async with empty.begin() as connection:  # in the way of the last table of the fourth migration
        await connection.execute(text("CREATE TABLE search_choice (id INTEGER)"))
    with pytest.raises(engines.AWAY):
        await upgrade(empty)
    async with empty.begin() as connection:
        await connection.execute(text("DROP TABLE search_choice"))
    assert len(await _differences(empty)) == len(before)
    await upgrade(empty)
    assert await _differences(empty) == []
