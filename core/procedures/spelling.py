"""The nearest known spelling of a word. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_LONGEST = 40  # letters of a word that are looked at


class Spelling:
    """Known words by length: one slip changes the length of a word by one letter at most.

    Args:
        known: the words that a slip may stand for.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._by_length: dict[int, list[str]] = {}
        for word in known:
            self._by_length.setdefault(len(word), []).append(word)
        self._near: dict[tuple[int, int], list[str]] = {}

    def nearest(self, word: str) -> str:
        """The known word that is one slip away, from eight letters on two; the word itself when there is none.

        Of several as near the first by alphabet is taken.
        """
        slips = 1 if len(word) < 8 else 2
        seen = word[:_LONGEST]
        found = process.extractOne(
            seen,
            self._near_in_length(len(seen), slips),
            scorer=DamerauLevenshtein.distance,
            score_cutoff=slips,
        )
        return str(found[0]) if found else word

    def _near_in_length(self, length: int, slips: int) -> list[str]:
        """The known words of about this length, sorted; put together once."""
        key = (length, slips)
        if key not in self._near:
            lengths = range(length - slips, length + slips + 1)
            self._near[key] = sorted(word for near in lengths for word in self._by_length.get(near, ()))
        return self._near[key]
