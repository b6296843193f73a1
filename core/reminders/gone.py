"""Addresses that take no messages: their person blocked the bot or left. Whoever writes again is back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import upsert
from core.db.reminder_tables import GoneRow
from core.db.tables import ConversationRow

_BACK = exists().where(ConversationRow.address == GoneRow.address, ConversationRow.updated_at > GoneRow.at)


def is_gone(column: Any) -> ColumnElement[bool]:
    """Whether the address in a column is gone and its person has not written since."""
    return exists().where(GoneRow.address == column, ~_BACK)


async def mark(connection: AsyncConnection, reasons: Mapping[str, str], at: dt.datetime) -> None:
    """Remember addresses as gone; ``reasons`` says of each why, without personal data."""
    if not reasons:
        return
    statement = upsert.insert(connection, GoneRow)
    values = {"at": statement.excluded.at, "reason": statement.excluded.reason}
    statement = statement.on_conflict_do_update(index_elements=[GoneRow.address], set_=values)
    rows = [{"address": address, "at": at, "reason": why} for address, why in sorted(reasons.items())]
    await connection.execute(statement, rows)


async def among(connection: AsyncConnection, addresses: Collection[str]) -> frozenset[str]:
    """Which of them are gone and have not written since."""
    query = select(GoneRow.address).where(GoneRow.address.in_(addresses), ~_BACK)
    return frozenset((await connection.execute(query)).scalars()) if addresses else frozenset()
