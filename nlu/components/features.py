"""Features of whole messages and of clauses."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Dict, Text

from nlu.components.linear import Row, normed
from nlu.components.tokenizer import segment
from nlu.vietnamese import clean, ngrams, syllables, words

_WEIGHTS = {"w": 1.0, "c": 0.6, "a": 0.7, "s": 0.4}


def of_message(text: Text) -> Row:
    """Folded word n-grams (w) and character n-grams (c); accented words (a) and the segmenter's words (s)
    where the text has accents. Each group has a length of its own, so none drowns the others."""
    text = clean(text)
    folded = words(text)
    groups: Dict[Text, Counter] = {"w": Counter(ngrams(["<", *folded, ">"], (1, 2, 3))), "c": Counter()}
    for word in folded:
        padded = f" {word} "
        groups["c"].update(padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    accented = [unicodedata.normalize("NFC", s.text).lower() for s in syllables(text)]
    if any(ord(c) > 127 for word in accented for c in word):
        groups["a"] = Counter(ngrams(accented, (1, 2)))
        groups["s"] = Counter(segment(text).values())
    return {
        f"{name}:{feature}": value
        for name, counts in groups.items()
        for feature, value in normed(counts, _WEIGHTS[name]).items()
    }


def of_clause(text: Text) -> Row:
    """Folded word n-grams only: measured, accents and segmentation add nothing to short clauses."""
    return normed(Counter(ngrams(["<", *words(text), ">"], (1, 2, 3))))
