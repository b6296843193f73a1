"""Putting into the outbox: each message once, whoever plans it and however often."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import upsert
from core.db.reminder_tables import OutboxRow
from core.messages import Address
from core.reminders.model import Kind

CHUNK = 500  # rows a statement
ALPHABET = (
    "2345679ACDEFGHJKMNPQRTUVWXY"  # no 0 O, 1 I L, 5 S, 8 B, 2 Z: read from one screen, typed on another
)
WAITING = ("pending", "unknown")
Lane = int


@dataclass(frozen=True, slots=True)
class Entry:
    """One message to one address.

    Args:
        subject: a dossier's code, or the id of a broadcast.
        lane: 0 changes of state, 1 reminders, 2 broadcasts; the lower goes first.
        body: the message when it is written beforehand (``Message.as_dict``).
        check: the code that stands in ``body``; one is made up where it is empty.
    """

    address: str
    subject: str
    kind: Kind
    occasion: str
    due_at: dt.datetime
    expires_at: dt.datetime
    lane: Lane = 1
    body: dict[str, Any] | None = field(default=None, repr=False)
    check: str = ""


async def add(connection: AsyncConnection, entries: Iterable[Entry], now: dt.datetime) -> int:
    """Insert what is not there yet, in the caller's transaction; says how many rows were new.

    ``entries`` is read in chunks and may be as long as it likes. Raises ValueError for a bad address.
    """
    unique = [OutboxRow.address, OutboxRow.subject, OutboxRow.kind, OutboxRow.occasion]
    statement = (
        upsert.insert(connection, OutboxRow)
        .on_conflict_do_nothing(index_elements=unique)
        .returning(OutboxRow.id)
    )
    new = 0
    for chunk in _chunks(entries):
        result = await connection.execute(statement, [_row(entry, now) for entry in chunk])
        new += len(result.all())
    return new


def check_code() -> str:
    """Four letters and digits that nobody mistakes: half a million of them, enough for one person's messages."""
    return "".join(secrets.choice(ALPHABET) for _ in range(4))


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    rest = iter(entries)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _row(entry: Entry, now: dt.datetime) -> dict[str, Any]:
    return {
        "address": entry.address,
        "channel": Address.parse(entry.address).channel,
        "subject": entry.subject,
        "kind": str(entry.kind),
        "occasion": entry.occasion,
        "lane": entry.lane,
        "check": entry.check or check_code(),
        "body": entry.body,
        "state": "pending",
        "due_at": entry.due_at,
        "expires_at": entry.expires_at,
        "tries": 0,
        "unknowns": 0,
        "created_at": now,
    }
