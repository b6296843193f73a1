"""What was sent to a person, as it is told to them. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.messages import Address
from core.reminders.model import Kind


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that went, or may have gone, to the person. ``at`` is when; ``subject`` a dossier's code."""

    id: int
    address: Address
    subject: str
    kind: Kind
    occasion: str
    check: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """One step of the ledger; ``cost`` is what the province paid, in đồng."""

    step: str
    channel: str
    at: dt.datetime
    outcome: str
    cost: int


@dataclass(frozen=True, slots=True)
class Consent:
    """Since when a dossier is followed with consent, and when that ended; None while it lasts."""

    given_at: dt.datetime
    withdrawn_at: dt.datetime | None
