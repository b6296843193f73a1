"""Hours and days as people write them: "sau 9 giờ", "18h30", "7 ngày", "đến 5/12". Pure.

What is read is cut out of the text, so that whoever asks sees the words that are left.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from nlu.vietnamese import clean, fold

MOST_DAYS = 180  # of a pause
_NUMBERS = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_UNITS = {"ngay": 1, "hom": 1, "bua": 1, "tuan": 7, "thang": 30}
_LASTS = re.compile(rf"\b{_NUMBER} ?({'|'.join(_UNITS)})\b(?: nua| toi)?")
_UNTIL = re.compile(
    r"\b(?:(het|qua) )?(?:den|toi|dn)(?: (het))?(?: ngay| hom| mung)? (\d{1,2}) ?(?:[/.-]|thang) ?(\d{1,2})(?: ?(?:[/.-]|nam) ?(\d{4}|\d{2}))?\b"
)
_TOMORROW = re.compile(r"\b(?:den|toi) (mai|ngay mai|mot|ngay mot|ngay kia)\b|\b(hom nay)\b")
_WEEKDAYS = {
    "hai": 0,
    "2": 0,
    "ba": 1,
    "3": 1,
    "tu": 2,
    "4": 2,
    "nam": 3,
    "5": 3,
    "sau": 4,
    "6": 4,
    "bay": 5,
    "7": 5,
}
_WEEKDAY = re.compile(
    r"\b(?:den|toi) (?:thu (hai|ba|tu|nam|sau|bay|[2-7])|(chu nhat|cn))\b(?: tuan sau| toi)?"
)
_PART = r"(?: (sang|trua|chieu|toi|dem|khuya))?"
_MINUTES = r"(?: ?(\d{2})(?: ?(?:phut|p)\b)?| ?(ruoi))?"
_HOUR = rf"(\d{{1,2}})(?: ?(?:h|gio|g|:)|(?= ruoi)){_MINUTES}{_PART}\b"
_BETWEEN = re.compile(
    rf"\b(?:tu |trong |khoang )*(\d{{1,2}})(?: ?(?:h|gio|g|:){_MINUTES})?{_PART} ?(?:den|toi|-|–) ?{_HOUR}"
)
_ONE = re.compile(
    rf"\b(?:(sau|tu|truoc)(?: luc| khoang)?|luc|vao luc|vao|khoang|sang|qua|thanh) {_HOUR}(?: tro di)?|\b{_HOUR}"
)
_NAMED: tuple[tuple[re.Pattern[str], dt.time, dt.time], ...] = (
    (re.compile(r"\b(?:trong |vao )?gio (?:hanh chinh|lam viec)\b"), dt.time(8), dt.time(17)),
    (re.compile(r"\b(?:vao )?buoi sang\b"), dt.time(7), dt.time(12)),
    (re.compile(r"\b(?:vao )?buoi trua\b"), dt.time(11), dt.time(14)),
    (re.compile(r"\b(?:vao )?buoi chieu\b"), dt.time(13), dt.time(18)),
    (re.compile(r"\b(?:vao )?buoi toi\b"), dt.time(18), dt.time(22)),
)
_USUAL = re.compile(r"\b(?:gio (?:nao|gi) cung duoc|luc nao cung duoc|gio (?:mac dinh|chung|cua tinh))\b")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours somebody names. ``first`` or ``last`` is None where they leave it open; both for the usual ones.

    Args:
        at: whether they named one moment ("lúc 18h").
        wrong: whether there is no such hour.
    """

    first: dt.time | None = None
    last: dt.time | None = None
    at: bool = False
    wrong: bool = False


def plain(text: str) -> str:
    """Folded text with its digits and signs, ``tối`` marked apart from ``tôi``."""
    marked = re.sub(r"(?i)(\d ?(?:h|g|giờ|gio|:)? ?\d{0,2}(?: ?rưỡi)?) tối\b", r"\1 dem", clean(text))
    return re.sub(r"\s+", " ", fold(marked)).strip(" .!?,")


def hours_in(said: str) -> tuple[Hours | None, str]:
    """The hours in a folded text (see ``plain``) and what is left of it."""
    if match := _USUAL.search(said):
        return Hours(), _without(said, match)
    if match := _BETWEEN.search(said):
        groups = match.groups()
        later = groups[7] if groups[7] != "toi" or not said[match.end() :].strip() else None
        last = _time(groups[4], groups[5], groups[6], later)
        first = _time(groups[0], groups[1], groups[2], groups[3] or _shared(groups[0], last))
        if first is None or last is None or first == last:
            return Hours(wrong=True), _without(said, match)
        return Hours(first, last), _without(said, match)
    for pattern, first, last in _NAMED:
        if match := pattern.search(said):
            return Hours(first, last), _without(said, match)
    if match := _ONE.search(said):
        word, *first_try = match.groups()[:5]
        groups = tuple(first_try) if first_try[0] else match.groups()[5:9]
        return _one(word, groups, said, match)
    return None, said


def _one(
    word: str | None, groups: tuple[str | None, ...], said: str, match: re.Match[str]
) -> tuple[Hours, str]:
    part, rest = groups[3], _without(said, match)
    if part == "toi" and said[match.end() :].strip():  # "9h toi ranh": it is "tôi"
        part = None
    moment = _time(groups[0], groups[1], groups[2], part)
    if moment is None:
        return Hours(wrong=True), rest
    if word in ("sau", "tu"):
        return Hours(first=moment), rest
    if word == "truoc":
        return Hours(last=moment), rest
    return Hours(first=moment, at=True), rest


def _shared(hour: str | None, last: dt.time | None) -> str | None:
    """The part of the day that "từ 2 đến 4 giờ chiều" names once for both."""
    return "chieu" if hour and last and last.hour > 12 and int(hour) + 12 < last.hour else None


def _time(hour: str | None, minute: str | None, half: str | None, part: str | None) -> dt.time | None:
    number, minutes = int(hour or 0), 30 if half else int(minute or 0)
    if part in ("chieu", "toi", "dem", "khuya") and 1 <= number < 12:
        number += 0 if part in ("dem", "khuya") and number < 5 else 12
    if part == "trua" and number < 4:
        number += 12
    return dt.time(number, minutes) if number < 24 and minutes < 60 else None


def pause_in(said: str, today: dt.date) -> tuple[dt.date | None, str]:
    """The day from which somebody wants to be told again, in a folded text, and what is left of it.

    ``dt.date.min`` stands for a day that does not exist or is past.
    """
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], dt.date]], ...] = (
        (_UNTIL, _until),
        (_WEEKDAY, _weekday),
        (_TOMORROW, _soon),
        (_LASTS, _lasting),
    )
    for pattern, read in readers:
        if match := pattern.search(said):
            return read(match, today), _without(said, match)
    return None, said


def _until(match: re.Match[str], today: dt.date) -> dt.date:
    over, over_too, day, month, year = match.groups()
    number = int(year) + (2000 if len(year) == 2 else 0) if year else today.year
    try:
        found = dt.date(number, int(month), int(day))
        if found <= today and not year:
            found = found.replace(year=number + 1)
    except ValueError:
        return dt.date.min
    if found <= today:
        return dt.date.min
    return found + dt.timedelta(1) if over or over_too else found


def _weekday(match: re.Match[str], today: dt.date) -> dt.date:
    wanted = _WEEKDAYS[match.group(1)] if match.group(1) else 6
    ahead = (wanted - today.weekday() - 1) % 7 + 1
    if "tuan sau" in match.group() and ahead + today.weekday() < 7:
        ahead += 7
    return today + dt.timedelta(ahead)


def _soon(match: re.Match[str], today: dt.date) -> dt.date:
    return today + dt.timedelta(1 if match.group(2) or "mai" in match.group() else 2)


def _lasting(match: re.Match[str], today: dt.date) -> dt.date:
    number = _NUMBERS.get(match.group(1)) or int(match.group(1))
    days = number * _UNITS[match.group(2)]
    return today + dt.timedelta(min(days, 10 * MOST_DAYS)) if days else dt.date.min


def _without(said: str, match: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", f"{said[: match.start()]} {said[match.end() :]}").strip()
