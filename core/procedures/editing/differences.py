"""What differs between two records, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.procedures.editing.fields import CONFIDENCE, LABELS, LISTS, MODES, PARTS, ROWS, UNITS
from core.procedures.wording import TITLES

Json = Mapping[str, Any]
_SHOWN: dict[str, Mapping[str, str]] = {
    "confidence": CONFIDENCE,
    "channels.mode": MODES,
    "channels.time_limit.unit": UNITS,
}
_DEFAULTS: dict[str, Any] = {"documents.originals": 1, "documents.copies": 0}
_CERTAIN = ("channels.fee.certain", "channels.time_limit.certain")
_KEY = {"documents": "name", "channels": "mode", "cases": "id", "sources": None}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: None before for what is new, None after for what is gone."""

    label: str
    before: str | None
    after: str | None


def changes(before: Json, after: Json) -> list[Change]:
    """Every difference, in the order of the record's fields."""
    found: list[Change] = []
    for field, label in LABELS.items():
        old, new = before.get(field), after.get(field)
        if old == new or (not old and not new):
            continue
        if field in LISTS:
            found += _items(label, old or [], new or [])
        elif field in ROWS:
            found += _rows(field, old or [], new or [])
        else:
            found.append(Change(label, _said(field, old), _said(field, new)))
    return found


def needs_source(before: Json, after: Json) -> bool:
    """Whether what somebody pays, waits or brings differs."""
    return _sourced(before) != _sourced(after)


def _sourced(record: Json) -> tuple[Any, ...]:
    ways = [(c.get("mode"), c.get("fee"), c.get("time_limit")) for c in record.get("channels") or ()]
    return ways, record.get("documents") or [], record.get("cases") or []


def _items(label: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    for item in old:
        if item not in new:
            yield Change(label, str(item), None)
    for item in new:
        if item not in old:
            yield Change(label, None, str(item))
    kept_old, kept_new = [i for i in old if i in new], [i for i in new if i in old]
    if kept_old != kept_new:
        yield Change(f"{label} (thứ tự)", " · ".join(map(str, old)), " · ".join(map(str, new)))


def _rows(field: str, old: Sequence[Json], new: Sequence[Json]) -> Iterator[Change]:
    """Rows are matched by what names them; the rest by their place."""
    pairs, gone, fresh = _matched(field, old, new)
    for one, other in pairs:
        title = _title(field, other)
        a, b = _flat(field, one), _flat(field, other)
        for part in PARTS:
            if part.split(".")[0] == field and a.get(part) != b.get(part):
                yield Change(f"{LABELS[field]} – {title}: {PARTS[part]}", a.get(part), b.get(part))
    for one in gone:
        yield Change(LABELS[field], _summary(field, one), None)
    for one in fresh:
        yield Change(LABELS[field], None, _summary(field, one))
    titles_old, titles_new = [_title(field, row) for row in old], [_title(field, row) for row in new]
    stayed = [t for t in titles_old if t in titles_new]
    if stayed != [t for t in titles_new if t in titles_old]:
        yield Change(f"{LABELS[field]} (thứ tự)", " · ".join(titles_old), " · ".join(titles_new))


def _matched(
    field: str, old: Sequence[Json], new: Sequence[Json]
) -> tuple[list[tuple[Json, Json]], list[Json], list[Json]]:
    """Pairs in the old order, what has no partner any more, and what has none yet."""
    key, left = _KEY[field], list(new)
    pairs: list[tuple[Json, Json]] = []
    alone: list[tuple[int, Json]] = []
    for place, row in enumerate(old):
        partner = next((n for n in left if key and n.get(key) == row.get(key)), None)
        if partner is None:
            alone.append((place, row))
        else:
            left.remove(partner)
            pairs.append((row, partner))
    gone: list[Json] = []
    for place, row in alone:
        if place < len(new) and new[place] in left:  # renamed where it stood
            left.remove(new[place])
            pairs.append((row, new[place]))
        else:
            gone.append(row)
    return pairs, gone, left


def _flat(field: str, row: Json) -> dict[str, str]:
    """Every part of a row that says something, as text."""
    found: dict[str, str] = {}
    for part in PARTS:
        first, *inner = part.split(".")
        if first != field:
            continue
        value: Any = row
        for name in inner:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            value = True if part in _CERTAIN else _DEFAULTS.get(part)
        said = _said(part, value)
        if said is not None:
            found[part] = said
    return found


def _title(field: str, row: Json) -> str:
    name = row.get("name") or row.get("mode") or row.get("page") or row.get("decision") or row.get("ref")
    return _said(f"{field}.mode", name) or "chưa có tên"


def _summary(field: str, row: Json) -> str:
    told = _flat(field, row)
    quiet = {*_CERTAIN, "cases.id"}
    named = [f"{PARTS[part]}: {said}" for part, said in told.items() if part not in quiet]
    return "; ".join(named)


def _said(place: str, value: Any) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return "có" if value else "không"
    if place == "channels.fee.amount_vnd" and isinstance(value, int):
        return f"{value:,}".replace(",", ".") + " đồng"
    if place == "checked" and str(value).count("-") == 2:
        return "/".join(reversed(str(value).split("-")))
    if isinstance(value, Sequence) and not isinstance(value, str):
        names: Mapping[Any, str] = TITLES if place == "cases.aspects" else {}
        return ", ".join(names.get(str(v), str(v)) for v in value)
    return _SHOWN.get(place, {}).get(str(value), str(value))
