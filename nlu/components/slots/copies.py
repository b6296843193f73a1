"""Copies of training texts that teach what a slot is rather than what was said in it.

A copy has no diacritics, and half of its fillers are exchanged for others of their kind, now and then for
a name nobody has heard. So cities, products and people that training never mentioned are found by the
words around them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Dict, List, Sequence, Text, Tuple

from nlu.vietnamese import strip_accents

Place = Tuple[int, int, Text]  # start, end, label
Labelled = Tuple[Text, List[Place]]

_EXCHANGED = 0.5
_MADE_UP = 0.3  # of the exchanged, where a kind is open: names rather than a closed list such as weekdays
_SOME = 8  # different fillers from which a kind is worth exchanging
_OPEN = 25  # different fillers from which a kind is open
_ONSETS = "b d g h k l m n p r s t v w z br dr st ph th ch".split()
_RHYMES = "a e i o u ai ee ou an in on er ar es at".split()


def exchanged(texts: Sequence[Labelled], kind: Dict[Text, Text], seed: int = 11) -> List[Labelled]:
    """One copy of each text; the same texts give the same copies."""
    draw = random.Random(seed)
    fillers: Dict[Text, set] = defaultdict(set)
    for text, places in texts:
        for start, end, label in places:
            fillers[kind.get(label, label)].add(text[start:end])
    stock = {name: sorted(found) for name, found in fillers.items()}
    return [_copy(text, places, kind, stock, draw) for text, places in texts]


def _copy(
    text: Text,
    places: Sequence[Place],
    kind: Dict[Text, Text],
    stock: Dict[Text, List[Text]],
    draw: random.Random,
) -> Labelled:
    parts: List[Text] = []
    moved: List[Place] = []
    done = length = 0
    for start, end, label in sorted(places):
        if start < done:  # overlapping annotations: the first one holds
            continue
        filler = _other(text[start:end], stock[kind.get(label, label)], draw)
        parts += [text[done:start], filler]
        length += start - done
        moved.append((length, length + len(filler), label))
        length += len(filler)
        done = end
    copy = "".join([*parts, text[done:]])
    stripped = strip_accents(copy)
    # Without diacritics every place stays where it is, unless the text was not composed to begin with.
    return (stripped if len(stripped) == len(copy) else copy), moved


def _other(filler: Text, fillers: List[Text], draw: random.Random) -> Text:
    if len(fillers) < _SOME or draw.random() > _EXCHANGED:
        return filler
    other = draw.choice(fillers)
    if len(fillers) < _OPEN or draw.random() > _MADE_UP or any(c.isdigit() for c in other):
        return other
    return " ".join(_made_up(draw) for _ in range(draw.choice((1, 1, 2))))


def _made_up(draw: random.Random) -> Text:
    return "".join(draw.choice(_ONSETS) + draw.choice(_RHYMES) for _ in range(draw.choice((1, 2, 2, 3))))
