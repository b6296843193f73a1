"""Good answers made implausible in place: dates, gaps, statuses. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulators.portal.chance import share
from simulators.portal.failures import Kind

UNKNOWN_STATUS = "Đang luân chuyển liên ngành"
_YEARS = 8  # two leap years on, so that the 29th of February stays a day
_STATUS = ("TrangThaiHoSo", "dossierStatus", "dossierTaskStatus", "dossierMenuTaskRemind")
_DATES = {
    "NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayNopHoSo",
    "appliedDate", "acceptedDate", "appointmentDate", "dueDate", "completedDate",
}  # fmt: skip
_KEPT = {"MaHoSo", "code", "id", *_STATUS}


def distort(kind: Kind, body: Any) -> None:
    """Change the records of an answer as the failure says; other kinds leave them alone."""
    for record in _records(body):
        match kind:
            case Kind.FUTURE_DATES:
                _ahead(record)
            case Kind.NULLS:
                _empty(record)
            case Kind.UNKNOWN_STATUS:
                _rename(record)
            case Kind.MISSING_STATUS:
                for key in _STATUS:
                    record.pop(key, None)


def _records(body: Any) -> Iterator[dict[str, Any]]:
    """The records of either protocol: ``result``, ``content``, a list, or the body itself."""
    if isinstance(body, list):
        yield from (item for item in body if isinstance(item, dict))
    elif isinstance(body, dict):
        inner = next((body[key] for key in ("result", "content") if key in body), None)
        if isinstance(inner, list):
            yield from _records(inner)
        elif "error_code" not in body and "error" not in body and "access_token" not in body:
            yield body


def _ahead(record: dict[str, Any]) -> None:
    for key in _DATES & record.keys():
        if record[key]:
            record[key] = f"{int(record[key][:4]) + _YEARS}{record[key][4:]}"


def _empty(record: dict[str, Any]) -> None:
    """Half of the optional fields become null, the others go."""
    for key in [k for k in record if k not in _KEPT]:
        if share(50, key):
            record[key] = None
        else:
            del record[key]


def _rename(record: dict[str, Any]) -> None:
    for key in set(_STATUS) & record.keys():
        record[key] = UNKNOWN_STATUS if key == "TrangThaiHoSo" else {"id": 17, "name": UNKNOWN_STATUS}
