"""Finds slots: trained from texts with labelled spans, stored as JSON and crfsuite files."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Sequence, Text, Tuple

from nlu.components.slots import features
from nlu.components.slots.certainty import Certainty
from nlu.components.slots.copies import Place, exchanged
from nlu.components.slots.crf import Crf, Tagging
from nlu.components.slots.phrases import Example, Phrases, kinds
from nlu.components.slots.sentence import Sentence, Span, Vocabulary, spans_of
from nlu.vietnamese import strip_accents

# Measured on held-out texts: more rounds of the perceptron overfit; five voters gain half a point over one,
# and the certainty of three is enough to learn how far to trust it.
_VOTERS, _FEWER, _ROUNDS = 5, 3, 6
_STEPS = 40


class Found(NamedTuple):
    """A slot in the text as given: ``text[start:end]``; ``confidence`` is the chance that it is right."""

    start: int
    end: int
    label: Text
    confidence: float


class Guess(NamedTuple):
    """A span with how certain both passes are of it, not yet calibrated."""

    span: Span
    cut: float
    named: float


class Passes:
    """The two trained passes without calibration."""

    def __init__(self, vocabulary: Vocabulary, phrases: Phrases, cut: Sequence[Crf], name: Crf) -> None:
        self.vocabulary, self.phrases, self._cut, self._name = vocabulary, phrases, cut, name

    @classmethod
    def fit(cls, texts: Sequence[Text], places: Sequence[Sequence[Place]], voters: int = _VOTERS) -> Passes:
        """Train both passes on every text as given and on a copy of it (see ``copies``)."""
        vocabulary = Vocabulary.of(texts)
        given = _read(vocabulary, zip(texts, places, strict=True))
        kind = kinds(given)
        phrases = Phrases.of(given, kind)
        made = exchanged([(t, list(p)) for t, p in zip(texts, places, strict=True)], kind)
        examples = given + _read(vocabulary, made)
        rough = [[span._replace(label=kind[span.label]) for span in spans] for _, spans in examples]
        rows = [features.of_words(s, vocabulary.seen(s), phrases.marks(s, spans)) for s, spans in examples]
        tags = [_tags(len(s.words), r) for (s, _), r in zip(examples, rough, strict=True)]
        draw = random.Random(3)
        cut = []
        for _ in range(voters):
            chosen = [i + draw.randrange(2) * len(texts) for i in range(len(texts))]
            draw.shuffle(chosen)
            cut.append(Crf.perceptron([rows[i] for i in chosen], [tags[i] for i in chosen], _ROUNDS))
        rows = [features.of_spans(s, r) for (s, _), r in zip(examples, rough, strict=True)]
        labels = [[span.label for span in spans] for _, spans in examples]
        return cls(vocabulary, phrases, cut, Crf.likelihood(rows, labels, _STEPS))

    def guesses(self, sentence: Sentence) -> List[Guess]:
        """The spans found, in order."""
        seen, marks = self.vocabulary.seen(sentence), self.phrases.marks(sentence)
        rows = features.of_words(sentence, seen, marks)
        chosen = vote([spans_of_tags(field.tag(rows)) for field in self._cut])
        rough = [span for span, _ in chosen]
        naming = self._name.tag(features.of_spans(sentence, rough))
        return [
            Guess(span._replace(label=label), votes, certainty)
            for (span, votes), label, certainty in zip(chosen, *naming, strict=True)
        ]

    def save(self, folder: Path) -> Dict[Text, Any]:
        """Write the fields to ``folder``; the rest is returned, ready for JSON."""
        for number, field in enumerate(self._cut):
            field.save(folder / f"cut-{number}.crfsuite")
        self._name.save(folder / "name.crfsuite")
        return {"known": sorted(self.vocabulary.known), "phrases": self.phrases.to_json()}

    @classmethod
    def load(cls, folder: Path, meta: Dict[Text, Any]) -> Passes:
        return cls(
            Vocabulary(meta["known"]),
            Phrases.from_json(meta["phrases"]),
            [Crf.load(file) for file in sorted(folder.glob("cut-*.crfsuite"))],
            Crf.load(folder / "name.crfsuite"),
        )


class Tagger:
    """Finds slots and says how sure it is."""

    def __init__(self, passes: Passes, certainty: Certainty) -> None:
        self._passes, self._certainty = passes, certainty

    @classmethod
    def fit(cls, texts: Sequence[Text], places: Sequence[Sequence[Place]]) -> Tagger:
        """Train on texts and their labelled places.

        The passes are trained on all texts; how far their certainty is to be trusted is learnt from half of
        them, held out from another training.
        """
        order = list(range(len(texts)))
        random.Random(7).shuffle(order)
        held, rest = order[::2], order[1::2]
        judged: List[Tuple[Guess, bool]] = []
        if any(places[i] for i in rest):
            other = Passes.fit([texts[i] for i in rest], [places[i] for i in rest], _FEWER)
            judged = _judged(other, [texts[i] for i in held], [places[i] for i in held])
        certainty = Certainty.fit([((g.cut, g.named), right) for g, right in judged])
        return cls(Passes.fit(texts, places), certainty)

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


def _judged(
    passes: Passes, texts: Sequence[Text], places: Sequence[Sequence[Place]]
) -> List[Tuple[Guess, bool]]:
    """What the passes find in texts they have not seen, in either writing, and whether it is right."""
    found = []
    for number, (text, marked) in enumerate(zip(texts, places, strict=True)):
        sentence = passes.vocabulary.read(strip_accents(text) if number % 2 else text)
        right = set(spans_of(sentence, marked))
        found += [(guess, guess.span in right) for guess in passes.guesses(sentence)]
    return found


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


def vote(ballots: Sequence[Sequence[Tuple[Span, float]]]) -> List[Tuple[Span, float]]:
    """The spans that most voters found, in order, with the mean certainty of all voters."""
    counts: Dict[Span, float] = {}
    total: Dict[Span, float] = {}
    for ballot in ballots:
        for span, certainty in ballot:
            counts[span] = counts.get(span, 0) + 1
            total[span] = total.get(span, 0.0) + certainty
    chosen: List[Span] = []
    for span in sorted(counts, key=lambda s: (-counts[s], -total[s], s)):
        if 2 * counts[span] <= len(ballots):
            break
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return [(span, total[span] / len(ballots)) for span in sorted(chosen)]
