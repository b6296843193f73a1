"""The list of procedures: search, filters, what wants attention. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.procedures.catalogue import Catalogue
from core.procedures.editing.version import Version, upgraded
from core.procedures.model import Procedure
from nlu.vietnamese import words

FILTERS: dict[str, str] = {
    "can-ra-soat": "Cần rà soát",
    "bao-sai": "Có báo sai",
    "nhap": "Có bản nháp",
    "ban-moi": "Tệp có bản mới",
    "chua-chac": "Chưa đối chiếu xong",
    "da-sua": "Đã sửa tại tỉnh",
    "ngung": "Đã ngừng",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One procedure in the list; ``marks`` are the filters it falls under."""

    ident: str
    name: str
    field: str
    code: str
    checked: dt.date | None
    reports: int
    marks: frozenset[str]
    found_by: str


def lines(
    catalogue: Catalogue,
    seed: Catalogue,
    newest: Mapping[str, Version],
    drafts: Mapping[str, Version],
    reports: Mapping[str | None, int],
    overdue: dt.date,
) -> list[Line]:
    """Every procedure, those that nobody serves yet or any more too, by field and name.

    Args:
        newest: of each edited procedure the newest version.
        overdue: what was checked before this day is due for review.
    """
    found = [_line(p, catalogue, seed, newest, drafts, reports, overdue) for p in catalogue.values()]
    found += [
        _line(w.procedure, catalogue, seed, newest, drafts, reports, overdue)
        for w in catalogue.withdrawn.values()
    ]
    known = {line.ident for line in found}
    others = {**newest, **drafts}
    found += [_unserved(v, ident in drafts, reports) for ident, v in others.items() if ident not in known]
    return sorted(found, key=lambda line: (_folded(line.field), _folded(line.name)))


def _line(
    procedure: Procedure,
    catalogue: Catalogue,
    seed: Catalogue,
    newest: Mapping[str, Version],
    drafts: Mapping[str, Version],
    reports: Mapping[str | None, int],
    overdue: dt.date,
) -> Line:
    ident, version = procedure.id, newest.get(procedure.id)
    marks = {
        "can-ra-soat": procedure.checked < overdue,
        "bao-sai": bool(reports.get(ident)),
        "nhap": ident in drafts,
        "ban-moi": version is not None and upgraded(version, seed.get(ident)),
        "chua-chac": procedure.confidence != "verified",
        "da-sua": version is not None,
        "ngung": ident in catalogue.withdrawn,
    }
    told = " ".join([ident, procedure.code or "", procedure.field, *procedure.names()])
    return Line(
        ident,
        procedure.short_name,
        procedure.field,
        procedure.code or "",
        procedure.checked,
        reports.get(ident, 0),
        frozenset(name for name, holds in marks.items() if holds),
        _folded(told),
    )


def _unserved(version: Version, is_draft: bool, reports: Mapping[str | None, int]) -> Line:
    """A new procedure that is not published, or one whose days are over or not begun."""
    record = version.record
    name, field = version.name, str(record.get("field") or "")
    marks = {"nhap"} if is_draft else {"da-sua"}
    told = _folded(f"{version.procedure} {record.get('code') or ''} {field} {name}")
    count = reports.get(version.procedure, 0)
    return Line(
        version.procedure, name, field, str(record.get("code") or ""), None, count, frozenset(marks), told
    )


def chosen(found: Iterable[Line], text: str, field: str, mark: str) -> list[Line]:
    """Those a search leaves: every word in any order, accents or not."""
    wanted = [f" {word}" for word in _folded(text).split()]
    return [
        line
        for line in found
        if (not field or line.field == field)
        and (not mark or mark in line.marks)
        and all(word in line.found_by for word in wanted)
    ]


def counts(found: Sequence[Line]) -> dict[str, int]:
    """How many fall under each filter."""
    return {mark: sum(mark in line.marks for line in found) for mark in FILTERS}


@lru_cache(maxsize=30_000)
def _folded(text: str) -> str:
    return " " + " ".join(words(text.replace("-", " ").replace(".", " ")))
