"""A message as the taggers see it: words in a form that all writings share, with exact places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Sequence, Text

from nlu.syllables import is_syllable
from nlu.vietnamese import Syllable, expand, fold, syllables, tone_last


class Span(NamedTuple):
    """Words ``start`` to ``end`` (exclusive) and what they are."""

    start: int
    end: int
    label: Text


@dataclass(frozen=True)
class Sentence:
    """The words of one message, in step with each other.

    Args:
        tokens: the words as written, with their places in the text.
        words: folded; slips and short forms undone where the result is known from training.
        accented: lower case with accents, however the tone is placed; "" throughout when the message
            has no accents at all, so that its silence about them is no evidence.
        shapes: what a word looks like: digits, a Vietnamese syllable, something foreign.
        marks: the punctuation before each word, "" where there is none.
    """

    tokens: Sequence[Syllable]
    words: Sequence[Text]
    accented: Sequence[Text]
    shapes: Sequence[Text]
    marks: Sequence[Text]


class Vocabulary:
    """The folded words that occurred at least twice in training; all others are known by their shape."""

    def __init__(self, known: Iterable[Text]) -> None:
        self.known: FrozenSet[Text] = frozenset(known)

    @classmethod
    def of(cls, texts: Iterable[Text]) -> Vocabulary:
        counts: Dict[Text, int] = Counter(_look(s.text).folded for text in texts for s in syllables(text))
        return cls(word for word, n in counts.items() if n > 1)

    def read(self, text: Text) -> Sentence:
        """The message in words."""
        tokens = syllables(text)
        looks = [_look(t.text) for t in tokens]
        has_accents = any(look.accented for look in looks)
        ends = [0, *(t.end for t in tokens)]
        return Sentence(
            tokens,
            [self._word(t.text, look.folded) for t, look in zip(tokens, looks, strict=True)],
            [look.tone_last if has_accents else "" for look in looks],
            [look.shape for look in looks],
            [text[end : t.start].strip()[:1] for end, t in zip(ends, tokens, strict=False)],
        )

    def _word(self, written: Text, folded: Text) -> Text:
        """The folded word; what is not known from training is mended if that makes a known word."""
        if folded in self.known:
            return folded
        mended = expand(written)
        return mended[0] if len(mended) == 1 and mended[0] in self.known else folded

    def seen(self, sentence: Sentence) -> List[Text]:
        """The words, with unknown ones replaced by their shape."""
        return [
            w if w in self.known else "~" + shape
            for w, shape in zip(sentence.words, sentence.shapes, strict=True)
        ]


class _Look(NamedTuple):
    folded: Text
    tone_last: Text
    shape: Text
    accented: bool


@lru_cache(maxsize=20_000)
def _look(written: Text) -> _Look:
    folded = fold(written)
    return _Look(folded, tone_last(written), _shape(folded), not written.isascii())


def _shape(folded: Text) -> Text:
    if folded.isdigit():
        return f"d{min(len(folded), 5)}"
    if any(c.isdigit() for c in folded):
        return "dx"
    return "s" if is_syllable(folded) else f"x{min(len(folded), 4)}"


def spans_of(sentence: Sentence, places: Iterable[tuple[int, int, Text]]) -> List[Span]:
    """Spans in words from places in the text, in order; those that cover no whole word are left out."""
    found = []
    for start, end, label in sorted(places):
        inside = [i for i, t in enumerate(sentence.tokens) if t.start >= start and t.end <= end]
        if inside and (not found or inside[0] >= found[-1].end):
            found.append(Span(inside[0], inside[-1] + 1, label))
    return found
