"""Positions from a CSV into the units file, checked row by row before anything is written."""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from core.errors import PlacesError
from core.places.nearest import within
from core.places.units import KINDS
from core.profile import Area

REQUIRED = ("code", "lat", "lon", "source", "date")
OPTIONAL = ("kind",)


@dataclass(slots=True)
class Plan:
    """What an import would do.

    Args:
        locations: the new location of each unit code, as the file writes it.
        changed: codes that had another location before.
        problems: what is wrong, each naming line and column.
    """

    locations: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def plan(file: Path, units: Path, area: Area | None, today: dt.date) -> Plan:
    """Read and check a CSV with the columns code, lat, lon, source, date and, if wanted, kind.

    Args:
        file: UTF-8, with a heading; ``date`` is the day the position was checked, YYYY-MM-DD.
        units: the units file the codes must be in.
        area: a position outside is refused; None refuses nothing.
        today: a later date is refused.

    Raises:
        PlacesError: a file cannot be read, or a column is missing.
    """
    held = {unit["code"]: unit for unit in _units(units)["units"]}
    made = Plan()
    for line, row in _rows(file):
        found, problems = _location(row, held, area, today)
        code = (row["code"] or "").strip()
        if code in made.locations:
            problems.append(f"code: {code} stands in an earlier line too")
        made.problems += [f"{file.name}: line {line}: {problem}" for problem in problems]
        if not problems:
            made.locations[code] = found
            if held[code].get("location") not in (None, found):
                made.changed.append(code)
    return made


def write(made: Plan, units: Path) -> None:
    """Put the locations into the units file; it is replaced whole or not at all. Raises PlacesError."""
    data = _units(units)
    for unit in data["units"]:
        if unit["code"] in made.locations:
            unit["location"] = made.locations[unit["code"]]
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=200)
    try:
        handle, draft = tempfile.mkstemp(dir=units.parent, prefix=".units-", suffix=".yml")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(draft, units.stat().st_mode & 0o777)
        os.replace(draft, units)
    except OSError as error:
        raise PlacesError(f"{units}: {error}") from error


def _rows(file: Path) -> Iterable[tuple[int, dict[str, str | None]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise PlacesError(f"{file.name}: line 1: no column {', '.join(missing)}")
            # A row with too many cells keeps them under None; they belong to no column.
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PlacesError(f"{file}: {error}") from error


def _location(
    row: dict[str, str | None], held: dict[str, Any], area: Area | None, today: dt.date
) -> tuple[dict[str, Any], list[str]]:
    cell = {name: (row.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)}
    problems = []
    if None in row:  # DictReader's key of cells beyond the heading
        problems.append("more cells than columns (a comma inside a cell needs quotes)")
    if cell["code"] not in held:
        problems.append(f"code: no unit {cell['code']!r}")
    lat, lon = _degrees(cell, "lat", 90, problems), _degrees(cell, "lon", 180, problems)
    if lat is not None and lon is not None and not within(area, (lat, lon)):
        problems.append(f"lat, lon: {lat}, {lon} lies outside the province (are they swapped?)")
    kind = cell["kind"] or "counter"
    if kind not in KINDS:
        problems.append(f"kind: {kind!r} is none of {', '.join(KINDS)}")
    if not cell["source"]:
        problems.append("source: empty; say who knows the position")
    checked = _day(cell["date"], today, problems)
    return {"lat": lat, "lon": lon, "kind": kind, "source": cell["source"], "checked": checked}, problems


def _degrees(cell: dict[str, str], name: str, most: float, problems: list[str]) -> float | None:
    try:
        value = float(cell[name])
    except ValueError:
        problems.append(f"{name}: {cell[name]!r} is no number of degrees (write 13.08, with a point)")
        return None
    if not -most <= value <= most:  # not a number is refused too
        problems.append(f"{name}: {cell[name]} is not between -{most:g} and {most:g}")
        return None
    return value


def _day(text: str, today: dt.date, problems: list[str]) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        problems.append(f"date: {text!r} is no day (write 2026-11-24)")
        return None
    if day > today:
        problems.append(f"date: {text} lies in the future")
    return day


def _units(file: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not all("code" in unit for unit in data["units"]):
            raise PlacesError(f"{file}: a unit without a code")
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PlacesError(f"{file}: {error!r}") from error
    return dict(data)
