"""Putting an arrival into the inbox, and how a message is kept there until it is answered."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.conversations.talks.model import OURS
from core.db import upsert
from core.db.tables import InboundRow
from core.messages import Address, Incoming, Message


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event of a platform that wants an answer.

    Args:
        update: the platform's id of the event within its channel; a repeat has the same.
        incoming: what it says; a picture by reference (``Incoming.file``), never by its bytes.
    """

    update: str
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message somebody works on.

    Args:
        token: names this claim; a claim that was taken over changes nothing any more.
        reply: the stored reply, when it was answered before.
        sent: how many messages of the reply were sent.
        tries: how often answering or sending failed before.
        deaths: how often a process ended while it was being answered.
        parked: it was given up; the reply says so.
        at: when it arrived.
        update: the platform's id of the event, or ours of what we put in.
    """

    id: int
    token: str
    incoming: Incoming = field(repr=False)
    reply: tuple[Message, ...] | None = field(repr=False)
    sent: int
    tries: int
    deaths: int
    parked: bool
    at: dt.datetime
    update: str = ""

    @property
    def ours(self) -> bool:
        """Whether it carries what staff wrote, rather than an answer of ours."""
        return self.update.startswith(OURS)


async def place(
    connection: AsyncConnection, arrival: Arrival, reply: Sequence[Message], now: dt.datetime
) -> bool:
    """Keep an arrival in the caller's transaction; False when the same one was kept before.

    Args:
        reply: with it the arrival is answered already, and only has to be sent.
    """
    address = arrival.incoming.address
    statement = upsert.insert(connection, InboundRow).values(
        channel=address.channel,
        update=arrival.update,
        address=str(address),
        body=to_json(arrival.incoming),
        reply=[m.as_dict() for m in reply] or None,
        due_at=now,
        at=now,
    )
    statement = statement.on_conflict_do_nothing(index_elements=["channel", "update"])
    if connection.dialect.name == "postgresql":
        # ids of one conversation in the order of their commits; SQLite has one writer
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(str(address)))))
    return (await connection.scalar(statement.returning(InboundRow.id))) is not None


def to_json(incoming: Incoming) -> dict[str, Any]:
    """An Incoming as it is kept until it is answered; pictures' bytes are not, a position only roughly."""
    kept = {f.name: getattr(incoming, f.name) for f in dataclasses.fields(incoming) if f.name != "photo"}
    place = incoming.location and [round(degrees, 3) for degrees in incoming.location]  # about 100 m
    return {**kept, "address": str(incoming.address), "location": place}


def from_json(data: dict[str, Any]) -> Incoming:
    """The inverse of :func:`to_json`."""
    place = tuple(data["location"]) if data.get("location") else None
    return Incoming(**{**data, "address": Address.parse(data["address"]), "location": place})


def now_utc() -> dt.datetime:
    """The moment, with its zone."""
    return dt.datetime.now(dt.UTC)
