"""Between the edit form and a record. Pure.

What cannot be read as a number or a day is kept as it was typed, so that it is shown again beside what is wrong
with it. Fields are named by their place: ``documents.0.name``; lists of texts have one item a line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.procedures.editing.fields import LISTS, ROWS
from core.procedures.model import ASPECTS
from nlu.vietnamese import fold

Record = dict[str, Any]
TEXTS = ("code", "name", "official_name", "title", "field", "level", "authority", "case_question", "result", "changes",
         "confidence")  # fmt: skip
_ROW_TEXTS: dict[str, tuple[str, ...]] = {
    "documents": ("name", "form", "note"),
    "channels": ("mode", "note"),
    "cases": ("id", "name", "answer"),
    "sources": ("page", "decision", "ref", "repo", "path"),
}
_GROUPED = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|\d+")
_MOST_ROWS = 40
_CASE_ID = 24


def parse(sent: Iterable[tuple[str, str]]) -> Record:
    """The record a form holds, with what is blank left out."""
    values: dict[str, list[str]] = {}
    for name, value in sent:
        values.setdefault(name, []).append(value.replace("\r\n", "\n").strip())
    record: Record = {name: one for name in TEXTS if (one := _one(values, name))}
    record |= {name: items for name in LISTS if (items := _lines(_one(values, name)))}
    if checked := _one(values, "checked"):
        record["checked"] = _day(checked)
    for name in ROWS:
        rows = [_row(name, f"{name}.{number}", values) for number in _numbers(values, name)]
        if rows:
            record[name] = rows
    return record


def _one(values: Mapping[str, Sequence[str]], name: str) -> str:
    return (values.get(name) or [""])[0]


def _lines(text: str) -> list[str]:
    return [line for one in text.split("\n") if (line := one.strip())]


def _numbers(values: Mapping[str, Sequence[str]], kind: str) -> list[int]:
    """The rows of a kind that were sent, in their order."""
    found = {
        int(p[1]) for key in values if (p := key.split("."))[0] == kind and len(p) > 2 and p[1].isdecimal()
    }
    return sorted(found)[:_MOST_ROWS]


def _row(kind: str, place: str, values: Mapping[str, Sequence[str]]) -> Record:
    row: Record = {name: one for name in _ROW_TEXTS[kind] if (one := _one(values, f"{place}.{name}"))}
    if kind == "documents":
        row |= {name: _count(_one(values, f"{place}.{name}") or "0") for name in ("originals", "copies")}
        row |= _listed(values, place, "cases")
    elif kind == "cases":
        row |= _listed(values, place, "words")
        chosen = [a for a in values.get(f"{place}.aspects", ()) if a in ASPECTS]
        row |= {"aspects": chosen} if chosen else {}
    elif kind == "channels":
        row["fee"] = _money_or_time(values, f"{place}.fee", "amount_vnd")
        row["time_limit"] = _money_or_time(values, f"{place}.time_limit", "value")
        if unit := _one(values, f"{place}.time_limit.unit"):
            row["time_limit"]["unit"] = unit
    return row


def _listed(values: Mapping[str, Sequence[str]], place: str, name: str) -> Record:
    items = _lines(_one(values, f"{place}.{name}"))
    return {name: items} if items else {}


def _money_or_time(values: Mapping[str, Sequence[str]], place: str, figure: str) -> Record:
    found: Record = {}
    if typed := _one(values, f"{place}.{figure}"):
        found[figure] = _count(typed)
    if note := _one(values, f"{place}.note"):
        found["note"] = note
    if _one(values, f"{place}.doubtful"):
        found["certain"] = False
    return found


def _count(typed: str) -> int | str:
    """A whole number as Vietnamese write it (``8.000 đồng``), or what was typed."""
    bare = re.sub(r"\s*(đồng|đ|vnđ|vnd)\.?$", "", typed.lower()).strip()
    return int(re.sub(r"\D", "", bare)) if _GROUPED.fullmatch(bare) and len(bare) < 16 else typed


def _day(typed: str) -> str:
    """An ISO day from ``23/11/2026`` or itself, or what was typed."""
    parts = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", typed)
    try:
        return dt.date(int(parts[3]), int(parts[2]), int(parts[1])).isoformat() if parts else typed
    except ValueError:
        return typed


def changed(record: Record, deed: str) -> Record:
    """The record after a row was added, removed or moved: ``add:documents``, ``up:documents.2``; else as it was."""
    verb, _, place = deed.partition(":")
    kind, _, number = place.partition(".")
    if kind not in ROWS:
        return record
    rows = list(record.get(kind) or ())
    at = int(number) if number.isdecimal() else -1
    if verb == "add" and len(rows) < _MOST_ROWS:
        rows.append({})
    elif verb == "remove" and 0 <= at < len(rows):
        del rows[at]
    elif verb == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    elif verb == "down" and 0 <= at < len(rows) - 1:
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return {**record, kind: rows}


def tidied(record: Record) -> Record:
    """The record as it is kept: rows nobody filled in left out, cases named in the way buttons need."""
    kept = dict(record)
    for kind in ROWS:
        rows = [row for row in record.get(kind) or () if _filled(kind, row)]
        kept[kind] = _named(rows) if kind == "cases" else rows
        if not rows:
            del kept[kind]
    return kept


def _filled(kind: str, row: Record) -> bool:
    if kind == "channels":
        return bool(row.get("mode") or row.get("note") or row.get("fee") or row.get("time_limit"))
    return any(value for name, value in row.items() if name not in ("originals", "copies"))


def _named(rows: Sequence[Record]) -> list[Record]:
    taken = {row["id"] for row in rows if row.get("id")}
    done = []
    for row in rows:
        if not row.get("id") and row.get("name"):
            row = {"id": _free(slug(row["name"], _CASE_ID), taken, _CASE_ID), **row}
            taken.add(row["id"])
        done.append(row)
    return done


def _free(wanted: str, taken: set[str], most: int) -> str:
    name, number = wanted or "muc", 1
    while name in taken:
        number += 1
        name = f"{wanted[: most - 1 - len(str(number))]}-{number}"
    return name


def slug(text: str, most: int = 40) -> str:
    """Words as they stand in ids: ``Đăng ký kết hôn`` → ``dang-ky-ket-hon``."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:most].strip("-")


def free_id(name: str, taken: Iterable[str]) -> str:
    """An id for a new procedure that nothing else has."""
    return _free(slug(name), set(taken), 40)


def shown(record: Mapping[str, Any]) -> Record:
    """Every field of the form with what stands in it."""
    told: Record = {name: _said(record.get(name)) for name in (*TEXTS, "checked")}
    told |= {name: "\n".join(map(str, record.get(name) or ())) for name in LISTS}
    for kind in ROWS:
        told[kind] = [_shown_row(kind, row) for row in record.get(kind) or ()]
    return told


def _shown_row(kind: str, row: Mapping[str, Any]) -> Record:
    told: Record = {name: _said(row.get(name)) for name in _ROW_TEXTS[kind]}
    if kind == "documents":
        told |= {"originals": _said(row.get("originals", 1)), "copies": _said(row.get("copies", 0))}
        told["cases"] = "\n".join(map(str, row.get("cases") or ()))
    elif kind == "cases":
        told["words"] = "\n".join(map(str, row.get("words") or ()))
        told["aspects"] = list(row.get("aspects") or ())
    elif kind == "channels":
        fee, limit = row.get("fee") or {}, row.get("time_limit") or {}
        told["fee"] = {"amount_vnd": _money(fee.get("amount_vnd")), **_notes(fee)}
        told["time_limit"] = {
            "value": _said(limit.get("value")),
            "unit": _said(limit.get("unit")),
            **_notes(limit),
        }
    return told


def _notes(part: Mapping[str, Any]) -> Record:
    return {"note": _said(part.get("note")), "doubtful": part.get("certain") is False}


def _money(value: Any) -> str:
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else _said(value)


def _said(value: Any) -> str:
    return "" if value is None else str(value)
