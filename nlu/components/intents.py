"""Intents of any data set: pairs of words in the order they are said, with slots left blank.

"giá vé từ Huế đến Vinh" and "giá vé từ Sa Pa đến Pleiku" are the same once the cities are blanks, and
"loại … nào" is asked whatever stands between.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Dict, List, NamedTuple, Sequence, Text, Tuple

import numpy as np

from nlu.components.linear import Linear, Row, Space, Trust, log_softmax, normed
from nlu.vietnamese import Syllable, expand, fold, ngrams, strip_accents, syllables, tone_last

Place = Tuple[int, int, Text]  # start, end, label

_C = 10.0
_WEIGHTS = {"p": 1.0, "c": 0.6, "a": 0.7, "s": 0.6}
_REACH = 25  # how far apart the words of a pair may be: keeps a long message from costing its square
# How much of the bias counts: a frequent intent draws too much to it where texts are few.
_SHARES = (1.0, 0.7, 0.5, 0.3, 0.2, 0.1, 0.0)
_MANY = 2000  # texts from which what was said in one of them only is left out: half the size, no worse
_TOO_FEW = 60  # texts below which nothing can be learnt about how far to trust the probabilities


def features(text: Text, places: Sequence[Place]) -> Row:
    """Pairs of folded words, slips and short forms undone, slots blank (p), character n-grams (c), accented
    words (a) where there are accents, and the slots by label (s). Each group has a length of its own."""
    tokens = syllables(text)
    said = ["<", *_blanked(tokens, places), ">"]
    pairs = itertools.chain.from_iterable(
        (f"{one} {other}" for other in said[i + 1 : i + _REACH]) for i, one in enumerate(said)
    )
    groups: Dict[Text, Counter] = {"p": Counter(set(pairs)), "c": Counter()}
    for token in tokens:
        padded = f" {fold(token.text)} "
        groups["c"].update(padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    if any(ord(c) > 127 for t in tokens for c in t.text):
        groups["a"] = Counter(ngrams([tone_last(t.text) for t in tokens], (1, 2)))
    if places:
        labels = [label for _, _, label in sorted(places)]
        groups["s"] = Counter([*set(labels), " ".join(labels), f"first {labels[0]}", f"n{len(labels)}"])
    return {
        f"{name}:{feature}": value
        for name, counts in groups.items()
        for feature, value in normed(counts, _WEIGHTS[name]).items()
    }


def _blanked(tokens: Sequence[Syllable], places: Sequence[Place]) -> List[Text]:
    ends = {start: end for start, end, _ in places}
    said: List[Text] = []
    until = -1
    for token in tokens:
        if token.start in ends:
            until = ends[token.start]
            said.append("<>")
        elif token.start >= until:
            said += expand(token.text)
    return said


def fit(texts: Sequence[Text], intents: Sequence[Text], places: Sequence[Sequence[Place]]) -> Linear:
    """Train on texts as given and stripped. Texts left out of another training tell how much an intent's
    being frequent should count for, and how far the probabilities are to be trusted."""
    rows: List[Row] = []
    owner: List[int] = []  # which text a row is made of
    for number, (text, marked) in enumerate(zip(texts, places, strict=True)):
        made = _rows(text, marked)
        rows += made
        owner += [number] * len(made)
    least = 4 if len(texts) >= _MANY else 2
    table = _Table(Space.of(rows, least), rows, np.asarray(owner), np.asarray(intents))
    model = table.fit(np.arange(len(texts)))
    if len(texts) >= _TOO_FEW:
        held = _held_out(table)
        share = max(_SHARES, key=lambda share: sum(half.likelihood(share) for half in held))
        model.bias = model.bias * share
        probable, right = zip(*(half.answers(share) for half in held), strict=True)
        model.trust = Trust.fit(np.concatenate(probable), np.concatenate(right))
    return model


def _rows(text: Text, places: Sequence[Place]) -> List[Row]:
    """The features of a text, and those of its copy without diacritics if they differ."""
    given, bare = features(text, places), strip_accents(text)
    if bare == text:
        return [given]
    if _blanked(syllables(text), places) == _blanked(syllables(bare), places):
        return [given, {feature: value for feature, value in given.items() if feature[0] != "a"}]
    return [given, features(bare, places)]


class _Table:
    """The training texts as numbers, made once for all trainings."""

    def __init__(self, space: Space, rows: Sequence[Row], owner: np.ndarray, intents: np.ndarray) -> None:
        self.space, self.matrix, self.owner, self.intents = space, space.matrix(rows), owner, intents

    def fit(self, chosen: np.ndarray) -> Linear:
        """Train on the chosen texts. One against the rest is better here than multinomial, by a point on
        held-out sentences, and quicker."""
        kept = np.flatnonzero(np.isin(self.owner, chosen))
        labels = self.intents[self.owner[kept]].tolist()
        return Linear.fit(self.space, self.matrix[kept], labels, c=_C, quick=True)

    def one_of_each(self, chosen: np.ndarray) -> np.ndarray:
        """A row of each chosen text, now as given, now stripped."""
        first = np.searchsorted(self.owner, chosen)
        last = np.searchsorted(self.owner, chosen, side="right") - 1
        return np.where(np.arange(len(chosen)) % 2, last, first)


class _HeldOut(NamedTuple):
    """Scores of texts that a training has not seen, without the bias, and the number of the right label:
    -1 where the training had none of it."""

    scores: np.ndarray
    bias: np.ndarray
    wanted: np.ndarray

    def likelihood(self, share: float) -> float:
        """The log likelihood of the right labels with so much of the bias."""
        known = np.flatnonzero(self.wanted >= 0)
        return float(log_softmax(self.scores + share * self.bias)[known, self.wanted[known]].sum())

    def answers(self, share: float) -> Tuple[np.ndarray, np.ndarray]:
        """How probable the likeliest labels are, and whether they are right."""
        found = log_softmax(self.scores + share * self.bias)
        return np.exp(found.max(axis=1)), found.argmax(axis=1) == self.wanted


def _held_out(table: _Table) -> List[_HeldOut]:
    """Each half held out from a training on the other; where texts are many, one half tells enough."""
    order = np.random.RandomState(5).permutation(len(table.intents))
    halves = [order[::2], order[1::2]]
    found = []
    for held, rest in (halves, halves[::-1])[: 1 if len(order) >= _MANY else 2]:
        model = table.fit(rest)
        number = {label: n for n, label in enumerate(model.labels)}
        wanted = np.asarray([number.get(intent, -1) for intent in table.intents[held]])
        found.append(_HeldOut(model.scores(table.matrix[table.one_of_each(held)]), model.bias, wanted))
    return found
