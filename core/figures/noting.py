"""Keeps what became of followed dossiers, and how long after our message it was."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import upsert
from core.db.reminder_tables import OutboxRow
from core.db.turn_tables import MoveRow
from core.dossiers.model import DossierView
from core.figures.moves import ASKED_BY, Move, moves
from core.reminders.model import Watched


class Moves:
    """Writes moves in the transaction that keeps a look (see ``core.reminders.saving.Noted``).

    Args:
        zone: of the province.
    """

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone

    async def saw(
        self,
        connection: AsyncConnection,
        before: Watched,
        after: Watched,
        view: DossierView,
        now: dt.datetime,
    ) -> None:
        """Keep what happened between two looks; most looks bring nothing and cost nothing."""
        for move in moves(before, after, view, now, self._zone):
            await self._keep(connection, before, move)

    async def _keep(self, connection: AsyncConnection, before: Watched, move: Move) -> None:
        sent = await _last_sent(connection, before, move)
        row = {
            "at": move.at,
            "code": before.code,
            "kind": move.kind,
            "since": before.since,
            "channel": sent.channel if sent else "",
            "hours": int((move.at - sent.finished_at) / dt.timedelta(hours=1)) if sent else None,
            "on_time": move.on_time,
        }
        await connection.execute(upsert.insert(connection, MoveRow).on_conflict_do_nothing(), row)


async def _last_sent(connection: AsyncConnection, before: Watched, move: Move) -> Any:
    """The last message about the state that was left, which arrived before the move; None when there is none."""
    kind = ASKED_BY.get(move.kind)
    if kind is None:
        return None
    query = (
        select(OutboxRow.channel, OutboxRow.finished_at)
        .where(
            OutboxRow.subject == before.code,
            OutboxRow.kind == str(kind),
            OutboxRow.state == "sent",
            OutboxRow.finished_at >= before.since,
            OutboxRow.finished_at <= move.at,
        )
        .order_by(OutboxRow.finished_at.desc())
        .limit(1)
    )
    return (await connection.execute(query)).first()
