"""Whether a dossier's followers were reminded of the same thing lately, or will be by themselves soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.reminder_tables import OutboxRow
from core.reminders import occasions
from core.reminders.model import Kind

_ON_THE_WAY = ("pending", "claimed", "sending")
_TOLD = ("sent", "unknown")


@dataclass(frozen=True, slots=True)
class Before:
    """When it went, or goes by itself (``coming``)."""

    at: dt.datetime
    coming: bool = False


async def find(
    connection: AsyncConnection, code: str, kind: Kind, now: dt.datetime, window: dt.timedelta
) -> Before | None:
    """As :func:`among`, of one dossier."""
    return (await among(connection, [code], kind, now, window)).get(code)


async def among(
    connection: AsyncConnection, codes: Collection[str], kind: Kind, now: dt.datetime, window: dt.timedelta
) -> dict[str, Before]:
    """The newest message of the kind within the window before now or asked for by staff and still waiting for its
    hour; else the one that comes by itself within the window after now. Dossiers without either are left out."""
    row = OutboxRow
    at = func.coalesce(row.finished_at, row.due_at, type_=row.due_at.type)
    states = (*_TOLD, *_ON_THE_WAY)
    query = (
        select(
            row.subject,
            row.state,
            row.occasion,
            func.max(at).label("at"),
            func.max(row.created_at).label("asked"),
        )
        .where(row.subject.in_(codes), row.kind == str(kind), row.state.in_(states))
        .group_by(row.subject, row.state, row.occasion)
    )
    rows: dict[str, list[Any]] = {}
    for one in await connection.execute(query):
        rows.setdefault(one.subject, []).append(one)
    found = {code: _newest(some, now, window) for code, some in rows.items()}
    return {code: before for code, before in found.items() if before}


def _newest(rows: Sequence[Any], now: dt.datetime, window: dt.timedelta) -> Before | None:
    told = [r.at for r in rows if r.state in _TOLD and r.at >= now - window]
    waiting = [r for r in rows if r.state in _ON_THE_WAY]
    asked = [r.asked for r in waiting if occasions.by_staff(r.occasion)]
    if told or asked:
        return Before(max(told + asked))
    coming = [r.at for r in waiting if r.at <= now + window]
    return Before(min(coming), coming=True) if coming else None
