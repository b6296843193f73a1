"""What the fillers of slots tell: which labels are of one kind, and which phrases fill that kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Dict, List, Sequence, Text, Tuple

from nlu.components.slots.sentence import Sentence, Span

_ALIKE = 0.3  # share of common fillers from which two labels are of one kind; 0.3 and 0.6 did equally well
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
    while True:
        pairs = [(a, b) for a in groups for b in groups if a < b]
        best = max(pairs, key=lambda pair: _alike(fillers[pair[0]], fillers[pair[1]]), default=None)
        if best is None or _alike(fillers[best[0]], fillers[best[1]]) < _ALIKE:
            return {label: name for name, labels in groups.items() for label in labels}
        kept, dropped = best
        groups[kept] += groups.pop(dropped)
        fillers[kept] = fillers[kept] + fillers[dropped]


def _alike(one: Counter, other: Counter) -> float:
    """Overlap of the two distributions, or how far the rarer one's fillers are fillers of the other."""
    few, many = sorted((one, other), key=lambda c: sum(c.values()))
    total_few, total_many = sum(few.values()), sum(many.values())
    shared = [f for f in few if f in many]
    overlap = sum(min(few[f] / total_few, many[f] / total_many) for f in shared)
    return max(overlap, 0.8 * sum(few[f] for f in shared) / total_few)


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
