"""Other provinces named in a message: what is theirs, this assistant cannot know. Pure but for ``load``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from core.errors import PlacesError
from nlu.vietnamese import words

# Words before a name that make it where somebody comes from or a name of something smaller.
_FROM = frozenset("que goc nguoi".split())
_KINDS = frozenset("tinh thanh pho tp ngoai trong duoi".split())
_SMALLER = frozenset("xa phuong thon buon duong pho tran dac khu".split())
_BACK = 3  # words looked at before a name


@dataclass(frozen=True, slots=True)
class Province:
    """A province of today.

    Args:
        name: official name.
        names: folded words of every name it is called by, former provinces and cities included.
    """

    name: str
    names: tuple[tuple[str, ...], ...]


def load(file: Path) -> list[Province]:
    """Read the provinces file. Raises PlacesError naming the file and what is wrong."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return [Province(p["name"], tuple(tuple(words(n)) for n in _all_names(p))) for p in data["provinces"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PlacesError(f"{file}: {error!r}") from error


def _all_names(entry: dict[str, object]) -> list[str]:
    names = [str(entry["name"])]
    for key in ("formerly", "also"):
        more = entry.get(key) or []
        if isinstance(more, list):
            names += map(str, more)
    return names


def elsewhere(provinces: list[Province], text: str, own: str) -> Province | None:
    """The other province a message asks about; None when it names none, or only as where somebody comes from.

    Args:
        own: the name of the province served, with or without its kind ("tỉnh Đắk Lắk").
    """
    said = words(text)
    home = tuple(words(own))
    found = None
    for province in provinces:
        starts = [start for name in province.names for start in _places(said, name)]
        if starts and province.names[0] == home[-len(province.names[0]) :]:
            return None  # ours is named too: the question is for us
        if any(_is_place(said, start) for start in starts):
            found = found or province
    return found


def _places(said: list[str], name: tuple[str, ...]) -> list[int]:
    """Where a name stands in a message."""
    size = len(name)
    return [i for i in range(len(said) - size + 1) if tuple(said[i : i + size]) == name]


def _is_place(said: list[str], start: int) -> bool:
    """Whether a name stands for a province one asks about, going by the words before it."""
    before = said[max(start - _BACK, 0) : start]
    if _FROM & set(before) or (before and before[-1] in _SMALLER):
        return False
    while before and before[-1] in _KINDS:
        before.pop()
    if before[-2:] == ["sinh", "o"] and before[-3:-2] != ["khai"]:
        return False
    return before[-1:] != ["tu"]  # "từ Bình Dương"; the "tư" of "tư pháp" stands farther away
