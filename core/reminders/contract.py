"""What a delivery is made of: who writes a message at its hour, who brings it, what came of it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from core.messages import Message
from core.reminders.model import Outgoing

Ending = Literal["pending", "sent", "unknown", "failed", "gone", "dropped", "expired"]


@dataclass(frozen=True, slots=True)
class Drop:
    """Not to be said any more. ``reason`` is a word for the ledger, such as ``paid``; no personal data."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """To be said, but not before ``at``."""

    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One try to reach a person: a row of the ledger.

    Args:
        step: free, charged, template, other, counter, or unclear.
        address: where it went.
        outcome: how it ended: sent, delivered, unknown, failed, gone, again, or tasked (given to the counter).
        cost: in đồng.
    """

    step: str
    address: str
    outcome: str
    reason: str | None = None
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message.

    Args:
        state: ``pending`` when it is to be tried again, not before ``retry_at``; ``unknown`` when it may have
            arrived (the outbox decides by the kind whether it is tried again).
        counts: whether this was one of the tries a message has.
        steps: what was tried, in order; an outcome ``gone`` marks that step's address.
    """

    state: Ending
    reason: str | None = None
    retry_at: dt.datetime | None = None
    steps: tuple[Step, ...] = ()
    counts: bool = True


class Writer(Protocol):
    """Puts the message together when its hour has come."""

    async def write(self, outgoing: Outgoing) -> Message | Drop | Later:
        """The message as it is true now, or why not. An exception is taken for a fault that may pass."""
        ...


class Notices(Protocol):
    """Knows what staff wrote to many: it is kept once, not with each of its messages."""

    async def notice(self, outgoing: Outgoing) -> Message | Drop:
        """The message with this row's own code, or why not."""
        ...


class Reach(Protocol):
    """Brings a message to its person."""

    async def reach(self, outgoing: Outgoing, message: Message) -> Outcome:
        """Try, by one way or several. An exception is taken for a fault of ours that may pass."""
        ...
