"""What agencies write about last days and apologies in the texts a portal passes on. Pure.

No portal has a field for either. Only what is written in so many words is read, and it is only repeated:
the apology for a late result is a paper of the agency (Mẫu 04 of TT 03/2025/TT-VPCP), never one of ours.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.dossiers.model import DossierView, Status, Step
from nlu.vietnamese import fold

_DATE = r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"
_WHEN = r"(?:\s*(?:la|vao|den|het|truoc))?(?:\s*\d{1,2}(?:[:h]\d{0,2}|\s*gio))?\s*,?\s*(?:ngay\s*)?"
_LAST_DAY = re.compile(
    rf"(?:cham nhat|den het|han (?:cuoi|chot|nop|bo sung|thanh toan)(?: (?:cung|bo sung|tien))?\s*:?){_WHEN}{_DATE}"
)
_APOLOGY = "xin loi"


@dataclass(frozen=True, slots=True)
class Apology:
    """The agency's own words, and when they were written where the portal says so."""

    text: str
    at: dt.datetime | None


def deadline(view: DossierView) -> dt.date | None:
    """The last day to hand in papers or to pay, where the request names one.

    Of several requests the latest counts. Dates that cannot be are not read.
    """
    if view.status not in (Status.SUPPLEMENT, Status.PAYMENT):
        return None
    for text in _requests(view):
        days = [day for match in _LAST_DAY.finditer(fold(text)) if (day := _day(match))]
        if days:
            return days[-1]
    return None


def apology(view: DossierView) -> Apology | None:
    """The latest apology the agency wrote; None when none is known."""
    for step in _latest_first(view.steps):
        if _APOLOGY in fold(step.what):
            return Apology(step.what, step.at)
    return Apology(view.note, None) if _APOLOGY in fold(view.note) else None


def _requests(view: DossierView) -> Iterator[str]:
    """Texts that may name the last day, the surest first."""
    if view.status is Status.SUPPLEMENT:
        asked = [one for one in view.supplements if not one.settled]
        yield from (one.what for one in reversed(asked))
    yield from (step.what for step in _latest_first(view.steps)[:1] if step.status in (view.status, None))
    yield view.note


def _latest_first(steps: tuple[Step, ...]) -> list[Step]:
    """The steps, last one first; as the portal lists them where one has no time."""
    timed = [(step.at, number, step) for number, step in enumerate(steps) if step.at is not None]
    if len(timed) < len(steps):
        return list(reversed(steps))
    return [step for _, _, step in sorted(timed, key=lambda one: one[:2], reverse=True)]


def _day(match: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
