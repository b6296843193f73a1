"""What a look says of a dossier that moved on: collected, paid, supplemented, finished. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from core.dossiers.model import DossierView, Status
from core.reminders.model import Kind, Watched
from core.reminders.standing import first_look, past

Moved = Literal["collected", "paid", "supplemented", "finished"]
# The messages of ours that asked for it.
ASKED_BY: dict[Moved, Kind] = {
    "collected": Kind.PICKUP,
    "paid": Kind.PAYMENT,
    "supplemented": Kind.SUPPLEMENT,
}
_GOES_ON = (Status.RECEIVED, Status.PROCESSING, Status.DONE, Status.RETURNED)
_READY = (Status.DONE, Status.RETURNED)


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened between two looks.

    Args:
        at: when, as the portal tells it, else when it was seen.
        on_time: of ``finished`` whether it was before the day of return; None when none is known.
    """

    kind: Moved
    at: dt.datetime
    on_time: bool | None = None


def moves(
    before: Watched, after: Watched, view: DossierView, now: dt.datetime, zone: dt.tzinfo
) -> tuple[Move, ...]:
    """What happened since the last look; nothing at the first one, when nobody knows what was before.

    A dossier that was withdrawn, stopped or refused while it waited for money or papers counts for neither.
    """
    if first_look(before) or before.status is None or after.status is None:
        return ()
    was, is_now = before.status, after.status
    found = []
    if was is Status.DONE and is_now is Status.RETURNED:
        found.append(Move("collected", _between(before, view.returned_at, now)))
    if was is Status.PAYMENT and before.paid is not True and _was_paid(after):
        found.append(Move("paid", now))
    if was is Status.SUPPLEMENT and is_now in (*_GOES_ON, Status.PAYMENT):
        found.append(Move("supplemented", now))
    if was not in _READY and is_now in _READY:
        at = _between(before, view.finished_at or view.returned_at, now)
        found.append(Move("finished", at, _on_time(before.due_at or view.due_at, at, zone)))
    return tuple(found)


def _was_paid(after: Watched) -> bool:
    if after.status is Status.PAYMENT:
        return after.paid is True
    return after.status in _GOES_ON and after.paid is not False


def _between(before: Watched, told: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """The moment the portal tells, where it can be true."""
    return told if told is not None and before.since <= told <= now else now


def _on_time(due_at: dt.datetime | None, at: dt.datetime, zone: dt.tzinfo) -> bool | None:
    return None if due_at is None else at < past(due_at, zone)
