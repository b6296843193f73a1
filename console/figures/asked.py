"""Which figures somebody asks for: a period, offices within what they may see, a channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from core.figures.model import ALL_OFFICES, NO_OFFICE, Period, Slice, month_end
from core.figures.wording import CHANNELS
from core.figures.wording import NO_OFFICE as UNKNOWN
from core.staff.offices import Office

MOST_DAYS = 800
DAYS = {"7": "7 ngày qua", "30": "30 ngày qua", "90": "90 ngày qua"}
PERIODS = {**DAYS, "thang": "Theo tháng", "khoang": "Từ ngày đến ngày"}
_USUAL = "30"


@dataclass(frozen=True, slots=True)
class Wish:
    """The form as it was filled in.

    Args:
        ky: one of PERIODS.
        thang: a month, ``2026-11``.
        tu, den: days, ``2026-11-30``.
        noi: an office's id, ``0`` for what belongs to none, empty for all they see.
        kenh: a channel, empty for all.
    """

    ky: str = _USUAL
    thang: str = ""
    tu: str = ""
    den: str = ""
    noi: str = ""
    kenh: str = ""

    def query(self) -> str:
        """The same, for an address."""
        told = {n: getattr(self, n) for n in ("ky", "thang", "tu", "den", "noi", "kenh")}
        return urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is shown.

    Args:
        errors: what was wrong with the form, by field; something usual is shown instead.
        said: period, office and channel in words.
    """

    wish: Wish
    period: Period
    whose: Slice
    errors: dict[str, str] = field(default_factory=dict)
    said: str = ""


def read(
    wish: Wish, today: dt.date, scope: Collection[int] | None, offices: Sequence[Office]
) -> Asked | None:
    """What a form asks for; None when it asks for an office that is not theirs to see, or is none.

    Args:
        scope: ids of the offices they see; None for all. What belongs to no office everybody sees.
    """
    errors: dict[str, str] = {}
    period = _period(wish, today, errors)
    seen = {o.id: o.name for o in offices if scope is None or o.id in scope}
    if wish.noi and wish.noi not in {"0", *map(str, seen)}:
        return None
    channel = wish.kenh if wish.kenh in CHANNELS else ""
    if wish.noi:
        chosen: tuple[int, ...] = (int(wish.noi),)
        where = seen.get(int(wish.noi), UNKNOWN)
    else:
        chosen = (ALL_OFFICES,) if scope is None else (NO_OFFICE, *sorted(seen))
        where = "Mọi nơi tiếp nhận" if scope is None else "Các nơi tiếp nhận của tôi"
    on = CHANNELS.get(channel, "mọi kênh")
    said = f"Từ {period.first:%d/%m/%Y} đến {period.last:%d/%m/%Y}; {where}; {on}"
    return Asked(wish, period, Slice(chosen, channel), errors, said)


def _period(wish: Wish, today: dt.date, errors: dict[str, str]) -> Period:
    if wish.ky == "thang":
        return _month(wish.thang, today, errors)
    if wish.ky == "khoang":
        return _between(wish, today, errors)
    return _last(int(wish.ky if wish.ky in DAYS else _USUAL), today)


def _last(days: int, today: dt.date) -> Period:
    return Period(today - dt.timedelta(days=days - 1), today)


def _month(text: str, today: dt.date, errors: dict[str, str]) -> Period:
    try:
        first = dt.date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        errors["thang"] = "Tháng viết như 2026-11."
        return _last(int(_USUAL), today)
    if first > today:
        errors["thang"] = "Tháng này chưa đến."
        return _last(int(_USUAL), today)
    return Period(first, month_end(first))


def _between(wish: Wish, today: dt.date, errors: dict[str, str]) -> Period:
    found: dict[str, dt.date] = {}
    for name in ("tu", "den"):
        try:
            found[name] = dt.date.fromisoformat(getattr(wish, name))
        except ValueError:
            errors[name] = "Cần một ngày, ví dụ 2026-11-30."
    if not errors and found["tu"] > found["den"]:
        errors["den"] = "Ngày cuối phải sau hoặc trùng ngày đầu."
    if not errors and (found["den"] - found["tu"]).days >= MOST_DAYS:
        errors["den"] = f"Nhiều nhất {MOST_DAYS} ngày một lần."
    return _last(int(_USUAL), today) if errors else Period(found["tu"], found["den"])
