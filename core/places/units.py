"""Communes and wards since 1/7/2025 and what each was formed from. Pure but for ``load``."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from core.errors import PlacesError
from nlu.vietnamese import words

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml: slower, same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Kind = Literal["counter", "commune_centre"]
KINDS: tuple[Kind, ...] = ("counter", "commune_centre")
_KIND = re.compile(r"^(xa|phuong|thi tran|huyen|thi xa|thanh pho|tinh) ")


@dataclass(frozen=True, slots=True)
class Former:
    """A unit as it was before: ``name`` with its kind, ``district`` where the name is not unique."""

    name: str
    district: str | None
    partly: bool


@dataclass(frozen=True, slots=True)
class Location:
    """A position in degrees (WGS 84) and how it is known.

    Args:
        kind: ``counter`` is where one goes; ``commune_centre`` only the point that stands for the unit on the
            administrative map.
        source: who says so.
        checked: the day somebody looked.
    """

    lat: float
    lon: float
    kind: Kind
    source: str
    checked: dt.date


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune-level unit of today; ``location`` is of its counter, or of the unit, where one is recorded."""

    code: str
    name: str
    former_province: str
    formed_from: tuple[Former, ...]
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One way to read what was asked: the unit of today and the former unit that led there."""

    unit: Unit
    former: Former | None


def load(file: Path) -> list[Unit]:
    """Read the units file. Raises PlacesError naming the file and what is wrong."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
        return [
            Unit(
                u["code"],
                u["name"],
                u["former_province"],
                _former(u["formed_from"], u["name"]),
                location(u["location"]) if u.get("location") else None,
            )
            for u in data["units"]
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise PlacesError(f"{file}: {error!r}") from error


def location(data: dict[str, Any]) -> Location:
    """A location as the units file writes it. Raises KeyError, TypeError or ValueError when it is none."""
    lat, lon, kind, checked = float(data["lat"]), float(data["lon"]), data["kind"], data["checked"]
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"no position on earth: {lat}, {lon}")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if not isinstance(checked, dt.date) or not str(data["source"]).strip():
        raise ValueError("a location needs its source and the day it was checked")
    return Location(lat, lon, kind, str(data["source"]), checked)


def _former(text: str, name: str) -> tuple[Former, ...]:
    if text.startswith("giữ nguyên"):
        return (Former(name, None, False),)
    found = []
    for part in re.split(r",\s*(?![^()]*\))", text):
        notes = re.findall(r"\(([^)]*)\)", part)
        bare = re.sub(r"\s*\([^)]*\)", "", part).strip()
        district = next((n for n in notes if not n.startswith("phần")), None)
        found.append(Former(bare, district, any(n.startswith("phần") for n in notes)))
    return tuple(found)


def find(units: list[Unit], text: str, limit: int = 4) -> list[Found]:
    """Units of today that a message names by an old or a new name; best readings first."""
    text = re.sub(r"\b[pP]\.?\s?(?=\d)", "phường ", text)
    said = f" {' '.join(words(text))} "
    scored: list[tuple[float, Found]] = []
    for unit in units:
        for former in unit.formed_from:
            if score := _match(said, former.name, former.district):
                scored.append((score, Found(unit, former)))
        if score := _match(said, unit.name, None):
            scored.append((score + 0.1, Found(unit, None)))
    best = max((s for s, _ in scored), default=0.0)
    kept = [f for s, f in sorted(scored, key=lambda x: -x[0]) if s >= best - 0.3]
    unique: dict[str, Found] = {}
    for found in kept:
        unique.setdefault(found.unit.code, found)
    return list(unique.values())[:limit]


def _match(said: str, name: str, district: str | None) -> float:
    """0 when the name does not stand in the message; longer names, kind and district add up."""
    folded = " ".join(words(name))
    bare = _KIND.sub("", folded)
    if bare.isdecimal() or (len(bare.split()) == 1 and len(bare) < 4):
        bare = folded  # "Phường 9": the number alone says nothing
    if f" {bare} " not in said:
        return 0.0
    score = float(len(bare.split())) + (0.5 if f" {folded} " in said else 0.0)
    if district and f" {_KIND.sub('', ' '.join(words(district)))} " in said:
        score += 1.5
    return score
