"""The three ways of ranking procedures that the search adds up. Pure; all arrays are NumPy's.

What a message's terms bring is stored term after term, ready multiplied, so that a question copies a few slices and
adds them up in one go; the order of adding is that of the terms, so that results do not depend on how it is done.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Iterable, Sequence

import numpy as np

# Both set on the development questions.
_SMOOTHING = 1_000.0  # how many words of general talk each procedure is mixed with
_BEST = 5  # how many of a procedure's phrases count
_CANDIDATES = 400  # procedures whose best phrases are looked at closely
_ROWS = 16  # phrases in a column: most procedures need one
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


class Sums:
    """Figures by term and place, and their sums for the terms of a message.

    Args:
        starts: where the figures of each term begin, and where the last one's end.
        places: for each figure which sum it belongs to.
        figures: what is added.
        size: how many sums there are.
    """

    def __init__(self, starts: np.ndarray, places: np.ndarray, figures: np.ndarray, size: int) -> None:
        self._starts: list[int] = starts.tolist()
        self._places, self._figures, self._size = places, figures, size

    def of(self, terms: Sequence[int]) -> np.ndarray:
        """The sums over some terms, added in their order."""
        parts = [slice(self._starts[term], self._starts[term + 1]) for term in terms]
        places = np.concatenate([self._places[part] for part in parts])
        figures = np.concatenate([self._figures[part] for part in parts])
        return np.bincount(places, weights=figures, minlength=self._size)


class Likelihood:
    """How much likelier a message's words are in the talk about a procedure than in general talk.

    A language model per procedure, smoothed towards the whole catalogue (Dirichlet); words a
    procedure lacks count nothing, so long stories lose nothing by their details.
    """

    def __init__(self, postings: Postings) -> None:
        keys = postings.columns * postings.procedures + postings.owners[postings.rows]
        pairs, where = np.unique(keys, return_inverse=True)
        counts = np.bincount(where, weights=postings.counts, minlength=len(pairs))
        terms, procedures = pairs // postings.procedures, pairs % postings.procedures
        lengths = np.bincount(procedures, weights=counts, minlength=postings.procedures)
        frequency = np.bincount(terms, weights=counts, minlength=len(postings.numbers)) / max(counts.sum(), 1)
        mean = lengths.mean() if len(lengths) else 1.0
        relative = counts * mean / np.maximum(lengths[procedures], 1)
        gains = np.log1p(relative / (_SMOOTHING * frequency[terms]))
        starts = np.searchsorted(terms, np.arange(len(postings.numbers) + 1))
        self._gains = Sums(starts, procedures, gains, postings.procedures)

    def scores(self, terms: Sequence[int]) -> np.ndarray:
        """One figure a procedure, at least 0; more is likelier."""
        return self._gains.of(terms)


class Nearest:
    """How alike a message and the nearest phrases of a procedure are (cosine of tf-idf, mean of the best)."""

    def __init__(self, postings: Postings) -> None:
        self._procedures = postings.procedures
        present = np.diff(postings.starts)
        self.rarity = np.log((1 + postings.phrases) / (1 + present)) + 1
        weights = (1 + np.log(postings.counts)) * self.rarity[postings.columns]
        norms = np.sqrt(np.bincount(postings.rows, weights=weights**2, minlength=postings.phrases))
        products = weights / np.maximum(norms[postings.rows], 1e-9) * self.rarity[postings.columns]
        first = np.searchsorted(postings.owners, np.arange(postings.procedures + 1))
        self._first, self._sizes = first[:-1], np.diff(first)
        self._table = Table(postings.owners, self._first)
        self._products = Sums(postings.starts, self._table.places[postings.rows], products, self._table.size)

    def scores(self, terms: Sequence[int]) -> np.ndarray:
        """One figure from 0 to 1 a procedure."""
        alike = self._products.of(terms)
        norm = math.sqrt(float((self.rarity[terms] ** 2).sum())) or 1.0
        # Exact for those with the best single phrases only; the rest could not win any more.
        single = self._table.highest(alike) / norm
        near = at_least(single, _CANDIDATES)
        if len(near) > _CANDIDATES:
            near = near[single[near] >= np.partition(single[near], -_CANDIDATES)[-_CANDIDATES]]
        near = near[single[near] >= 1e-12]
        result = np.zeros(self._procedures)
        sizes = self._sizes[near]
        theirs = np.arange(sizes.sum()) + np.repeat(self._first[near] - (np.cumsum(sizes) - sizes), sizes)
        result[near] = sum_of_best(alike[self._table.places[theirs]] / norm, sizes) / np.minimum(sizes, _BEST)
        return result


class Table:
    """Phrases in columns of a few, one column or more a procedure, so that the highest is found row by row.

    Args:
        owners: for each phrase the number of its procedure, ascending.
        first: for each procedure its first phrase.
    """

    def __init__(self, owners: np.ndarray, first: np.ndarray) -> None:
        self._procedures = len(first)
        row, further = np.divmod(np.arange(len(owners)) - first[owners], _ROWS)[::-1]
        begun = np.flatnonzero((row == 0) & (further > 0))  # the phrases that begin a further column
        self._further = owners[begun]
        self._columns = self._procedures + len(begun)
        column = np.where(further > 0, self._procedures - 1 + np.cumsum((row == 0) & (further > 0)), owners)
        self.places, self.size = row * self._columns + column, _ROWS * self._columns

    def highest(self, figures: np.ndarray) -> np.ndarray:
        """For each procedure the highest figure of its phrases; 0 where it has none.

        Args:
            figures: in the order of :attr:`places`, not negative.
        """
        highest: np.ndarray = figures.reshape(_ROWS, self._columns).max(axis=0)
        single = highest[: self._procedures]
        np.maximum.at(single, self._further, highest[self._procedures :])
        return single


def at_least(figures: np.ndarray, number: int) -> np.ndarray:
    """The places, ascending, of the ``number`` highest figures and of some more.

    As many columns as that, each with a figure at least as high as the lowest of their highest, leave all below out.
    """
    columns = max(2 * number, 128)
    rows = len(figures) // columns
    if rows < 2:
        return np.arange(len(figures))
    highest = figures[: rows * columns].reshape(rows, columns).max(axis=0)
    return np.flatnonzero(figures >= np.partition(highest, -number)[-number])


def sum_of_best(figures: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """For each of some groups the sum of its _BEST highest figures, the highest first.

    Args:
        figures: group after group, not negative.
        sizes: of the groups.
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(figures)) - (np.cumsum(sizes) - sizes)[group]
    table = np.zeros((len(sizes), max(int(sizes.max()), _BEST)))
    table[group, place] = figures
    table.sort(axis=1)
    total: np.ndarray = table[:, -1].copy()
    for nth in range(2, _BEST + 1):
        total += table[:, -nth]
    return total


class Named:
    """How much of a message is the whole name of a procedure: "khai tử" in "làm giấy khai tử ở mô".

    Args:
        rarity: how rare each word is.
        names: the words of each name, with the number of its procedure.
    """

    def __init__(self, rarity: dict[str, float], names: Iterable[tuple[list[str], int]]) -> None:
        self._rarity = rarity
        self._owners: dict[tuple[str, ...], set[int]] = {}
        self._lengths: dict[tuple[str, str], set[int]] = {}  # of the names that begin with two words
        for words, owner in names:
            if 2 <= len(words) <= _LONGEST:
                self._owners.setdefault(tuple(words), set()).add(owner)
                self._lengths.setdefault((words[0], words[1]), set()).add(len(words))

    def scores(self, words: list[str], asking: Container[str]) -> dict[int, float]:
        """By procedure, from 0 to 1, how far beyond half of what a message names its name covers; a procedure
        that is not named has none.

        Args:
            words: of the message.
            asking: words that name nothing unless they are part of a name.
        """
        found: dict[int, float] = {}
        rarity = [self._rarity.get(w, 0.0) for w in words]
        telling = [0.0 if w in asking else r for w, r in zip(words, rarity, strict=True)]
        for start in range(len(words) - 1):
            for length in self._lengths.get((words[start], words[start + 1]), ()):
                end = start + length
                for owner in self._owners.get(tuple(words[start:end]), ()):
                    covered = sum(rarity[start:end])
                    others = sum(telling) - sum(telling[start:end])
                    share = covered / (covered + others)
                    found[owner] = max(found.get(owner, 0.0), (share - _MOSTLY) / (1 - _MOSTLY))
        return found
