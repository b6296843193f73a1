"""The three ways of ranking procedures that the search adds up. Pure; all arrays are NumPy's."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterable

import numpy as np

# Both set on the development questions.
_SMOOTHING = 1_000.0  # how many words of general talk each procedure is mixed with
_BEST = 5  # how many of a procedure's phrases count
_CANDIDATES = 400  # procedures whose best phrases are looked at closely
_MOSTLY = 0.5  # a name counts from covering this much: in a story it may be a detail
_LONGEST = 10  # words of a name that is looked for as a whole


class Postings:
    """Terms numbered, and where each occurs.

    Args:
        phrases: the terms of each phrase.
        owners: for each phrase the number of its procedure, ascending.
        procedures: how many procedures there are.
    """

    def __init__(self, phrases: list[list[str]], owners: np.ndarray, procedures: int) -> None:
        self.owners, self.procedures, self.phrases = owners, procedures, len(phrases)
        self.numbers: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        for row, terms in enumerate(phrases):
            for term, count in Counter(terms).items():
                rows.append(row)
                columns.append(self.numbers.setdefault(term, len(self.numbers)))
                counts.append(count)
        order = np.argsort(np.asarray(columns, dtype=np.int64), kind="stable")
        self.rows = np.asarray(rows, dtype=np.int64)[order]
        self.counts = np.asarray(counts, dtype=np.float64)[order]
        self.columns = np.asarray(columns, dtype=np.int64)[order]
        self.starts = np.searchsorted(self.columns, np.arange(len(self.numbers) + 1))


class Likelihood:
    """How much likelier a message's words are in the talk about a procedure than in general talk.

    A language model per procedure, smoothed towards the whole catalogue (Dirichlet); words a
    procedure lacks count nothing, so long stories lose nothing by their details.
    """

    def __init__(self, postings: Postings) -> None:
        keys = postings.columns * postings.procedures + postings.owners[postings.rows]
        pairs, where = np.unique(keys, return_inverse=True)
        counts = np.bincount(where, weights=postings.counts, minlength=len(pairs))
        terms, self._procedures = pairs // postings.procedures, pairs % postings.procedures
        lengths = np.bincount(self._procedures, weights=counts, minlength=postings.procedures)
        frequency = np.bincount(terms, weights=counts, minlength=len(postings.numbers)) / max(counts.sum(), 1)
        mean = lengths.mean() if len(lengths) else 1.0
        relative = counts * mean / np.maximum(lengths[self._procedures], 1)
        self._gains = np.log1p(relative / (_SMOOTHING * frequency[terms]))
        self._starts = np.searchsorted(terms, np.arange(len(postings.numbers) + 1))
        self._count = postings.procedures

    def scores(self, terms: list[int]) -> np.ndarray:
        """One figure a procedure, at least 0; more is likelier."""
        total = np.zeros(self._count)
        for term in terms:
            part = slice(self._starts[term], self._starts[term + 1])
            total[self._procedures[part]] += self._gains[part]
        return total


class Nearest:
    """How alike a message and the nearest phrases of a procedure are (cosine of tf-idf, mean of the best)."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        present = np.diff(postings.starts)
        self.rarity = np.log((1 + postings.phrases) / (1 + present)) + 1
        weights = (1 + np.log(postings.counts)) * self.rarity[postings.columns]
        norms = np.sqrt(np.bincount(postings.rows, weights=weights**2, minlength=postings.phrases))
        self._weights = weights / np.maximum(norms[postings.rows], 1e-9)
        first = np.searchsorted(postings.owners, np.arange(postings.procedures + 1))
        self._first, self._sizes = first[:-1], np.diff(first)

    def scores(self, terms: list[int]) -> np.ndarray:
        """One figure from 0 to 1 a procedure."""
        postings = self._postings
        alike = np.zeros(postings.phrases)
        for term in terms:
            part = slice(postings.starts[term], postings.starts[term + 1])
            alike[postings.rows[part]] += self._weights[part] * self.rarity[term]
        norm = math.sqrt(float((self.rarity[terms] ** 2).sum())) or 1.0
        return self._mean_of_best(alike / norm)

    def _mean_of_best(self, alike: np.ndarray) -> np.ndarray:
        found = np.flatnonzero(alike)
        owners = self._postings.owners[found]
        if self._postings.procedures > _CANDIDATES:
            # Exact for those with the best single phrases only; the rest could not win any more.
            single = np.maximum.reduceat(alike, np.minimum(self._first, len(alike) - 1))
            bar = np.partition(single, -_CANDIDATES)[-_CANDIDATES]
            kept = single[owners] >= max(bar, 1e-12)
            found, owners = found[kept], owners[kept]
        order = found[np.lexsort((-alike[found], owners))]
        owners = self._postings.owners[order]
        place = np.arange(len(order)) - np.searchsorted(owners, owners)
        kept = place < _BEST
        total = np.bincount(owners[kept], weights=alike[order[kept]], minlength=self._postings.procedures)
        result: np.ndarray = total / np.clip(self._sizes, 1, _BEST)
        return result


class Named:
    """How much of a message is the whole name of a procedure: "khai tử" in "làm giấy khai tử ở mô".

    Args:
        postings: for how rare each word is.
        names: the words of each name, with the number of its procedure.
    """

    def __init__(self, postings: Postings, names: Iterable[tuple[list[str], int]]) -> None:
        self._rarity = dict(zip(postings.numbers, Nearest(postings).rarity, strict=True))
        self._count = postings.procedures
        self._owners: dict[tuple[str, ...], set[int]] = {}
        for words, owner in names:
            if 2 <= len(words) <= _LONGEST:
                self._owners.setdefault(tuple(words), set()).add(owner)

    def scores(self, words: list[str], asking: Container[str]) -> np.ndarray:
        """One figure from 0 to 1 a procedure: how far beyond half of what a message names its name covers.

        Args:
            words: of the message.
            asking: words that name nothing unless they are part of a name.
        """
        total = np.zeros(self._count)
        rarity = [self._rarity.get(w, 0.0) for w in words]
        telling = [0.0 if w in asking else r for w, r in zip(words, rarity, strict=True)]
        for start in range(len(words)):
            for end in range(start + 2, min(start + _LONGEST, len(words)) + 1):
                for owner in self._owners.get(tuple(words[start:end]), ()):
                    covered = sum(rarity[start:end])
                    others = sum(telling) - sum(telling[start:end])
                    share = covered / (covered + others)
                    total[owner] = max(total[owner], (share - _MOSTLY) / (1 - _MOSTLY))
        return total
