"""Tables as files: commas for one, a workbook for all of them.

What a spreadsheet would take for a formula is text here: cells that begin with ``= + - @``, a tab or a line end get
an apostrophe in files of commas, and are written as text in workbooks, whoever wrote the words in them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from core.figures.sheet import As, Column, Table, Value
from core.spreadsheet import safe

_BAD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook can hold these
_SHEET = re.compile(r"[\[\]:*?/\\]")
_FORMATS: dict[As, str] = {
    "number": "#,##0",
    "decimal": "0.0",
    "percent": "0.0%",
    "day": "dd/mm/yyyy",
    "month": "mm/yyyy",
    "ms": "#,##0",
}


def to_csv(table: Table) -> bytes:
    """One table, UTF-8 with the mark by which spreadsheets know it; numbers plain, shares as fractions."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe(_heading(column)) for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def to_workbook(tables: Iterable[Table], heading: str) -> bytes:
    """A sheet for each table, with its title and its note above it.

    Args:
        heading: the province and the period, above every table.
    """
    book = Workbook(write_only=True)
    names: set[str] = set()
    for table in tables:
        sheet = book.create_sheet(_sheet_name(table.title, names))
        _fill(sheet, table, heading)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, table: Table, heading: str) -> None:
    for number, column in enumerate(table.columns):
        wide = column.shown == "text"
        sheet.column_dimensions[_letter(number)].width = 48 if wide else 18
    sheet.append([_cell(sheet, table.title, bold=True)])
    sheet.append([_cell(sheet, heading)])
    if table.note:
        sheet.append([_cell(sheet, table.note)])
    sheet.append([])
    sheet.append([_cell(sheet, _heading(c), bold=True, wrapped=True) for c in table.columns])
    for row in table.rows:
        sheet.append([_value(sheet, value, column) for value, column in zip(row, table.columns, strict=True)])
    if not table.rows:
        sheet.append([_cell(sheet, table.empty)])


def _value(sheet: Any, value: Value, column: Column) -> Any:
    if isinstance(value, str):
        return _cell(sheet, value, wrapped=True)
    cell: Any = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # a day may be one
    if column.shown in _FORMATS:
        cell.number_format = _FORMATS[column.shown]
    return cell


def _cell(sheet: Any, text: str, bold: bool = False, wrapped: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=_BAD.sub("", text))
    cell.data_type = "s"  # also what begins with an equals sign
    if bold:
        cell.font = Font(bold=True)
    if wrapped:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _heading(column: Column) -> str:
    return f"{column.title} (ms)" if column.shown == "ms" else column.title


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    return safe(value) if isinstance(value, str) else str(round(value, 4))


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 letters, none that a sheet's name may not hold, each name once."""
    base, number = _SHEET.sub(" ", title)[:28].strip(), 2
    name = base
    while name.casefold() in taken:
        name, number = f"{base} {number}", number + 1
    taken.add(name.casefold())
    return name


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def as_dicts(tables: Sequence[Table]) -> list[dict[str, object]]:
    """Tables as JSON holds them."""
    return [
        {
            "name": table.name,
            "title": table.title,
            "note": table.note,
            "columns": [column.title for column in table.columns],
            "rows": [[v.isoformat() if isinstance(v, dt.date) else v for v in row] for row in table.rows],
        }
        for table in tables
    ]
