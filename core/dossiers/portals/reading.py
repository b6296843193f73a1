"""Reading what portals send, field by field. Pure.

Nothing here raises on odd types: a field of the wrong type is absent, because one bad field must not hide
a dossier. Only an answer whose letters are broken is refused as a whole (:func:`demand_letters`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from core.dossiers.codes import DossierCode
from core.dossiers.model import Status, status_named
from core.errors import PortalConfused
from core.privacy import HIDDEN, mask_numbers
from nlu.vietnamese import clean, words

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_VIETNAMESE = "228"  # languageId of iGate; English is 46
_EARLIEST = dt.datetime(2000, 1, 1, tzinfo=ZONE)
_AHEAD, _DUE = dt.timedelta(days=1), dt.timedelta(days=3653)
_LONG, _MONEY, _NESTED = 2000, 10**12, 5
_STAMP = re.compile(r"[0-9]{14}")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+)(?:[.,]0{1,2})?(?:đ|đồng|vnđ|vnd)?")
_IDENTITY = re.compile(r"[0-9]{9}|[0-9]{12}")
_LONG_NUMBER = re.compile(r"[0-9]{9,}")
_LETTERS = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)


def text(value: Any) -> str:
    """Text or a whole number as NFC text without control characters; everything else is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else ""
    return clean(value[: 4 * _LONG])


def free(value: Any) -> str:
    """Text somebody wrote, with telephone and identity numbers hidden."""
    return mask_numbers(text(value))[:_LONG]


def file_name(value: Any) -> str:
    """The name of a file; any long number in it is hidden, since names glue them to letters (``cccd_0…``)."""
    return _LONG_NUMBER.sub(HIDDEN, free(value))


def localized(value: Any, depth: int = _NESTED) -> str:
    """A name given as text, as ``[{"languageId":228,"name":…}]``, under ``name``, or under ``translate``.

    Vietnamese is preferred, then what carries no language, then whatever there is.
    """
    if depth == 0:
        return ""
    if isinstance(value, dict):
        return localized(value.get("translate"), depth - 1) or localized(value.get("name"), depth - 1)
    if isinstance(value, list):
        ranked = sorted((one for one in value if isinstance(one, dict)), key=_language)
        return next((said for one in ranked if (said := localized(one, depth - 1))), "")
    return free(value)


def _language(item: dict[str, Any]) -> int:
    number = item.get("languageId")
    return 0 if text(number) == _VIETNAMESE else 1 if number is None else 2


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; empty when it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def names(value: Any, *keys: str) -> tuple[str, ...]:
    """The names in a list of texts or of objects that hold one under the first of ``keys`` they have."""
    if not isinstance(value, list):
        return ()
    found = []
    for one in value:
        said = [file_name(one.get(key)) for key in keys] if isinstance(one, dict) else [file_name(one)]
        found.append(next(filter(None, said), ""))
    return tuple(filter(None, found))


def part(value: Any, *path: str) -> Any:
    """What lies under a path of keys; None where the path breaks off."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def flag(value: Any) -> bool | None:
    """True or false as portals write it (``"True"``, ``"0"``, 1); None when it is neither."""
    said = str(value).lower() if isinstance(value, bool) else text(value).lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(said)


@dataclass(frozen=True, slots=True)
class Times:
    """Reads moments as of ``now``; implausible ones are absent. What it gives is in Vietnam time."""

    now: dt.datetime

    def past(self, value: Any) -> dt.datetime | None:
        """When something happened: never more than a day ahead of now (clocks differ), never before 2000."""
        return self._until(value, _AHEAD)

    def due(self, value: Any, since: Any = None) -> dt.datetime | None:
        """When something is due: never more than ten years ahead.

        Args:
            since: when its term began, as the portal wrote it; where that is a moment but no plausible one,
                the portal's clock is wrong and what it says is due is absent too.
        """
        if _moment(since) is not None and self.past(since) is None:
            return None
        return self._until(value, _DUE)

    def _until(self, value: Any, ahead: dt.timedelta) -> dt.datetime | None:
        moment = _moment(value)
        return moment if moment and _EARLIEST <= moment <= self.now + ahead else None


def _moment(value: Any) -> dt.datetime | None:
    """``yyyyMMddHHmmss`` in Vietnam time, or ISO with ``Z``, ``+0700``, ``+07:00`` or no zone (Vietnam)."""
    said = text(value)
    try:
        if _STAMP.fullmatch(said):
            return dt.datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
        if not _ISO.fullmatch(said):
            return None
        read = dt.datetime.fromisoformat(said)
        return read.astimezone(ZONE) if read.tzinfo else read.replace(tzinfo=ZONE)
    except (ValueError, OverflowError):
        return None


def money(value: Any) -> int | None:
    """Đồng, zero or more: 8000, ``"8.000"``, ``"8000.0"``, ``"8.000 đồng"``; None for anything else."""
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    found = _AMOUNT.fullmatch(text(value).lower().replace(" ", ""))
    if found is None:
        return None
    amount = int(re.sub(r"[.,]", "", found["whole"]))
    return amount if amount <= _MONEY else None


def phones(*values: Any) -> tuple[str, ...]:
    """The valid telephone numbers among the values, as E.164, each once."""
    found = []
    for said in filter(None, map(text, values)):
        try:
            number = phonenumbers.parse(said, "VN")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return tuple(dict.fromkeys(found))


def identities(*values: Any) -> tuple[str, ...]:
    """The identity numbers (9 or 12 digits) among the values, each once."""
    digits = (re.sub(r"[ .]", "", text(value)) for value in values)
    return tuple(dict.fromkeys(d for d in digits if _IDENTITY.fullmatch(d)))


def status(value: Any, local: Mapping[str, str]) -> tuple[Status | None, str]:
    """The status a name means and the name as it came.

    Args:
        local: names of this portal with the official name each stands for; empty in most places.
    """
    said = free(value)
    known = {" ".join(words(name)): official for name, official in local.items()}
    return status_named(known.get(" ".join(words(said)), said)), said


def is_code(value: Any, code: DossierCode) -> bool:
    """Whether a portal's field holds exactly this code; case and blanks do not matter."""
    return text(value).replace(" ", "").upper() == code.text


def demand_letters(portal: str, answer: Any) -> None:
    """Refuse an answer whose Vietnamese was broken on the way.

    Raises:
        PortalConfused: a text is UTF-8 that was read as Latin-1 or Windows-1252, or holds U+FFFD.
    """
    left = [answer]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)
        elif isinstance(one, str) and _is_broken(one):
            raise PortalConfused(f"portal {portal}: letters broken by a wrong encoding")


def _is_broken(said: str) -> bool:
    if said.isascii():
        return False
    if "\ufffd" in said:
        return True
    try:
        meant = b"".join(map(_byte, said)).decode("utf-8")
    except UnicodeError:
        return False
    return _LETTERS.search(meant) is not None


def _byte(letter: str) -> bytes:
    """The byte a reader of Windows-1252 took for this letter; bytes without a letter stay as they are."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
