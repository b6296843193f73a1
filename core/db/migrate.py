"""Bring the database to the newest schema: ``python -m core.db.migrate``."""

from __future__ import annotations

import asyncio
import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from core import settings
from core.db import engine as engines
from core.db import reach
from core.errors import AssistantError

_LOCK = 0x6D6F7463  # any number, the same in every process


async def upgrade(engine: AsyncEngine, to: str = "head") -> None:
    """Run every migration that has not run yet, up to ``to``; safe to repeat, and to run in many processes.

    Raises SettingsError when the database cannot be reached.
    """
    await reach.check(engine)
    postgresql = engine.dialect.name == "postgresql"
    used = engines.patient(engine) if postgresql else engine
    try:
        async with used.begin() as connection:
            # One process migrates and the others wait; SQLite would otherwise commit after each statement.
            lock = f"SELECT pg_advisory_xact_lock({_LOCK})" if postgresql else "BEGIN IMMEDIATE"
            await connection.execute(text(lock))
            await connection.run_sync(_upgrade, to)
    finally:
        if postgresql:
            await used.dispose()


def _upgrade(connection: Connection, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", "core.db:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


async def _main() -> None:
    engine = engines.create(settings.load().database_url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    try:
        asyncio.run(_main())
    except AssistantError as error:
        sys.exit(f"Lỗi: {error}")
