"""Tables for spreadsheets: CSV that Excel opens with its accents, and in which nothing is a formula. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by it Excel knows UTF-8


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The text of a file."""
    return MARK + "".join(line(row) for row in (head, *rows))


def line(cells: Sequence[object]) -> str:
    """One line of a file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return out.getvalue()


def safe(cell: object) -> str:
    """A cell; words that a spreadsheet would take for a formula get an apostrophe in front."""
    if cell is None:
        return ""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(cell)
    said = str(cell)
    return f"'{said}" if said.lstrip(" \N{NO-BREAK SPACE}").startswith(_FORMULA) else said
