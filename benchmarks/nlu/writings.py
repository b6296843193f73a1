"""The same sentence as different people's keyboards write it, with its slots in step. Pure."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.nlu.scoring import Labelled
from nlu.vietnamese import strip_accents

_BARE = ("oa", "oe", "uy")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _swaps() -> dict[str, str]:
    table = {}
    for first, second in _BARE:
        for tone in _TONES:
            old = unicodedata.normalize("NFC", first + tone) + second
            new = first + unicodedata.normalize("NFC", second + tone)
            table[old], table[new] = new, old
    return table


_SWAPS = _swaps()
_OPEN = re.compile(rf"(?<![qQ])({'|'.join(_SWAPS)})(?!\w)")


def composed(sentence: Labelled) -> Labelled:
    """In NFC, in which the other writings are made."""
    return _mapped(sentence, lambda text: unicodedata.normalize("NFC", text))


def placed_otherwise(text: str) -> str:
    """ "hòa" becomes "hoà" and "hoà" becomes "hòa"; the length stays."""
    return _OPEN.sub(lambda match: _SWAPS[match.group()], text)


def unaccented(sentence: Labelled) -> Labelled:
    return replace(sentence, text=strip_accents(sentence.text))


def decomposed(sentence: Labelled) -> Labelled:
    return _mapped(sentence, lambda text: unicodedata.normalize("NFD", text))


def _mapped(sentence: Labelled, change: Callable[[str], str]) -> Labelled:
    """For changes that work letter by letter: a place is as far as what stands before it is long."""
    text = sentence.text
    slots = tuple((len(change(text[:s])), len(change(text[:e])), label) for s, e, label in sentence.slots)
    return Labelled(change(text), sentence.intent, slots)


def writings(sentences: Sequence[Labelled]) -> dict[str, list[Labelled]]:
    """Every sentence in every writing."""
    base = [composed(s) for s in sentences]
    draw = random.Random(17)
    bare = [draw.random() < 0.5 for _ in base]
    return {
        "as given": list(sentences),
        "no diacritics": [unaccented(s) for s in base],
        "half of them without": [unaccented(s) if b else s for s, b in zip(base, bare, strict=True)],
        "NFD": [decomposed(s) for s in base],
        "tone marks placed otherwise": [replace(s, text=placed_otherwise(s.text)) for s in base],
    }
