"""Everything one report needs. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from core.figures.model import Period, Slice

Sums = dict[tuple[str, str], tuple[int, float]]  # (measure, key): count, total


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Something people asked and were not answered, as one of them wrote it."""

    text: str
    people: int
    times: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was read.

    Args:
        now, before: of the period and of the one before it.
        daily: by measure, day and key.
        standing: of dossiers, by office and key, on the day ``stood_on``.
        offices: their names by id.
    """

    period: Period
    whose: Slice
    now: Sums
    before: Sums
    daily: Mapping[tuple[str, dt.date, str], int]
    stood_on: dt.date | None
    standing: Mapping[tuple[int, str], int]
    unanswered: list[Unanswered]
    offices: Mapping[int, str]

    def of(self, measure: str, *keys: str) -> int:
        """The count of a measure, of some of its keys or of all."""
        return _count(self.now, measure, keys)

    def was(self, measure: str, *keys: str) -> int:
        """The same of the period before."""
        return _count(self.before, measure, keys)

    def keys(self, measure: str) -> dict[str, int]:
        """The counts of a measure by key."""
        return {key: count for (name, key), (count, _) in self.now.items() if name == measure}

    def keys_before(self, measure: str) -> dict[str, int]:
        """The same of the period before."""
        return {key: count for (name, key), (count, _) in self.before.items() if name == measure}


def _count(sums: Sums, measure: str, keys: tuple[str, ...]) -> int:
    if keys:
        return sum(sums.get((measure, key), (0, 0.0))[0] for key in keys)
    return sum(count for (name, _), (count, _) in sums.items() if name == measure)
