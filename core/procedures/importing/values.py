"""Reading the loose values that foreign records hold: amounts, time limits, counts. Pure."""

from __future__ import annotations

import re
from typing import Any

from nlu.vietnamese import clean, fold


class RowError(ValueError):
    """One record cannot be used; the message names the field and what is wrong with it."""


_AMOUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:vnđ|vnd|đồng|đ\b|d\b|dong)?", re.IGNORECASE)
_TIME = re.compile(r"(\d+)\s*(ngày làm việc|ngay lam viec|ngày|ngay|giờ|gio)", re.IGNORECASE)
_UNITS = {"ngay lam viec": "working_days", "ngay": "days", "gio": "hours", "thang": "months"}


def text(value: Any) -> str | None:
    """Cleaned text, or None when there is none; markup and blanks of pasted pages are dropped."""
    if value is None:
        return None
    said = clean(re.sub(r"<[^>]+>", " ", str(value)))
    return said.strip(" -–•;") or None


def code(value: Any, field: str) -> str:
    """A procedure code such as ``1.001193``; a unit suffix is cut. Raises RowError."""
    found = re.match(r"\d\.\d{6}", str(value or "").strip())
    if not found:
        raise RowError(f"{field}: “{str(value)[:40]}” không phải mã thủ tục dạng 1.001193")
    return found.group()


def amount(value: Any, field: str) -> int | None:
    """Đồng as a whole number; None when empty. Raises RowError for anything else."""
    if value in (None, ""):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value == int(value):
        return int(value)
    found = _AMOUNT.fullmatch(str(value).strip())
    if not found:
        raise RowError(f"{field}: “{str(value)[:40]}” không phải số tiền")
    return int(re.sub(r"[.,]", "", found.group(1)))


def time_limit(value: Any, unit: Any, note: str | None, field: str) -> dict[str, Any]:
    """A time limit from a number and its unit. Raises RowError for a unit nobody knows."""
    if value in (None, ""):
        return {"value": None, "unit": None, "note": note}
    if not str(value).strip().isdecimal():
        raise RowError(f"{field}: “{str(value)[:40]}” không phải số ngày")
    number, kind = int(str(value)), _UNITS.get(fold(str(unit or "")).strip())
    if kind is None:
        raise RowError(
            f"{field}: đơn vị thời gian “{str(unit)[:40]}” chưa biết; cần Ngày làm việc, Ngày hoặc Giờ"
        )
    return _limit(number, kind, note)


def time_limit_in(said: str | None) -> dict[str, Any]:
    """The first time limit a sentence names; the sentence stays as the note."""
    found = _TIME.search(said or "")
    if not found:
        return {"value": None, "unit": None, "note": said}
    return _limit(int(found.group(1)), _UNITS[fold(found.group(2))], said)


def fee_in(said: str | None) -> dict[str, Any]:
    """A fee from a sentence: an amount only where exactly one is named, and the sentence as the note."""
    if (
        said
        and re.search(r"mien phi|mien le phi|khong thu|^khong$", fold(said))
        and not re.search(r"\d", said)
    ):
        return {"amount_vnd": 0, "note": said}
    amounts = re.findall(
        r"(\d{1,3}(?:[.,]\d{3})+|\d{4,})\s*(?:vnđ|vnd|đồng|đ\b|dong)", said or "", re.IGNORECASE
    )
    if len(amounts) == 1:
        return {"amount_vnd": int(re.sub(r"[.,]", "", amounts[0])), "note": said}
    return {"amount_vnd": None, "note": said}


def _limit(number: int, kind: str, note: str | None) -> dict[str, Any]:
    if kind == "hours":
        said = f"{number} giờ làm việc"
        return {"value": None, "unit": "same_day" if number <= 8 else None, "note": _joined(said, note)}
    if kind == "months":
        return {"value": None, "unit": None, "note": _joined(f"{number} tháng", note)}
    if number == 0:
        return {"value": None, "unit": "same_day", "note": note}
    return {"value": number, "unit": kind, "note": note}


def _joined(first: str, second: str | None) -> str:
    return f"{first}; {second}" if second else first


def document(name: str, originals: int, copies: int, form: str | None, note: str | None) -> dict[str, Any]:
    """One paper of the dossier as the catalogue keeps it."""
    return {"name": name, "originals": originals, "copies": copies, "form": form, "note": note}
