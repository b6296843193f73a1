"""Bring the database to the newest schema: ``python -m core.db.migrate``."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from core import settings
from core.db import engine as engines


async def upgrade(engine: AsyncEngine) -> None:
    """Run every migration that has not run yet; safe to repeat."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "core.db:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _main() -> None:
    engine = engines.create(settings.load().database_url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_main())
