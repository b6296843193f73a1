"""What was sent first, and what it led to."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.reminder_tables import OutboxRow
from core.db.turn_tables import MoveRow
from core.figures.model import Row, Window
from core.figures.moves import ASKED_BY
from core.figures.names import FINISHED, LED, NOTICE, REMINDED, SENT, days_key
from core.reminders.model import Kind

_ASKING = {str(kind): moved for moved, kind in ASKED_BY.items()}


class Sent:
    """Messages of the outbox that were finished on the day, by kind and state; broadcasts by their subject."""

    names = (SENT, REMINDED, NOTICE)
    back = 0
    stock = False

    async def of(self, connection: AsyncConnection, window: Window) -> Iterable[Row]:
        """The rows of a day. A dossier is counted once a day and kind as reminded, on the channel that came first."""
        counts: Counter[Row] = Counter()
        reminded: dict[tuple[str, str], str] = {}
        for since, until in window.pieces():
            await asyncio.sleep(0)  # SQLite answers without leaving the event loop
            for channel, kind, state, subject, number in await connection.execute(_finished(since, until)):
                if kind == Kind.NOTICE:
                    counts[Row(NOTICE, channel, f"{subject}.{state}")] += number
                    continue
                counts[Row(SENT, channel, f"{kind}.{state}", identifier=subject)] += number
                if kind in _ASKING and state == "sent":
                    reminded.setdefault((kind, subject), channel)
        for (kind, subject), channel in reminded.items():
            counts[Row(REMINDED, channel, _ASKING[kind], identifier=subject)] += 1
        return [_times(row, number) for row, number in counts.items()]


class Led:
    """Dossiers that moved on, by the days since the last message that asked for it; and how those ended."""

    names = (LED, FINISHED)
    back = 1  # a portal tells of yesterday what is seen today
    stock = False

    async def of(self, connection: AsyncConnection, window: Window) -> Iterable[Row]:
        """The rows of a day."""
        query = select(MoveRow.kind, MoveRow.channel, MoveRow.code, MoveRow.hours, MoveRow.on_time).where(
            MoveRow.at >= window.begins, MoveRow.at < window.ends
        )
        found = []
        for kind, channel, code, hours, on_time in await connection.execute(query):
            if kind == FINISHED:
                found.append(Row(FINISHED, channel, _ended(on_time), identifier=code))
            else:
                found.append(Row(LED, channel, f"{kind}.{days_key(hours)}", identifier=code))
        return found


def _ended(on_time: bool | None) -> str:
    return "unknown" if on_time is None else "on_time" if on_time else "late"


def _finished(since: dt.datetime, until: dt.datetime) -> Any:
    row = OutboxRow
    return (
        select(row.channel, row.kind, row.state, row.subject, func.count())
        .where(row.finished_at >= since, row.finished_at < until)
        .group_by(row.channel, row.kind, row.state, row.subject)
    )


def _times(row: Row, number: int) -> Row:
    return Row(row.measure, row.channel, row.key, number, 0.0, row.identifier)
