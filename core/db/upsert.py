"""Inserting where a row may be there already, in one statement and alike on both databases.

Looking first and inserting then would fail on PostgreSQL when two do it at once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.tables import Base


def insert(on: AsyncEngine | AsyncConnection, table: type[Base]) -> Any:
    """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return (postgresql.insert if on.dialect.name == "postgresql" else sqlite.insert)(table)


def replace(engine: AsyncEngine, table: type[Base]) -> Any:
    """Insert a row, or put its values over those of the row with the same key."""
    columns = table.__table__
    assert isinstance(columns, Table)
    statement = insert(engine, table)
    others = {c.name: statement.excluded[c.name] for c in columns.c if not c.primary_key}
    return statement.on_conflict_do_update(index_elements=list(columns.primary_key), set_=others)
