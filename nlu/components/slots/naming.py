"""The second pass: the label of each span, given its kind, from the words and spans around it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Dict, List, Sequence, Text, Tuple

from nlu.components.slots import features
from nlu.components.slots.crf import Crf, Training
from nlu.components.slots.phrases import Example
from nlu.components.slots.sentence import Sentence, Span

_STEPS = 40
# So many tags are given to labels of the most frequent kinds alone; all other kinds share theirs. Measured: as
# good as a tag for every label, in a third of the time where there are 70.
_OWN = 12
_ONLY = [""]  # what there is to learn about a span whose kind has one label

Labels = Dict[Text, Dict[Text, Text]]  # by kind, then by tag


class Naming:
    """A field that tells the labels of one kind apart.

    "From" and "to" are labels of cities, "departure" and "arrival" of times. As the kind is known, labels of
    different kinds may have the same tag: a field costs the square of its tags.

    Args:
        labels: what each tag means for a span of each kind.
    """

    def __init__(self, labels: Labels, field: Crf) -> None:
        self._labels, self._field = labels, field

    @classmethod
    def fit(
        cls, examples: Sequence[Example], kind: Dict[Text, Text], held: Sequence[bool]
    ) -> Tuple[Naming, Naming]:
        """Two trainings: on all examples, and without those held out."""
        labels = _tagged(examples, kind)
        tag_of = {label: tag for meanings in labels.values() for tag, label in meanings.items()}
        rows = [
            _rows(sentence, [span._replace(label=kind[span.label]) for span in spans], labels)
            for sentence, spans in examples
        ]
        tags = [[tag_of[span.label] for span in spans] for _, spans in examples]
        training = Training.likelihood(rows, tags, list(map(int, held)), _STEPS)
        return cls(labels, training.fit()), cls(labels, training.fit(1))

    def name(self, sentence: Sentence, spans: Sequence[Span]) -> List[Tuple[Text, float | None]]:
        """The label of each span, whose own ``label`` is its kind, and how certain the field is of it: None
        where the kind has one label."""
        tagging = self._field.tag(_rows(sentence, spans, self._labels))
        found: List[Tuple[Text, float | None]] = []
        for span, tag, certainty in zip(spans, *tagging, strict=True):
            meanings = self._labels[span.label]
            likeliest = next(iter(meanings.values()))
            if len(meanings) == 1:
                found.append((likeliest, None))
            else:
                found.append((meanings.get(tag, likeliest), certainty if tag in meanings else 0.0))
        return found

    def save(self, folder: Path) -> Labels:
        """Write the field to ``folder``; the rest is returned, ready for JSON."""
        self._field.save(folder / "name.crfsuite")
        return self._labels

    @classmethod
    def load(cls, folder: Path, labels: Labels) -> Naming:
        return cls(labels, Crf.load(folder / "name.crfsuite"))


def _tagged(examples: Sequence[Example], kind: Dict[Text, Text]) -> Labels:
    """The tags of each kind's labels, most frequent first."""
    counts = Counter(span.label for _, spans in examples for span in spans)
    groups: Dict[Text, List[Text]] = {}
    for label in sorted(counts, key=lambda name: (-counts[name], name)):
        groups.setdefault(kind[label], []).append(label)
    tagged: Labels = {}
    own = 0
    for name, group in groups.items():
        if 1 < len(group) <= _OWN - own:
            tagged[name] = {f"o{own + n}": label for n, label in enumerate(group)}
            own += len(group)
        else:
            tagged[name] = {f"s{n}": label for n, label in enumerate(group)}
    return tagged


def _rows(sentence: Sentence, spans: Sequence[Span], labels: Labels) -> List[List[Text]]:
    rows = features.of_spans(sentence, spans)
    return [row if len(labels[span.label]) > 1 else _ONLY for row, span in zip(rows, spans, strict=True)]
