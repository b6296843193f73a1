"""Intents of any data set: pairs of words in the order they are said, with slots left blank.

"giá vé từ Huế đến Vinh" and "giá vé từ Sa Pa đến Pleiku" are the same once the cities are blanks, and
"loại … nào" is asked whatever stands between.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Dict, List, Sequence, Text, Tuple

import numpy as np

from nlu.components.linear import Linear, Row, Space, normed
from nlu.vietnamese import Syllable, expand, fold, ngrams, strip_accents, syllables, tone_last

Place = Tuple[int, int, Text]  # start, end, label

_C = 10.0
_WEIGHTS = {"p": 1.0, "c": 0.6, "a": 0.7, "s": 0.6}
_REACH = 25  # how far apart the words of a pair may be: keeps a long message from costing its square
_TEMPERATURES = np.geomspace(0.25, 4.0, 41)
_MANY = 2000  # texts from which what was said in one of them only is left out: half the size, no worse
_TOO_FEW = 60  # texts below which the temperature cannot be told and stays 1


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
    """Train on texts as given and stripped, then set the scale of the scores on held-out texts, so that of
    the answers given with 80 % about 80 % are right."""
    made = _fit(texts, intents, places)
    if len(texts) >= _TOO_FEW:
        temperature = _temperature(texts, intents, places)
        made.weights, made.bias = made.weights / temperature, made.bias / temperature
    return made


def _fit(texts: Sequence[Text], intents: Sequence[Text], places: Sequence[Sequence[Place]]) -> Linear:
    rows, labels = [], []
    for text, intent, marked in zip(texts, intents, places, strict=True):
        for copy in dict.fromkeys((text, strip_accents(text))):
            rows.append(features(copy, marked))
            labels.append(intent)
    space = Space.of(rows, 4 if len(texts) >= _MANY else 2)
    # One against the rest is better here than multinomial, by a point on held-out sentences, and quicker.
    return Linear.fit(space, space.matrix(rows), labels, c=_C, quick=True)


def _temperature(texts: Sequence[Text], intents: Sequence[Text], places: Sequence[Sequence[Place]]) -> float:
    """The divisor of the scores that makes a held-out half likeliest."""
    order = list(range(len(texts)))
    random.Random(5).shuffle(order)
    held, rest = order[::2], order[1::2]
    model = _fit([texts[i] for i in rest], [intents[i] for i in rest], [places[i] for i in rest])
    known = {label: n for n, label in enumerate(model.labels)}
    kept = [i for i in held if intents[i] in known]
    rows = [features(strip_accents(texts[i]) if i % 2 else texts[i], places[i]) for i in kept]
    table = model.log_probabilities(model.space.matrix(rows))
    right = [known[intents[i]] for i in kept]

    def unlikely(temperature: float) -> float:
        scaled = table / temperature
        scaled -= np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return -float(scaled[np.arange(len(right)), right].sum())

    return float(min(_TEMPERATURES, key=unlikely))
