"""An uploaded list of dossiers or addresses, checked row by row: nothing in it is lost without being named.

Raises StaffError only where nothing of the file can be used; what is wrong with a line is said of the line. The
style is that of a checker which explains each bad row, so that a list can be mended where it was made.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.broadcasts import upload_csv, upload_xlsx
from core.broadcasts import upload_wording as wording
from core.broadcasts.upload_model import Cell, Odd, Problem, Repeat, Row, Sheet, Uploaded
from core.dossiers.codes import FaultyCode, find
from core.errors import StaffError
from core.messages import Address
from nlu.vietnamese import words

BYTES = 10 * 1024 * 1024
ROWS = 100_000
CHANNELS = ("zalo", "zalobot", "telegram", "web")
_ABOVE = 20  # lines that may stand above the headings: titles, dates, the office's name
_LINES = ROWS + _ABOVE + 1
_CODE = re.compile(
    r"(?:ma|so|ma so) (?:ho so|hs|bien nhan|tiep nhan|so ho so)(?: .*)?|mahoso|sohoso|dossier(?: code)?|code"
)
_ADDRESS = re.compile(r"(?:dia chi|tai khoan|ma) (?:nhan tin|nguoi nhan|tro chuyen|kenh)(?: .*)?|address")
_ADDRESSED = re.compile(r"([a-z]+):([A-Za-z0-9_-]{1,150})")
_PHONE = re.compile(r"(?:\+?84|0)?[35789]\d{8}")
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand; ``line`` is the index of the headings, -1 without any."""

    line: int
    code: int | None
    address: int | None
    names: tuple[str, ...]

    def name(self, column: int) -> str:
        """How staff know a column: its heading, else its letter."""
        heading = self.names[column] if column < len(self.names) else ""
        return wording.cut(heading) or letter(column)


def read(data: bytes, today: dt.date) -> Uploaded:
    """Read an uploaded file, CSV or XLSX by what it holds.

    Args:
        today: the day in the province; no dossier was received after it.

    Raises:
        StaffError: nothing of it can be used; the field is ``file``.
    """
    if len(data) > BYTES:
        raise StaffError(wording.too_large(BYTES), "file")
    table = _table(data)
    columns = _columns(table.rows)
    if len(table.rows) - columns.line - 1 > ROWS:
        raise StaffError(wording.too_many(ROWS), "file")
    return _Reading(columns, today).all(table)


def letter(column: int) -> str:
    """A column's letter; 0 is ``A``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _table(data: bytes) -> Sheet:
    if data.startswith(_OLE):
        raise StaffError(wording.OLD_EXCEL, "file")
    if data.startswith(_ZIP):
        table = upload_xlsx.sheet(data, _LINES)
    else:
        table = Sheet(upload_csv.cells(data, _knows, _LINES))
    if not any(any(row) for row in table.rows):
        raise StaffError(wording.EMPTY_FILE, "file")
    return table


def _knows(row: Sequence[Cell]) -> bool:
    return any(_meaning(cell) for cell in row)


def _meaning(cell: Cell) -> str:
    """What a heading stands over: ``code``, ``address`` or nothing we use."""
    if isinstance(cell, Odd) or len(cell) > 80:
        return ""
    folded = " ".join(words(cell))
    if _CODE.fullmatch(folded):
        return "code"
    return "address" if _ADDRESS.fullmatch(folded) else ""


def _columns(rows: Sequence[Sequence[Cell]]) -> Columns:
    """Where the headings are and what they stand over; a file may begin with its first line of values."""
    for line, row in enumerate(rows[: _ABOVE + 1]):
        if _knows(row):
            names = tuple(cell if isinstance(cell, str) else cell.shown for cell in row)
            return Columns(
                line, _one(row, "code", "mã hồ sơ"), _one(row, "address", "địa chỉ nhắn tin"), names
            )
    first = next(row for row in rows if any(row))
    for column, cell in enumerate(first):
        if isinstance(cell, str) and find(cell, dt.date.max):
            return Columns(-1, column, None, ())
        if isinstance(cell, str) and _address(cell):
            return Columns(-1, None, column, ())
    raise StaffError(wording.no_heading([c for c in first if isinstance(c, str) and c]), "file")


def _one(row: Sequence[Cell], meaning: str, what: str) -> int | None:
    found = [column for column, cell in enumerate(row) if _meaning(cell) == meaning]
    exact = [column for column in found if " ".join(words(str(row[column]))) == "ma ho so"]
    found = exact if len(exact) == 1 else found
    if len(found) > 1:
        raise StaffError(wording.two_headings(str(row[found[0]]), str(row[found[1]]), what), "file")
    return found[0] if found else None


def _address(text: str) -> Address | None:
    found = _ADDRESSED.fullmatch(text.strip())
    return Address(found.group(1), found.group(2)) if found and found.group(1) in CHANNELS else None


class _Reading:
    """One pass through the lines."""

    def __init__(self, columns: Columns, today: dt.date) -> None:
        self._columns, self._today = columns, today
        self._rows: list[Row] = []
        self._problems: list[Problem] = []
        self._repeats: list[Repeat] = []
        self._empty = 0
        self._first: dict[tuple[str | None, Address | None], int] = {}

    def all(self, table: Sheet) -> Uploaded:
        for index in range(self._columns.line + 1, len(table.rows)):
            self._line(index + 1, table.rows[index])
        done = (tuple(self._rows), tuple(self._problems), tuple(self._repeats))
        return Uploaded(*done, empty=self._empty, notes=table.notes)

    def _line(self, line: int, row: Sequence[Cell]) -> None:
        if not any(row):
            self._empty += 1
            return
        before = len(self._problems)
        code_at, address_at = self._columns.code, self._columns.address
        code, wrong = _code(_at(row, code_at), self._today)
        self._problem(line, code_at, wrong)
        address, wrong = _addressed(_at(row, address_at))
        self._problem(line, address_at, wrong)
        if len(self._problems) > before:
            return
        if code is None and address is None:
            places = [p for p in (code_at, address_at) if p is not None]
            self._problem(line, places[0], wording.missing([self._columns.name(place) for place in places]))
            return
        self._keep(Row(line, code, address))

    def _keep(self, row: Row) -> None:
        first = self._first.setdefault((row.code, row.address), row.line)
        if first == row.line:
            self._rows.append(row)
        else:
            said = " ".join(str(part) for part in (row.code, row.address) if part)
            self._repeats.append(Repeat(row.line, first, said))

    def _problem(self, line: int, column: int | None, said: str) -> None:
        if said and column is not None:
            self._problems.append(Problem(line, self._columns.name(column), said))


def _at(row: Sequence[Cell], column: int | None) -> Cell:
    return row[column] if column is not None and column < len(row) else ""


def _code(cell: Cell, today: dt.date) -> tuple[str | None, str]:
    """The code in a cell, or what is wrong with it; neither for an empty one."""
    if not cell:
        return None, ""
    if isinstance(cell, Odd):
        return None, wording.odd(cell)
    found = find(cell, today)
    if not found:
        return None, wording.no_code(cell)
    if len(found) > 1:
        return None, wording.swallowed() if cell.count("\n") > 1 else wording.several(len(found))
    if isinstance(found[0], FaultyCode):
        return None, wording.faulty(found[0].text, found[0].fault)
    return found[0].text, ""


def _addressed(cell: Cell) -> tuple[Address | None, str]:
    """The address in a cell, or what is wrong with it; neither for an empty one."""
    if not cell:
        return None, ""
    if isinstance(cell, Odd):
        return None, wording.odd(cell)
    if address := _address(cell):
        return address, ""
    phone = _PHONE.fullmatch(re.sub(r"[ .-]", "", cell))
    return None, wording.telephone() if phone else wording.no_address(cell, CHANNELS)
