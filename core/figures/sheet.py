"""A table of figures, as the page, a file of commas and a workbook show it alike. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

As = Literal["text", "number", "decimal", "percent", "day", "month", "ms"]
Value = str | int | float | dt.date | None
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, how its values are shown, and whether a chart draws it."""

    title: str
    shown: As = "number"
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Args:
        name: for addresses and file names, ASCII.
        note: what exactly is counted, and what is not known.
        chart: how the drawn columns are drawn over the first one; None for a table without a chart.
        empty: what to say instead of a table without rows.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    chart: Literal["line", "bar", "stacked"] | None = None
    empty: str = "Chưa có số liệu trong thời gian này."


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at a glance, against the period before.

    Args:
        change: such as ``+12 %``; None when there is nothing to compare with.
        better: whether the change is for the better; None when it is neither.
        estimated: it rests on an assumption and is said to be an estimate.
    """

    title: str
    value: str
    note: str
    change: str | None = None
    better: bool | None = None
    estimated: bool = False


def show(value: Value, shown: As) -> str:
    """A value as Vietnamese readers expect it; NOTHING for None."""
    if value is None:
        return NOTHING
    if isinstance(value, dt.date):
        return f"{value:%m/%Y}" if shown == "month" else f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        return value
    if shown == "percent":
        return f"{number(100 * value, 1)} %"
    if shown == "ms":
        return f"{number(value)} ms" if value < 1000 else f"{number(value / 1000, 1)} giây"
    return number(value, 1 if shown == "decimal" else 0)


def number(value: float, places: int = 0) -> str:
    """``1234.5`` as ``1.234,5``; nothing behind the comma where it is zero."""
    whole, _, rest = f"{value:,.{places}f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def change(now: float | None, before: float | None, shown: As) -> str | None:
    """How a figure changed: in percent, of shares in points; None without anything before."""
    if now is None or before is None or (shown != "percent" and not before):
        return None
    if shown == "percent":
        points = 100 * (now - before)
        return f"{_signed(points, 1)} điểm phần trăm" if abs(points) >= 0.05 else "không đổi"
    share = 100 * (now - before) / before
    return f"{_signed(share, 0)} %" if abs(share) >= 0.5 else "không đổi"


def _signed(value: float, places: int) -> str:
    sign = "+" if value > 0 else "−"
    return f"{sign}{number(abs(value), places)}"


def share(part: float, whole: float) -> float | None:
    """A share of a whole; None of nothing."""
    return part / whole if whole else None


def total(rows: Sequence[tuple[Value, ...]], column: int) -> float:
    """The sum of a column."""
    return sum(value for row in rows if isinstance(value := row[column], int | float))
