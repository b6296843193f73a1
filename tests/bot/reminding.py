"""Messages of ours as the outbox holds them after they went, for conversations about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import DeliveryRow, OutboxRow
from core.messages import Address
from core.reminders.model import Kind
from tests.bot.town import Town


async def put(
    engine: AsyncEngine,
    who: str,
    code: str,
    at: dt.datetime,
    kind: Kind = Kind.PICKUP,
    state: str = "sent",
    check: str = "4F7K",
    steps: tuple[tuple[str, str, str, int], ...] = (),
    **more: Any,
) -> int:
    """A row of the outbox; ``steps`` are step, address, outcome and cost. Gives its id."""
    done = state in ("sent", "dropped", "failed", "gone")
    row = {
        "address": who, "channel": Address.parse(who).channel, "subject": code, "kind": kind.value,
        "occasion": f"9.x.{check}", "check": check, "state": state, "due_at": at, "created_at": at,
        "expires_at": at + dt.timedelta(3), "finished_at": at if done else None, **more,
    }  # fmt: skip
    async with engine.begin() as connection:
        made = await connection.execute(insert(OutboxRow).values(row).returning(OutboxRow.id))
        ident: int = made.scalar_one()
        for step, address, outcome, cost in steps:
            ledger = {"outbox": ident, "step": step, "address": address, "outcome": outcome, "cost": cost}
            await connection.execute(insert(DeliveryRow).values(at=at, **ledger))
    return ident


async def states(engine: AsyncEngine) -> dict[str, tuple[str, str | None]]:
    """State and reason of every row by its check code."""
    query = select(OutboxRow.check, OutboxRow.state, OutboxRow.reason)
    async with engine.connect() as connection:
        return {row.check: (row.state, row.reason) for row in await connection.execute(query)}


async def follow(town: Town, code: str, who: str) -> str:
    """Follow a dossier with consent; gives the confirmation."""
    await town.says(code, who)
    await town.presses("Lưu vào Hồ sơ của tôi", who)
    return await town.presses("Tôi đồng ý", who)
