"""The cells of the first sheet of an Excel workbook, which is not trusted: it may unpack to gigabytes, or hold one
cell so far away that everything up to it would fill the memory. Both are seen before it is opened."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.broadcasts import upload_wording as wording
from core.broadcasts.upload_model import Cell, Odd, Sheet
from core.errors import StaffError

UNPACKED = 150 * 1024 * 1024  # bytes of all parts together
AREA = 5_000_000  # cells from the first to the last one, empty ones among them
MEMBERS = 2_000
_CHUNK = 1 << 20
_EXACT = 10**15  # Excel keeps fifteen digits
_CELL_AT = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,7})(\d{1,10})["']""")
_ROW_AT = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br\s*=\s*["'](\d{1,10})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*[^<>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>[^<]")
_REF = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_ERROR_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")


def sheet(data: bytes, most: int) -> Sheet:
    """The cells of the first visible sheet.

    Args:
        most: lines; more are refused.

    Raises:
        StaffError: it is damaged, or too large.
    """
    parts = _unpacked(data)
    for part in parts.values():
        _check_area(part, most)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [m.name for m in book.sheets_metadata if m.visible is SheetVisibleEnum.Visible and _table(m)]
        if not shown:
            raise StaffError(wording.EMPTY_FILE, "file")
        values = book.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False)
    except CalamineError:
        raise StaffError(wording.BROKEN_EXCEL, "file") from None
    rows = [[_cell(value) for value in row] for row in values]
    _put_in_hidden(rows, parts.get(_member(parts, shown[0]), b""))
    notes = (wording.other_sheets(shown[0], len(shown) - 1),) if len(shown) > 1 else ()
    return Sheet(rows, notes)


def _table(meta: Any) -> bool:
    return bool(meta.typ is SheetTypeEnum.WorkSheet)


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Every part, really unpacked within UNPACKED: what a part says of its own size may be a lie."""
    parts: dict[str, bytes] = {}
    left = UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            if len(book.infolist()) > MEMBERS or sum(i.file_size for i in book.infolist()) > UNPACKED:
                raise StaffError(wording.unpacks_too_large(UNPACKED), "file")
            for info in book.infolist():
                parts[info.filename] = part = _part(book, info, left)
                left -= len(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise StaffError(wording.BROKEN_EXCEL, "file") from None
    if "xl/workbook.xml" not in parts or "xl/workbook.bin" in parts or "content.xml" in parts:
        raise StaffError(wording.NO_TABLE, "file")
    return parts


def _part(book: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    info.file_size = left + 2 * _CHUNK  # read to the end, wherever that is; the checksum is compared there
    read = bytearray()
    with book.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            read += chunk
            if len(read) > left:
                raise StaffError(wording.unpacks_too_large(UNPACKED), "file")
    return bytes(read)


def _check_area(part: bytes, most: int) -> None:
    """Refuse cells so far away that the table up to them is too large."""
    columns = {match.group(1) for match in _CELL_AT.finditer(part)}
    lines = {int(match.group(2)) for match in _CELL_AT.finditer(part)}
    lines |= {int(match.group(1)) for match in _ROW_AT.finditer(part)}
    width = max((_column(name) for name in columns), default=1)
    height = max(lines, default=1)
    if height > most:
        raise StaffError(wording.too_many(most), "file")
    if width * height > AREA:
        raise StaffError(wording.TOO_WIDE, "file")


def _column(letters: bytes) -> int:
    """``A`` is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        if abs(value) >= _EXACT:
            return Odd("rounded", f"{value:.5E}")
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, dt.date):  # a moment is one too
        return Odd("date", f"{value:%d/%m/%Y}")
    return Odd("date", str(value))  # a time or a length of time


def _member(parts: dict[str, bytes], name: str) -> str:
    """The part that holds a sheet; empty when the workbook does not say so in the usual way."""
    book, links = parts["xl/workbook.xml"], parts.get("xl/_rels/workbook.xml.rels", b"")
    for tag in re.findall(rb"<(?:\w+:)?sheet\b[^<>]*>", book):
        if _attribute(tag, b"name") == name:
            wanted = _attribute(tag, rb"\w+:id")
            for link in re.findall(rb"<Relationship\b[^<>]*>", links):
                if _attribute(link, b"Id") == wanted:
                    target = _attribute(link, b"Target")
                    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    text = (found.group(1) or found.group(2) or b"").decode("utf-8", "replace") if found else ""
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return text


def _put_in_hidden(rows: list[list[Cell]], part: bytes) -> None:
    """Cells that read as empty but are not: errors, and formulas nobody has calculated."""
    if b"<f" not in part and b":f" not in part and b'"e"' not in part and b"'e'" not in part:
        return
    for match in _CELL.finditer(part):
        attributes, inner = match.groups()
        at = _REF.search(attributes)
        if at is None:
            continue
        line, column = int(at.group(2)) - 1, _column(at.group(1)) - 1
        read = line < len(rows) and column < len(rows[line]) and rows[line][column]
        if not read and (odd := _hidden(attributes, inner)):
            _put(rows, line, column, odd)


def _hidden(attributes: bytes, inner: bytes) -> Odd | None:
    if re.search(rb"""\bt\s*=\s*["']e["']""", attributes):
        shown = _ERROR_VALUE.search(inner)
        return Odd("error", (shown.group(1) if shown else b"#").decode("utf-8", "replace"))
    formula = _FORMULA.search(inner)
    if formula and not _VALUE.search(inner[: formula.start()] + inner[formula.end() :]):
        return Odd("formula", f"={(formula.group(1) or b'').decode('utf-8', 'replace')}")
    return None


def _put(rows: list[list[Cell]], line: int, column: int, odd: Odd) -> None:
    while len(rows) <= line:
        rows.append([])
    row = rows[line]
    row += [""] * (column + 1 - len(row))
    row[column] = odd
