"""Dossiers as they are handed in: made again at any time from (seed, day, number). Pure.

Sixteen a working day. The forms of the codes are those of QĐ 20/2020/QĐ-TTg, of the older order, and of
ministry portals; see ``core.dossiers.codes``.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from core.worktime import Calendar
from simulators.portal.chance import digest, stream
from simulators.portal.people import Owner, invent
from simulators.portal.register import Agency, Kind, Register

A_DAY = 16
_BEFORE_OPENING, _AFTER_CLOSING = (
    1,
    14,
)  # up to and from these numbers a dossier is handed in online out of hours
_MINISTRY = Agency("G09", "Bộ phận Một cửa cơ quan trung ương", "Bộ phận Một cửa cơ quan trung ương")


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known on the day a dossier is handed in.

    Args:
        number: 1 to 16 within its day; later ones are handed in later.
        ident: 24 hexadecimal digits, the id iGate gives; holds day and number.
    """

    seed: int
    day: dt.date
    number: int
    code: str
    ident: str
    handed_in: dt.datetime
    online: bool
    kind: Kind
    agency: Agency
    owner: Owner


def of_day(seed: int, day: dt.date, register: Register, calendar: Calendar) -> tuple[Dossier, ...]:
    """The dossiers of one day; none unless it is a working day."""
    if not calendar.is_working_day(day):
        return ()
    return tuple(_dossier(seed, day, number, register, calendar) for number in range(1, A_DAY + 1))


def _dossier(seed: int, day: dt.date, number: int, register: Register, calendar: Calendar) -> Dossier:
    rng = stream(seed, day, number)
    form = rng.random()
    commune = rng.choice(register.communes)
    if 0.82 <= form < 0.97:
        commune = rng.choice([c for c in register.communes if c.former_province != "Đắk Lắk"])
    kind = rng.choice(register.kinds)
    agency = register.department(kind) if kind.provincial else commune
    running = (number - 1) * 60 + rng.randint(1, 60)
    if form < 0.82:
        code = f"{agency.code}.{rng.randint(11, 18)}-{day:%y%m%d}-{running:04}"
    elif form < 0.97:
        place = register.agencies().index(agency) % 99 + 1
        code = f"000.00.{place:02}.H45-{day:%y%m%d}-{running:04}"
    else:
        agency = replace(_MINISTRY, code=f"G09.{rng.randint(11, 29)}")
        code = f"{agency.code}-{day:%Y%m%d}-{running * 97:07}"
    online = not _BEFORE_OPENING < number < _AFTER_CLOSING or rng.random() < 0.6
    owner = invent(rng, (day.toordinal() * A_DAY + number + seed * 7_919) % 1_000_000_000, commune.commune)
    ident = f"6346{day:%y%m%d}{number:02}{digest(seed, code)[:12]}"
    return Dossier(
        seed, day, number, code, ident, _moment(day, number, rng, calendar), online, kind, agency, owner
    )


def _moment(day: dt.date, number: int, rng: random.Random, calendar: Calendar) -> dt.datetime:
    """The first before the office opens, twelve spread over its hours, the last three in the evening."""
    hours = [
        dt.datetime.combine(day, t, calendar.zone) for t in (calendar.hours[0][0], calendar.hours[-1][1])
    ]
    chance = rng.random()
    if number <= _BEFORE_OPENING:
        return hours[0] - dt.timedelta(minutes=5 + int(chance * 85))
    if number >= _AFTER_CLOSING:
        return hours[1] + dt.timedelta(minutes=10 + (number - _AFTER_CLOSING) * 90 + int(chance * 90))
    return calendar.add(hours[0], dt.timedelta(minutes=(number - 2) * 40 + int(chance * 39)))
