"""Dossier codes (mã hồ sơ) in whatever writing people use. Pure.

Identifier of the agency, day of receipt, number of that day: ``H15.50.05.13-261008-0975`` (QĐ
20/2020/QĐ-TTg), ``000.00.12.H45-200926-0001`` in the older order, ``G09.20-20260609-0092637`` from a
ministry. Spaces, lost or doubled dots, lower case and long dashes do not matter.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Fault = Literal["no_day", "bad_day", "future"]

_GAP = r"[\s.]*"
_CUT = r"\s*[-–—−_]+\s*|[\s.]+"
_CODE = re.compile(
    rf"(?<![A-Z0-9])(?P<old>\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP})?(?P<root>[A-Z]\d{{2}})"
    rf"(?P<unit>(?:{_GAP}\d{{1,3}}){{0,4}}?)(?P<cut>{_CUT})(?P<day>\d{{8}}|\d{{6}})(?:{_CUT})(?P<number>\d{{3,7}})(?!\d)"
)
_WITHOUT_DAY = re.compile(
    rf"(?<![A-Z0-9])[GH]\d{{2}}(?:{_GAP}\d{{1,3}}){{0,4}}?\s*[-–—−_]\s*\d{{3,7}}(?![\s.\-–—−_]*\d)"
)


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A well-formed code.

    Args:
        text: as printed on the receipt: upper case, dots and dashes in place.
        root: the province (``H15``) or ministry (``G09``) that gave it.
        received: the day of receipt it names.
    """

    text: str
    root: str
    received: dt.date

    @property
    def of_ministry(self) -> bool:
        """Whether a ministry gave it (identifiers G…, QĐ 20/2020/QĐ-TTg)."""
        return self.root.startswith("G")

    @classmethod
    def parse(cls, text: str) -> DossierCode:
        """Read a code we wrote ourselves. Raises ValueError when it is none."""
        found = find(text, dt.date.max)
        if len(found) != 1 or not isinstance(found[0], DossierCode):
            raise ValueError("not a dossier code")
        return found[0]


@dataclass(frozen=True, slots=True)
class FaultyCode:
    """Something meant as a code that cannot be one; ``text`` as written, upper case."""

    text: str
    fault: Fault


def find(text: str, today: dt.date) -> list[DossierCode | FaultyCode]:
    """The codes a message holds, in order and each once.

    Args:
        text: what was written or scanned.
        today: the day in the province; no dossier was received after it.
    """
    upper = unicodedata.normalize("NFKC", text).upper()
    found: dict[str, DossierCode | FaultyCode] = {}
    for match in _CODE.finditer(upper):
        if _plausible(match):
            code = _read(match, today)
            found.setdefault(code.text, code)
    if not found:
        for match in _WITHOUT_DAY.finditer(upper):
            written = " ".join(match.group().split())
            found.setdefault(written, FaultyCode(written, "no_day"))
    return list(found.values())


def _plausible(match: re.Match[str]) -> bool:
    """Without a dash only what starts like a province's or ministry's code is one: "A12 123456 789" is not."""
    dashed = any(c in match.group() for c in "-–—−_")
    return dashed or (match["root"][0] in "GH" and bool(match["unit"] or match["old"]))


def _read(match: re.Match[str], today: dt.date) -> DossierCode | FaultyCode:
    parts = [*_segments(match["old"] or "", old=True), match["root"], *_segments(match["unit"], old=False)]
    text = f"{'.'.join(parts)}-{match['day']}-{match['number']}"
    day = _day(match["day"])
    if day is None:
        return FaultyCode(text, "bad_day")
    return FaultyCode(text, "future") if day > today else DossierCode(text, match["root"], day)


def _segments(written: str, old: bool) -> list[str]:
    """The parts between dots; where dots were lost, pairs of digits (after three in the older order)."""
    digits = re.sub(r"\D", "", written)
    if old:
        return [digits[:3], digits[3:5], digits[5:7]] if digits else []
    parts = re.findall(r"\d+", written)
    if len(parts) == 1 and len(digits) > 2 and len(digits) % 2 == 0:
        return [digits[i : i + 2] for i in range(0, len(digits), 2)]
    return parts


def _day(digits: str) -> dt.date | None:
    year = int(digits[:-4]) + (2000 if len(digits) == 6 else 0)
    try:
        return dt.date(year, int(digits[-4:-2]), int(digits[-2:]))
    except ValueError:
        return None
