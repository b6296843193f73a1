"""Whether a dossier's followers were reminded of the same thing lately, or will be by themselves soon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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
    """The newest message of the kind within the window before now or asked for by staff and still waiting for its
    hour; else the one that comes by itself within the window after now."""
    row = OutboxRow
    at = func.coalesce(row.finished_at, row.due_at, type_=row.due_at.type)
    query = (
        select(row.state, row.occasion, func.max(at).label("at"), func.max(row.created_at).label("asked"))
        .where(row.subject == code, row.kind == str(kind), row.state.in_((*_TOLD, *_ON_THE_WAY)))
        .group_by(row.state, row.occasion)
    )
    rows = (await connection.execute(query)).all()
    told = [r.at for r in rows if r.state in _TOLD and r.at >= now - window]
    waiting = [r for r in rows if r.state in _ON_THE_WAY]
    asked = [r.asked for r in waiting if occasions.by_staff(r.occasion)]
    if told or asked:
        return Before(max(told + asked))
    coming = [r.at for r in waiting if r.at <= now + window]
    return Before(min(coming), coming=True) if coming else None
