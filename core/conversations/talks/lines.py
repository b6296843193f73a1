"""Adding and reading lines, and the state of conversations, in the transaction of whoever calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.conversations.talks.model import (
    MOST_TEXT,
    Delivery,
    Direction,
    Ended,
    Failure,
    Line,
    Stand,
    Talk,
    Why,
)
from core.db import upsert
from core.db.talk_tables import TalkLineRow, TalkRow
from core.messages import Address, Message

COLUMNS = tuple(TalkRow.__table__.c)
LINE_COLUMNS = tuple(TalkLineRow.__table__.c)


async def add(
    connection: AsyncConnection,
    talk: int,
    direction: Direction,
    text: str,
    at: dt.datetime,
    *,
    ref: str | None = None,
    staff: int | None = None,
    delivery: Delivery | None = None,
) -> int | None:
    """Add a line; gives its id, or None when the conversation has one with the same ``ref``."""
    values = {
        "talk": talk,
        "direction": direction,
        "text": storable(text)[:MOST_TEXT],
        "at": at,
        "staff": staff,
        "ref": ref,
        "delivery": delivery,
    }
    statement = upsert.insert(connection, TalkLineRow).values(values).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(TalkLineRow.id))).scalar_one_or_none()


async def before(
    connection: AsyncConnection, talk: int, lines: Sequence[Sequence[str]], at: dt.datetime
) -> None:
    """Put in what was said before the conversation was opened."""
    rows = [{"talk": talk, "direction": d, "text": t[:MOST_TEXT], "at": at} for d, t in lines]
    if rows:
        await connection.execute(insert(TalkLineRow), rows)


async def touch(connection: AsyncConnection, talk: int, **values: Any) -> bool:
    """Change an open conversation; pages see that it changed. False when it is closed."""
    statement = (
        update(TalkRow)
        .where(TalkRow.id == talk, TalkRow.closed_at.is_(None))
        .values(version=TalkRow.version + 1, **values)
    )
    return (await connection.execute(statement)).rowcount > 0


def line_of(row: Any) -> Line:
    """The line of a row."""
    return Line(
        row.id,
        Direction(row.direction),
        row.text,
        row.at,
        row.staff,
        Delivery(row.delivery) if row.delivery else None,
        Failure(row.reason) if row.reason else None,
        row.ref,
    )


def talk_of(row: Any) -> Talk:
    """The conversation of a row."""
    return Talk(
        row.id,
        Address.parse(row.address),
        row.office,
        row.unit,
        Stand(row.state),
        Why(row.why),
        row.procedure,
        row.dossier,
        row.opened_at,
        row.since,
        row.claimed_by,
        row.claimed_at,
        row.closed_at,
        row.closed_by,
        Ended(row.ended) if row.ended else None,
        row.last_said_at,
        row.asked_at,
        row.unread,
        row.phone,
        row.version,
    )


def text_of(messages: Sequence[Message]) -> str:
    """Messages as one text, their buttons named."""
    return "\n\n".join("\n".join([m.text, *(f"[{b.title}]" for b in m.buttons)]) for m in messages)


def storable(text: str) -> str:
    """The text without what PostgreSQL (NUL) or UTF-8 (halves of letters) cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
