"""A conversation for staff, its lines and what may become of it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import SendError
from core.messages import Address

MOST_TEXT = 4_000  # letters of one line
OURS = "talk:"  # how the names of arrivals begin that carry a line to a citizen


class Stand(StrEnum):
    """How a conversation stands: nobody has it yet, somebody has it, it is over."""

    WAITING = "waiting"
    HELD = "held"
    CLOSED = "closed"


class Direction(StrEnum):
    """Whose line it is. Notes and suggestions are for staff alone."""

    CITIZEN = "citizen"
    STAFF = "staff"
    BOT = "bot"
    NOTE = "note"
    SUGGESTION = "suggestion"


class Why(StrEnum):
    """Why it was opened: somebody asked for a person, or the assistant had failed them."""

    ASKED = "asked"
    FAILURES = "failures"


class Ended(StrEnum):
    """Who ended it, and how."""

    STAFF = "staff"
    CITIZEN = "citizen"
    BOT = "bot"  # handed back to the assistant
    SILENT = "silent"  # nobody said anything for long
    UNCLAIMED = "unclaimed"  # nobody took it up


class Delivery(StrEnum):
    """What became of a line sent to the citizen."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Failure(StrEnum):
    """Why a line could not be sent; ``UNKNOWN`` may have arrived."""

    GONE = "gone"
    WINDOW = "window"
    LATE = "late"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """The open conversation of an address, as the assistant needs it for every message."""

    id: int
    stand: Stand
    office: int | None
    since: dt.datetime
    told_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation. See ``TalkRow`` for the moments.

    Args:
        phone: the number the citizen left, sealed.
    """

    id: int
    address: Address
    office: int | None
    unit: str | None
    stand: Stand
    why: Why
    procedure: str | None
    dossier: str | None
    opened_at: dt.datetime
    since: dt.datetime
    claimed_by: int | None
    claimed_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_by: int | None
    ended: Ended | None
    last_said_at: dt.datetime
    asked_at: dt.datetime | None
    unread: int
    phone: str | None = field(repr=False)
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation.

    Args:
        staff: the account that wrote it.
        delivery: of lines sent to the citizen.
        ref: names what it came from.
    """

    id: int
    direction: Direction
    text: str = field(repr=False)
    at: dt.datetime
    staff: int | None = None
    delivery: Delivery | None = None
    reason: Failure | None = None
    ref: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a conversation is about and for whom, when it is opened."""

    office: int | None = None
    unit: str | None = None
    procedure: str | None = None
    dossier: str | None = None
    why: Why = Why.ASKED


@dataclass(frozen=True, slots=True)
class Before:
    """What was said since the assistant last understood somebody."""

    failures: int = 0
    lines: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def failure_of(error: SendError, *, late: bool) -> Failure:
    """Why a message was given up, for staff who wrote it.

    Args:
        late: whether it was given up only because it was tried for too long.
    """
    if error.gone:
        return Failure.GONE
    if error.outside_window:
        return Failure.WINDOW
    return Failure.LATE if late else Failure.REFUSED
