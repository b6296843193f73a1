"""How a dossier stands for somebody who watches it: since when, paid or not, late or not. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from core.dossiers.model import DossierView, Status
from core.reminders.model import Watched
from core.worktime import Calendar

_CODE = 8  # letters of a procedure's official code; what follows is a unit's suffix
_OLD = dt.timedelta(days=180)  # a dossier this much past its day of return has been in its state for long


def seen(before: Watched | None, view: DossierView, now: dt.datetime) -> Watched:
    """What is to be remembered after a look that the portal answered.

    ``since`` stays while the status does, except when papers were asked for again since the last look.
    """
    stays = before is not None and not first_look(before) and before.status is view.status
    procedure = view.procedure_code[:_CODE] or (before.procedure if before else "")
    if before is None or not stays or _asked_again(before, view, now):
        return Watched(view.code, view.status, now, view.due_at, 0, now, paid(view), procedure)
    return replace(
        before, due_at=view.due_at, failures=0, checked_at=now, paid=paid(view), procedure=procedure
    )


def first_look(before: Watched | None) -> bool:
    """Whether nothing was seen of the dossier before."""
    return before is None or (before.status is None and before.checked_at is None)


def changed(before: Watched | None, watched: Watched) -> bool:
    """Whether the dossier came to another state, or to the same one again, since the last look."""
    if before is None or first_look(before):
        return False
    return (before.status, before.since) != (watched.status, watched.since)


def _asked_again(before: Watched, view: DossierView, now: dt.datetime) -> bool:
    if view.status is not Status.SUPPLEMENT or before.checked_at is None:
        return False
    asked = [one.asked_at for one in view.supplements if one.asked_at and not one.settled]
    return any(before.checked_at < moment <= now for moment in asked)


def began(view: DossierView, watched: Watched) -> dt.datetime:
    """When the state began: as the portal tells it, else when it was first seen.

    It keeps a dossier found in an old state from being reminded as if the state were new. Where the portal
    does not tell it, a last step, day of return or receipt long past stands in for it.
    """
    status, since = watched.status, watched.since
    told = [
        view.finished_at if status is Status.DONE else None,
        view.returned_at if status is Status.RETURNED else None,
        *(s.asked_at for s in view.supplements if status is Status.SUPPLEMENT and not s.settled),
        *(step.at for step in view.steps if status is not None and step.status is status),
    ]
    known = [moment for moment in told if moment is not None]
    if known:
        return min(since, max(known))
    hints = [step.at for step in view.steps if step.at is not None]
    hint = max(hints) if hints else view.due_at or view.received_at
    return hint if hint is not None and since - hint > _OLD else since


def paid(view: DossierView) -> bool | None:
    """Whether everything is paid as far as the portal says; None where it does not say it of every fee."""
    if not view.fees:
        return None
    if any(fee.paid is False for fee in view.fees):
        return False
    return True if all(fee.paid for fee in view.fees) else None


def settled(view: DossierView) -> bool:
    """Whether every request for papers the portal tells of was met."""
    return bool(view.supplements) and all(one.settled for one in view.supplements)


def late_from(view: DossierView, calendar: Calendar) -> dt.datetime | None:
    """The moment from which the dossier is late while its time limit runs; None when it cannot be."""
    if view.due_at is None or view.status is None or not view.status.clock_runs:
        return None
    return past(view.due_at, calendar.zone)


def past(due_at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The moment from which a day of return is past: one without an hour lasts the whole day."""
    due = due_at.astimezone(zone)
    if due.time() != dt.time():
        return due
    return dt.datetime.combine(due.date() + dt.timedelta(1), dt.time(), zone)


def is_late(view: DossierView, now: dt.datetime, calendar: Calendar) -> bool:
    """Whether the time limit runs and is past."""
    late = late_from(view, calendar)
    return late is not None and now > late
