"""What the fillers of slots tell: which labels are of one kind, and which phrases fill that kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Dict, List, Sequence, Text, Tuple

from nlu.components.slots.sentence import Sentence, Span

# Labels are of one kind when they share so much of their fillers, or so much of the words in them: no two
# names may be the same, but "phường Tân Định" and "phường Bến Nghé" begin alike.
_SHARED_FILLERS, _SHARED_WORDS = 0.15, 0.65
_LONGEST = 7

Example = Tuple[Sentence, List[Span]]


def _filler(sentence: Sentence, span: Span) -> Tuple[Text, ...]:
    return tuple(sentence.words[span.start : span.end])


def kinds(examples: Sequence[Example]) -> Dict[Text, Text]:
    """The kind of each label, named after one of its labels; the most alike are put together first."""
    fillers: Dict[Text, Counter] = defaultdict(Counter)
    for sentence, spans in examples:
        for span in spans:
            fillers[span.label][_filler(sentence, span)] += 1
    groups = {label: [label] for label in sorted(fillers)}
    said = {label: _Shares(found) for label, found in fillers.items()}
    alike = {(a, b): said[a].alike(said[b]) for a in groups for b in groups if a < b}
    while alike:
        best = max(sorted(alike), key=alike.__getitem__)
        if alike[best] < 1:
            break
        kept, dropped = best
        groups[kept] += groups.pop(dropped)
        fillers[kept] = fillers[kept] + fillers.pop(dropped)
        said[kept] = _Shares(fillers[kept])
        alike = {pair: value for pair, value in alike.items() if not {kept, dropped} & {*pair}}
        for other in groups:
            if other != kept:
                alike[min(kept, other), max(kept, other)] = said[kept].alike(said[other])
    return {label: name for name, labels in groups.items() for label in labels}


class _Shares:
    """How often a label is filled with what, and with which words: parts of one."""

    def __init__(self, fillers: Counter) -> None:
        self.fillers, self.words = _shares(fillers), _shares(_word_counts(fillers))

    def alike(self, other: _Shares) -> float:
        """How alike the fillers of two labels are; from 1 on they are of one kind."""
        fillers, words = _overlap(self.fillers, other.fillers), _overlap(self.words, other.words)
        return max(fillers / _SHARED_FILLERS, words / _SHARED_WORDS)


def _shares(counts: Counter) -> Dict[Any, float]:
    total = sum(counts.values())
    return {x: n / total for x, n in counts.items()}


def _overlap(one: Dict[Any, float], other: Dict[Any, float]) -> float:
    return sum(min(share, other[x]) for x, share in one.items() if x in other)


def _word_counts(fillers: Counter) -> Counter:
    """Every filler counts alike, however many words it has; all numbers are one word."""
    found: Counter = Counter()
    for filler, n in fillers.items():
        for word in filler:
            found["#" if any(c.isdigit() for c in word) else word] += n / len(filler)
    return found


class Phrases:
    """The fillers seen in training, with the kind each filled most often."""

    def __init__(self, kind_of: Dict[Tuple[Text, ...], Text], counts: Dict[Tuple[Text, ...], int]) -> None:
        self._kind_of, self._counts = kind_of, counts
        self._longest = max(map(len, kind_of), default=0)

    @classmethod
    def of(cls, examples: Sequence[Example], kind: Dict[Text, Text]) -> Phrases:
        seen: Dict[Tuple[Text, ...], Counter] = defaultdict(Counter)
        for sentence, spans in examples:
            for span in spans:
                if span.end - span.start <= _LONGEST:
                    seen[_filler(sentence, span)][kind[span.label]] += 1
        return cls(
            {f: max(sorted(c), key=c.__getitem__) for f, c in seen.items()},
            {f: sum(c.values()) for f, c in seen.items()},
        )

    def marks(self, sentence: Sentence, own: Sequence[Span] = ()) -> List[List[Text]]:
        """For each word the kinds of known phrases that begin or go on there.

        Args:
            own: the spans of a training sentence, which must not testify for themselves.
        """
        words = sentence.words
        discounted = Counter(_filler(sentence, span) for span in own)
        found: List[List[Text]] = [[] for _ in words]
        for i in range(len(words)):
            for size in range(min(self._longest, len(words) - i), 0, -1):
                filler = tuple(words[i : i + size])
                if self._counts.get(filler, 0) > discounted[filler]:
                    found[i].append(f"gB:{self._kind_of[filler]}:{min(size, 3)}")
                    for j in range(i + 1, i + size):
                        found[j].append(f"gI:{self._kind_of[filler]}")
                    break
        return found

    def to_json(self) -> List[List[object]]:
        """Rows of filler and kind."""
        return [[" ".join(f), kind] for f, kind in sorted(self._kind_of.items())]

    @classmethod
    def from_json(cls, rows: List[List[Text]]) -> Phrases:
        """Counts matter in training only."""
        kind_of = {tuple(filler.split(" ")): kind for filler, kind in rows}
        return cls(kind_of, dict.fromkeys(kind_of, 1))
