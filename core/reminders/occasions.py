"""Names of occasions: what makes one message of one kind about one dossier unique, for ever. Pure.

An occasion of a state names its beginning, so that a dossier that comes back to the same state is told
anew: ``9.20261013T023000.+3``. One of the day of return names that day: ``due.202610131700.1``. All are
ASCII and at most 80 letters, as the outbox keeps them.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from core.dossiers.model import Status
from core.reminders.model import Watched

NOW = "now"  # the number of the message that goes when the state begins
RATING = "once"
_STAFF = "k"


def state(status: Status | None, since: dt.datetime) -> str:
    """One stay in one state: the status and when it was first seen."""
    return f"{status or 0:d}.{since.astimezone(dt.UTC):%Y%m%dT%H%M%S}"


def of_state(watched: Watched, number: str) -> str:
    """One message of the state the dossier is in."""
    return f"{state(watched.status, watched.since)}.{number}"


def number(occasion: str) -> str:
    """Which message of its state or day: ``now``, ``+3``, ``m1``, ``d20261112-1``."""
    return occasion.rpartition(".")[2]


def staff_number(now: dt.datetime) -> str:
    """The number of a message that somebody at a counter has sent: ``k20261124T013000``."""
    return f"{_STAFF}{now.astimezone(dt.UTC):%Y%m%dT%H%M%S}"


def by_staff(occasion: str) -> bool:
    """Whether somebody at a counter had it sent, and no rule."""
    return number(occasion).startswith(f"{_STAFF}2")


def belongs(occasion: str, watched: Watched) -> bool:
    """Whether the occasion is one of the state the dossier is in."""
    return occasion.rpartition(".")[0] == state(watched.status, watched.since)


def due(day_of_return: dt.datetime, zone: ZoneInfo, what: str, last: str) -> str:
    """One message about one day of return; ``what`` is ``due`` or ``late``."""
    return f"{what}.{stamp(day_of_return, zone)}.{last}"


def moved(before: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> str:
    """That the day of return was moved."""
    return f"moved.{stamp(before, zone)}.{stamp(now, zone)}"


def closed(first: dt.date) -> str:
    """That the counters close from ``first`` on."""
    return f"closed.{first:%Y%m%d}"


def closed_from(occasion: str) -> dt.date | None:
    """The day that ``closed`` named; None for other occasions."""
    head, _, day = occasion.partition(".")
    return dt.datetime.strptime(day, "%Y%m%d").date() if head == "closed" else None


def stamp(moment: dt.datetime, zone: ZoneInfo) -> str:
    """A day of return as the province reads it."""
    return f"{moment.astimezone(zone):%Y%m%d%H%M}"
