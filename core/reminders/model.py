"""What a reminder is. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from core.dossiers.model import Status


class Kind(StrEnum):
    """Why the assistant speaks first. The values are kept in the database and in profiles."""

    CHANGED = "changed"  # a change of state that asks for nothing (NĐ 224/2026 Art. 15)
    SUPPLEMENT = "supplement"  # papers are missing
    PAYMENT = "payment"  # money is to be paid
    PAID = "paid"  # the payment was received
    PICKUP = "pickup"  # the result waits
    DUE = "due"  # the day of return is near
    LATE = "late"  # the day of return is past
    CLOSED = "closed"  # the counter is closed tomorrow
    RATING = "rating"  # how was it
    NOTICE = "notice"  # staff wrote to many


State = Literal[
    "pending", "claimed", "sending", "sent", "unknown", "failed", "gone", "dropped", "expired", "held"
]  # fmt: skip
OPEN: tuple[State, ...] = ("pending", "claimed", "sending")


@dataclass(frozen=True, slots=True)
class Planned:
    """One message to every follower of a dossier.

    Args:
        kind, occasion: with the dossier's code and the address they make it unique, for ever: planning the
            same again adds nothing. The occasion names the state's beginning and the number of the message in it.
        at: when it may go, before hours and the person's wishes are applied.
        expires_at: when it helps nobody any more.
        at_once: a change of state, pushed outside the usual hours too (NĐ 224/2026 Art. 15).
        status: the state in which it is true; None when the rule itself checks.
    """

    kind: Kind
    occasion: str
    at: dt.datetime
    expires_at: dt.datetime
    at_once: bool = False
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """What is remembered of a followed dossier between two looks.

    Args:
        status: the status of the last look, None before the first one and for a foreign status.
        since: when this status was first seen.
        due_at: the day of return as last told.
        paid: whether the portal said that every fee is paid; None where it does not say.
        failures: looks in a row that the portal did not answer.
        procedure: its official code without a unit's suffix (``1.001193``); empty where the portal named none.
    """

    code: str
    status: Status | None
    since: dt.datetime
    due_at: dt.datetime | None = None
    failures: int = 0
    checked_at: dt.datetime | None = None
    paid: bool | None = None
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person chose about being told. The defaults are those of somebody who chose nothing.

    Args:
        off: kinds they do not want.
        hours: from and until when messages that can wait may come; None for the province's hours.
        quiet_changes: whether changes of state too wait for those hours.
        paused_until: nothing before this moment.
        stopped: nothing at all ("dừng").
    """

    off: frozenset[Kind] = frozenset()
    hours: tuple[dt.time, dt.time] | None = None
    quiet_changes: bool = False
    paused_until: dt.datetime | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row of the outbox in a worker's hands.

    Args:
        body: a message written beforehand (broadcasts); None when it is written at its hour.
        check: the code by which a citizen can learn that the province sent it.
        unknowns: how often its outcome was not learnt; it may have arrived already when this is not 0.
        gone: the person blocked us or left, and has not written since.
        lane: 0 a change of state, 1 a reminder, 2 what staff wrote to many.
    """

    id: int
    address: str
    subject: str
    kind: Kind
    occasion: str
    due_at: dt.datetime
    expires_at: dt.datetime
    check: str
    tries: int = 0
    unknowns: int = 0
    body: dict[str, object] | None = field(default=None, repr=False)
    gone: bool = False
    lane: int = 1


@dataclass(frozen=True, slots=True)
class StaffTask:
    """Something staff have to see to; ``subject``, ``kind`` and ``occasion`` make it unique."""

    subject: str
    kind: Kind
    occasion: str
    why: str
    agency: str
    at: dt.datetime
