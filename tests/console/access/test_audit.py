"""The audit log: changed by nobody, broken visibly when somebody gets round that."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from core.staff.audit import Audit
from core.staff.rights import Role, Staff

pytestmark = pytest.mark.both_databases
NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
LAN = Staff(1, "lan", "Lan", frozenset({Role.ADMIN}))


async def write(audit: Audit, engine: AsyncEngine, number: int) -> None:
    async with engine.begin() as connection:
        await audit.record(connection, LAN, "office.put", f"office:{number}", identifiers=["H15.50"])


async def test_rows_are_chained_also_when_many_write_at_once(engine: AsyncEngine) -> None:
    audit = Audit(engine, lambda: NOW)
    await asyncio.gather(*(write(audit, engine, n) for n in range(20)))
    assert await audit.broken() is None
    rows = await audit.page(limit=50)
    assert [row.id for row in rows] == list(range(20, 0, -1))
    assert [row.subject for row in await audit.page(before=3)] == [rows[-2].subject, rows[-1].subject]
    assert await audit.page(subject="office:4", who="lan", what="office") != []
    assert await audit.page(what="broadcast") == []


@pytest.mark.parametrize("deed", ["UPDATE audit SET who = 'x'", "DELETE FROM audit WHERE id = 1"])
async def test_the_database_refuses_changes(engine: AsyncEngine, deed: str) -> None:
    await write(Audit(engine, lambda: NOW), engine, 1)
    with pytest.raises(SQLAlchemyError, match="never changed"):
        async with engine.begin() as connection:
            await connection.execute(text(deed))


async def test_what_is_changed_behind_the_databases_back_is_noticed(engine: AsyncEngine) -> None:
    audit = Audit(engine, lambda: NOW)
    for number in range(3):
        await write(audit, engine, number)
    if engine.dialect.name == "postgresql":
        drop, put = (
            "ALTER TABLE audit DISABLE TRIGGER audit_stays",
            "ALTER TABLE audit ENABLE TRIGGER audit_stays",
        )
    else:
        drop, put = "DROP TRIGGER audit_stays_update", "SELECT 1"
    async with engine.begin() as connection:
        await connection.execute(text(drop))
        await connection.execute(text("UPDATE audit SET subject = 'office:99' WHERE id = 2"))
        await connection.execute(text(put))
    assert await audit.broken() == 2
