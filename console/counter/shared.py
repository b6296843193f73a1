"""What the counter's pages share: its parts, whose dossiers somebody works with, words for what is kept as names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fastapi import HTTPException

from console.parts import Parts
from core.counter.details import Details, Reminded
from core.counter.lists import Lists
from core.counter.remind import Reminding
from core.counter.scope import Range, holds, ranges
from core.dossiers.codes import DossierCode
from core.people.links import Links
from core.reminders.wording import TITLES
from core.staff.offices import Office
from core.staff.rights import Staff

STATES = {
    "pending": "chờ gửi",
    "claimed": "sắp gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "unknown": "chưa rõ đã đến",
    "failed": "không gửi được",
    "gone": "người nhận đã chặn",
    "dropped": "không gửi (không còn đúng hoặc người nhận không muốn)",
    "expired": "quá hạn, không gửi",
}
_BAD = ("failed", "gone", "expired")


@dataclass(frozen=True, slots=True)
class Counter:
    """The parts behind the pages, over one database."""

    lists: Lists
    details: Details
    reminding: Reminding


def counter(parts: Parts) -> Counter:
    """Build them."""
    people = Links(parts.engine, parts.profile.linking).everyone
    reminding = Reminding(parts.engine, parts.profile, people, parts.audit, parts.now)
    return Counter(Lists(parts.engine), Details(parts.engine, people), reminding)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose dossiers a page shows: those of ``chosen``, or of all offices of the member of staff."""

    offices: tuple[Office, ...]
    chosen: int | None
    wanted: list[Range] | None


async def scope(parts: Parts, staff: Staff, chosen: int | None = None) -> Scope:
    """The offices somebody works for; a foreign one that is chosen answers 404."""
    everything = await parts.offices.all()
    mine = tuple(o for o in everything if staff.everywhere or o.id in staff.offices)
    if chosen is not None and chosen not in {office.id for office in mine}:
        raise HTTPException(404)
    ids = staff.scope() if chosen is None else {chosen}
    return Scope(mine, chosen, ranges(everything, ids))


def own(where: Scope, code: str) -> bool:
    """Whether a dossier is theirs."""
    return holds(where.wanted, code)


def code_of(text: str, today: dt.date) -> DossierCode:
    """The code an address of a page names; 404 for what is none."""
    try:
        code = DossierCode.parse(text)
    except ValueError:
        raise HTTPException(404) from None
    if code.received > today:
        raise HTTPException(404)
    return code


def reminded(one: Reminded) -> str:
    """What came of a reminder, in words: ``đã gửi 2, chờ gửi 1``."""
    return ", ".join(f"{STATES.get(state, state)} {number}" for state, number in sorted(one.states.items()))


def mood(one: Reminded) -> str:
    """How a reminder's chip looks."""
    if any(state in one.states for state in _BAD):
        return "warning"
    return "ok" if set(one.states) <= {"sent"} else "info"


def title(one: Reminded) -> str:
    """The kind of a reminder."""
    return TITLES[one.kind]


WORDS = {"reminded": reminded, "mood": mood, "title": title}


def numbered(trang: int, more: bool, address: str) -> tuple[str | None, str | None]:
    """Where the pages before and after one are; ``address`` ends with ``trang=``."""
    return (f"{address}{trang - 1}" if trang > 1 else None), (f"{address}{trang + 1}" if more else None)
