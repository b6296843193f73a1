"""Finds slots: trained from texts with labelled spans, stored as JSON and crfsuite files."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Sequence, Text, Tuple

from nlu.components.slots import features
from nlu.components.slots.certainty import Certainty
from nlu.components.slots.copies import Place, exchanged
from nlu.components.slots.crf import Crf, Tagging, Training
from nlu.components.slots.naming import Naming
from nlu.components.slots.phrases import Example, Phrases, kinds
from nlu.components.slots.sentence import Sentence, Span, Vocabulary, spans_of
from nlu.vietnamese import strip_accents

# Measured on held-out texts: more rounds of the perceptron overfit; five voters gain half a point over one.
_VOTERS, _ROUNDS = 5, 4
_JUDGED = 2  # of the voters, whose left-out texts tell how far both passes are to be trusted


class Found(NamedTuple):
    """A slot in the text as given: ``text[start:end]``; ``confidence`` is the chance that it is right."""

    start: int
    end: int
    label: Text
    confidence: float


class Guess(NamedTuple):
    """A span with how certain each voter of the first pass and the second pass are of it, not calibrated;
    ``named`` is None where there was nothing to choose from."""

    span: Span
    cut: Sequence[float]
    named: float | None


Judged = List[Tuple[Guess, bool]]


class Passes:
    """The two trained passes without calibration."""

    def __init__(self, vocabulary: Vocabulary, phrases: Phrases, cut: Sequence[Crf], name: Naming) -> None:
        self.vocabulary, self.phrases, self._cut, self._name = vocabulary, phrases, cut, name

    @classmethod
    def fit(cls, texts: Sequence[Text], places: Sequence[Sequence[Place]]) -> Tuple[Passes, Judged]:
        """Train both passes on every text as given and on a copy of it (see ``copies``).

        Returns:
            The passes, and what they found in texts left out of their training, with whether it was right.
        """
        vocabulary = Vocabulary.of(texts)
        given = _read(vocabulary, zip(texts, places, strict=True))
        kind = kinds(given)
        phrases = Phrases.of(given, kind)
        copies = exchanged([(t, list(p)) for t, p in zip(texts, places, strict=True)], kind)
        examples = given + _read(vocabulary, copies)
        left_out = [
            n % _VOTERS for n in range(len(texts))
        ]  # each voter leaves out a part; a text and its copy
        random.Random(7).shuffle(left_out)
        cut = _cut(vocabulary, phrases, examples, kind, left_out * 2)
        name, other = Naming.fit(examples, kind, [voter < _JUDGED for voter in left_out] * 2)
        judges = [cls(vocabulary, phrases, [voter], other) for voter in cut[:_JUDGED]]
        judged: Judged = []
        for n, voter in enumerate(left_out):
            if voter < _JUDGED:
                sentence, spans = given[n]
                sentence = vocabulary.read(strip_accents(texts[n])) if n % 2 else sentence
                judged += [(g, g.span in set(spans)) for g in judges[voter].guesses(sentence, spans)]
        return cls(vocabulary, phrases, cut, name), judged

    def guesses(self, sentence: Sentence, own: Sequence[Span] = ()) -> List[Guess]:
        """The spans found, in order.

        Args:
            own: the spans of a training sentence, whose fillers are known from others only.
        """
        seen, marks = self.vocabulary.seen(sentence), self.phrases.marks(sentence, own)
        rows = features.of_words(sentence, seen, marks)
        chosen = vote([spans_of_tags(field.tag(rows)) for field in self._cut])
        rough = [span for span, _ in chosen]
        return [
            Guess(span._replace(label=label), votes, certainty)
            for (span, votes), (label, certainty) in zip(
                chosen, self._name.name(sentence, rough), strict=True
            )
        ]

    def save(self, folder: Path) -> Dict[Text, Any]:
        """Write the fields to ``folder``; the rest is returned, ready for JSON."""
        for number, field in enumerate(self._cut):
            field.save(folder / f"cut-{number}.crfsuite")
        return {
            "known": sorted(self.vocabulary.known),
            "phrases": self.phrases.to_json(),
            "labels": self._name.save(folder),
        }

    @classmethod
    def load(cls, folder: Path, meta: Dict[Text, Any]) -> Passes:
        return cls(
            Vocabulary(meta["known"]),
            Phrases.from_json(meta["phrases"]),
            [Crf.load(file) for file in sorted(folder.glob("cut-*.crfsuite"))],
            Naming.load(folder, meta["labels"]),
        )


class Tagger:
    """Finds slots and says how sure it is."""

    def __init__(self, passes: Passes, certainty: Certainty) -> None:
        self._passes, self._certainty = passes, certainty

    @classmethod
    def fit(cls, texts: Sequence[Text], places: Sequence[Sequence[Place]]) -> Tagger:
        """Train on texts and their labelled places; how far the passes' certainty is to be trusted is
        learnt from texts that were left out of their training."""
        passes, judged = Passes.fit(texts, places)
        return cls(passes, Certainty.fit([(g.cut[0], g.named, right) for g, right in judged]))

    def find(self, text: Text) -> List[Found]:
        """The slots of a message, in order, with exact places in the text as given."""
        sentence = self._passes.vocabulary.read(text)
        tokens = sentence.tokens
        return [
            Found(
                tokens[g.span.start].start,
                tokens[g.span.end - 1].end,
                g.span.label,
                self._certainty.of(g.cut, g.named),
            )
            for g in self._passes.guesses(sentence)
        ]

    def save(self, folder: Path) -> None:
        """Write to ``folder``."""
        meta = {**self._passes.save(folder), "certainty": self._certainty.weights}
        (folder / "slots.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Tagger:
        """Read what :meth:`save` wrote."""
        meta = json.loads((folder / "slots.json").read_text(encoding="utf-8"))
        return cls(Passes.load(folder, meta), Certainty(meta["certainty"]))


def _read(vocabulary: Vocabulary, texts: Iterable[Tuple[Text, Sequence[Place]]]) -> List[Example]:
    sentences = ((vocabulary.read(text), marked) for text, marked in texts)
    return [(sentence, spans_of(sentence, marked)) for sentence, marked in sentences]


def _cut(
    vocabulary: Vocabulary,
    phrases: Phrases,
    examples: Sequence[Example],
    kind: Dict[Text, Text],
    left_out: Sequence[int],
) -> List[Crf]:
    """The voters of the first pass, each trained without the examples it leaves out."""
    rows = [features.of_words(s, vocabulary.seen(s), phrases.marks(s, spans)) for s, spans in examples]
    tags = [
        _tags(len(sentence.words), [span._replace(label=kind[span.label]) for span in spans])
        for sentence, spans in examples
    ]
    training = Training.perceptron(rows, tags, left_out, _ROUNDS)
    return [training.fit(voter) for voter in range(_VOTERS)]


def _tags(length: int, spans: Sequence[Span]) -> List[Text]:
    """B-kind at the first word of a span, I-kind at its others, O elsewhere."""
    tags = ["O"] * length
    for span in spans:
        tags[span.start : span.end] = [f"B-{span.label}"] + [f"I-{span.label}"] * (span.end - span.start - 1)
    return tags


def spans_of_tags(tagging: Tagging) -> List[Tuple[Span, float]]:
    """The spans that tags say, with the field's certainty; an I that continues nothing begins a span."""
    found: List[Tuple[Span, float]] = []
    for i, (tag, certainty) in enumerate(zip(*tagging, strict=True)):
        if tag == "O":
            continue
        last, so_far = found[-1] if found else (Span(-1, -1, ""), 0.0)
        if tag[0] == "I" and last.end == i and last.label == tag[2:]:
            found[-1] = last._replace(end=i + 1), min(so_far, certainty)
        else:
            found.append((Span(i, i + 1, tag[2:]), certainty))
    return found


def vote(ballots: Sequence[Sequence[Tuple[Span, float]]]) -> List[Tuple[Span, List[float]]]:
    """The spans that most voters found, in order, with the certainty of each voter: 0 where it did not."""
    votes: Dict[Span, List[float]] = {}
    for number, ballot in enumerate(ballots):
        for span, certainty in ballot:
            votes.setdefault(span, [0.0] * len(ballots))[number] = certainty
    chosen: List[Span] = []
    for span in sorted(votes, key=lambda s: (-_count(votes[s]), -sum(votes[s]), s)):
        if 2 * _count(votes[span]) <= len(ballots):
            break
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return [(span, votes[span]) for span in sorted(chosen)]


def _count(votes: Sequence[float]) -> int:
    return sum(1 for certainty in votes if certainty)
