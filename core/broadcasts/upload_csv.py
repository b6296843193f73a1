"""The cells of a CSV file, in whatever encoding and with whatever separator spreadsheets write here. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Sequence

from core.broadcasts import upload_wording as wording
from core.broadcasts.upload_model import Cell, Damage, Odd
from core.errors import StaffError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS = ",;\t|"
_SAMPLE = 64 * 1024  # letters looked at to learn the separator
_SEPARATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # what Excel takes as its first line
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+?\d{1,3}", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec thg thang"
_DATE = re.compile(
    rf"\d{{1,4}}[/-]\d{{1,2}}[/-]\d{{1,4}}(?: \d.*)?|\d{{1,2}}-(?:{_MONTHS.replace(' ', '|')})\w*(?:-\d{{2,4}})?",
    re.IGNORECASE,
)
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|#+)", re.IGNORECASE)
_DAMAGED: tuple[tuple[re.Pattern[str], Damage], ...] = (
    (_ROUNDED, "rounded"),
    (_DATE, "date"),
    (_ERROR, "error"),
)
_QUOTED = re.compile(r'="([^"]*)"')


def cells(data: bytes, knows: Callable[[Sequence[Cell]], bool], most: int) -> list[list[Cell]]:
    """The cells of a file.

    Args:
        knows: whether a line holds headings that are known; decides between separators.
        most: lines; more are refused.

    Raises:
        StaffError: it is no text, or a quotation mark is never closed.
    """
    text = _text(data)
    if marked := _SEPARATED.match(text):
        separator, text = marked.group(1), "\n" + text[marked.end() :]  # the line still counts
    else:
        separator = _separator(text[:_SAMPLE], knows)
    return _read(text, separator, most)


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark), encoding)
    if b"\0" in data[:4096]:
        zeros = data[:4096:2].count(0), data[1:4096:2].count(0)
        return _decoded(data, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", wording.NO_TABLE)
    try:
        return _checked(data.decode())
    except UnicodeDecodeError:
        return _decoded(data, "cp1258")


def _decoded(data: bytes, encoding: str, otherwise: str = wording.ODD_LETTERS) -> str:
    try:
        return _checked(data.decode(encoding))
    except UnicodeDecodeError:
        raise StaffError(otherwise, "file") from None


def _checked(text: str) -> str:
    """The text, when it is one: a picture or a programme has control characters."""
    odd = sum(
        1 for letter in text[:_SAMPLE] if unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f"
    )
    if odd:
        raise StaffError(wording.NO_TABLE, "file")
    return unicodedata.normalize("NFC", text)


def _separator(sample: str, knows: Callable[[Sequence[Cell]], bool]) -> str:
    """The separator that cuts a line of known headings into most columns, else the one on most lines."""
    lines = sample.splitlines()[:50]
    widths = {s: max((len(row) for row in _few(lines, s) if knows(row)), default=0) for s in _SEPARATORS}
    if any(widths.values()):
        return max(widths, key=lambda separator: widths[separator])
    return max(_SEPARATORS, key=lambda separator: sum(separator in line for line in lines))


def _few(lines: Sequence[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def _read(text: str, separator: str, most: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([_cell(value.strip()) for value in row])
            if len(rows) > most:
                raise StaffError(wording.too_many(most), "file")
    except csv.Error:  # a field without end is the one fault this dialect knows
        raise StaffError(wording.unclosed(len(rows) + 1), "file") from None
    return rows


def _cell(text: str) -> Cell:
    """A cell, or what a spreadsheet made of it."""
    if quoted := _QUOTED.fullmatch(text):  # how careful people keep Excel from changing a code
        return quoted.group(1).strip()
    if text.startswith(("=", "@")) and len(text) > 1:
        return Odd("formula", text)
    for pattern, damage in _DAMAGED:
        if pattern.fullmatch(text):
            return Odd(damage, text)
    return text
