"""How the console writes times, numbers and money. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def of(zone: ZoneInfo, now: Callable[[], dt.datetime]) -> dict[str, Callable[..., Any]]:
    """The filters of the templates, for a province."""

    def moment(value: dt.datetime | None) -> str:
        return f"{value.astimezone(zone):%d/%m/%Y %H:%M}" if value else "–"

    def day(value: dt.datetime | dt.date | None) -> str:
        local = value.astimezone(zone) if isinstance(value, dt.datetime) else value
        return f"{local:%d/%m/%Y}" if local else "–"

    def clock(value: dt.datetime | None) -> str:
        return f"{value.astimezone(zone):%H:%M}" if value else "–"

    def since(value: dt.datetime | None) -> str:
        return ago((now() - value).total_seconds()) if value else "–"

    return {
        "moment": moment,
        "day": day,
        "clock": clock,
        "ago": since,
        "number": number,
        "money": lambda value: f"{number(value)} đồng",
        "percent": percent,
    }


def number(value: float | None) -> str:
    """1234 as ``1.234``."""
    return "–" if value is None else f"{value:,.0f}".replace(",", ".")


def percent(value: float | None) -> str:
    """0.123 as ``12,3 %``."""
    return "–" if value is None else f"{100 * value:.1f} %".replace(".", ",")


def ago(seconds: float) -> str:
    """How long since: ``12 phút trước``; what lies ahead, ``còn 2 giờ``."""
    size = abs(seconds)
    if size < _MINUTE:
        return "vừa xong" if seconds >= 0 else "ngay bây giờ"
    unit, name = next((u, n) for u, n in ((_DAY, "ngày"), (_HOUR, "giờ"), (_MINUTE, "phút")) if size >= u)
    said = f"{size // unit:.0f} {name}"
    return f"{said} trước" if seconds >= 0 else f"còn {said}"
