"""The ranking of the search written down plainly, word by word and phrase by phrase: what the fast one must equal."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from core.procedures import ranking, search
from nlu.vietnamese import ngrams, words

Entry = tuple[str, Sequence[str], Sequence[str]]


def _terms(tokens: list[str]) -> list[str]:
    return ngrams(tokens, (1, 2))


class Plain:
    """As :class:`core.procedures.search.Index`, without its haste."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.ids = [ident for ident, _, _ in entries]
        self.named: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for procedure, (_, names, _) in enumerate(entries):
            for name in names:
                self.named[tuple(words(name))].add(procedure)
        self.phrases = [
            [Counter(_terms(words(t))) for t in (*names, *others)] for _, names, others in entries
        ]
        present = Counter(term for own in self.phrases for phrase in own for term in phrase)
        number = sum(map(len, self.phrases))
        self.rarity = {term: math.log((1 + number) / (1 + n)) + 1 for term, n in present.items()}
        self.vocabulary = sorted(t for t in present if " " not in t and len(t) > 2)
        self.gains: dict[str, dict[int, float]] = defaultdict(dict)  # by term and procedure
        self.alike: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)  # by term and phrase
        talk = [Counter(term for phrase in own for term in phrase.elements()) for own in self.phrases]
        general = Counter(term for own in talk for term in own.elements())
        said = general.total()
        for procedure, own in enumerate(talk):
            length = own.total()
            for term, count in own.items():
                relative = count * (said / len(entries)) / length
                gain = math.log1p(relative / (ranking._SMOOTHING * general[term] / said))
                self.gains[term][procedure] = gain
        for procedure, several in enumerate(self.phrases):
            for place, phrase in enumerate(several):
                weights = {t: (1 + math.log(n)) * self.rarity[t] for t, n in phrase.items()}
                norm = math.sqrt(sum(w * w for w in weights.values()))
                for term, weight in weights.items():
                    self.alike[term][procedure, place] = weight / norm * self.rarity[term]

    def _known(self, token: str) -> str:
        if token in self.rarity or len(token) < 4 or not token.isalpha():
            return token
        slips = 1 if len(token) < 8 else 2
        found = process.extractOne(
            token[:40], self.vocabulary, scorer=DamerauLevenshtein.distance, score_cutoff=slips
        )
        return found[0] if found else token

    def search(self, text: str, limit: int) -> list[search.Hit]:
        tokens = [self._known(t) for t in words(text)]
        terms = {t for t in _terms(tokens) if t in self.rarity}
        if not terms or not search._names_anything(tokens):
            return []
        likely, near = self._likely(terms), self._near(terms)
        named = self._named(tokens)
        ranked = _standard(likely) + search._NEAREST * _standard(near) + search._NAMED * np.array(named)
        order = sorted(range(len(ranked)), key=lambda p: -round(float(ranked[p]), 9))[:limit]
        shares = np.exp(ranked - ranked.max())
        shares /= shares.sum()
        fit = search._fit(near[order[0]], len(terms) / len(set(_terms(tokens))))
        return [
            search.Hit(self.ids[p], search._probable(shares[p], fit), shares[p], fit, near[p])
            for p in order
            if near[p] > 0
        ]

    def _likely(self, terms: set[str]) -> list[float]:
        found = [0.0] * len(self.ids)
        for term in terms:
            for procedure, gain in self.gains[term].items():
                found[procedure] += gain
        return found

    def _near(self, terms: set[str]) -> list[float]:
        asked = math.sqrt(sum(self.rarity[t] ** 2 for t in terms))
        alike: dict[tuple[int, int], float] = defaultdict(float)
        for term in terms:
            for phrase, figure in self.alike[term].items():
                alike[phrase] += figure / asked
        best: dict[int, list[float]] = defaultdict(list)
        for (procedure, _), figure in alike.items():
            best[procedure].append(figure)
        for own in best.values():
            own.sort(reverse=True)
        singles = sorted((own[0] for own in best.values()), reverse=True)[: ranking._CANDIDATES]
        near = [0.0] * len(self.ids)
        for procedure, own in best.items():
            if own[0] > singles[-1] - 1e-12:
                counted = min(len(self.phrases[procedure]), ranking._BEST)
                near[procedure] = sum(own[: ranking._BEST]) / counted
        return near

    def _named(self, tokens: list[str]) -> list[float]:
        rarity = [self.rarity.get(t, 0.0) for t in tokens]
        telling = [0.0 if t in search._ASKING else r for t, r in zip(tokens, rarity, strict=True)]
        named = [0.0] * len(self.ids)
        for start in range(len(tokens)):
            for end in range(start + 2, min(start + ranking._LONGEST, len(tokens)) + 1):
                covered = sum(rarity[start:end])
                for procedure in self.named.get(tuple(tokens[start:end]), ()):
                    share = covered / (covered + sum(telling[:start]) + sum(telling[end:]))
                    beyond = (share - ranking._MOSTLY) / (1 - ranking._MOSTLY)
                    named[procedure] = max(named[procedure], beyond)
        return named


def _standard(values: list[float]) -> np.ndarray:
    figures = np.array(values)
    return (figures - figures.mean()) / (figures.std() or 1.0)
