"""Scores of what was understood: intents, exact spans, whole sentences, and what confidence is worth. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

_BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Labelled:
    """One sentence: its intent, and its slots as start, end and label."""

    text: str
    intent: str
    slots: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Understood:
    """What a model made of one sentence; slots are start, end, label and confidence."""

    intent: str | None
    confidence: float
    slots: tuple[tuple[int, int, str, float], ...]

    @property
    def places(self) -> set[tuple[int, int, str]]:
        return {slot[:3] for slot in self.slots}


@dataclass(frozen=True)
class Scores:
    """Shares between 0 and 1. A slot is right when start, end and label are; F1 is over all slots together."""

    intents: float
    slots: float
    sentences: float


def score(sentences: Sequence[Labelled], answers: Sequence[Understood]) -> Scores:
    pairs = list(zip(sentences, answers, strict=True))
    hit = sum(len(set(s.slots) & a.places) for s, a in pairs)
    named = sum(len(set(s.slots)) + len(a.places) for s, a in pairs)
    right = [s.intent == a.intent for s, a in pairs]
    whole = [ok and set(s.slots) == a.places for ok, (s, a) in zip(right, pairs, strict=True)]
    return Scores(sum(right) / len(pairs), 2 * hit / named if named else 1.0, sum(whole) / len(pairs))


def judged(
    sentences: Sequence[Labelled], answers: Sequence[Understood]
) -> tuple[list[tuple[float, bool]], list[tuple[float, bool]]]:
    """Confidence and whether right, of every intent and of every slot found."""
    pairs = list(zip(sentences, answers, strict=True))
    intents = [(a.confidence, s.intent == a.intent) for s, a in pairs]
    slots = [(slot[3], slot[:3] in set(s.slots)) for s, a in pairs for slot in a.slots]
    return intents, slots


def calibration_error(judgements: Sequence[tuple[float, bool]]) -> float:
    """Mean distance between confidence and being right over the bins, weighted by their size."""
    rows = _binned(judgements)
    total = sum(n for *_, n in rows)
    return sum(abs(said - was) * n for _, said, was, n in rows) / total if total else 0.0


def _binned(judgements: Sequence[tuple[float, bool]]) -> list[tuple[str, float, float, int]]:
    rows = []
    for low, high in itertools.pairwise(_BINS):
        inside = [(c, ok) for c, ok in judgements if low <= c < high or (c >= high == 1.0)]
        if inside:
            said = sum(c for c, _ in inside) / len(inside)
            rows.append(
                (f"{low:.2f}–{high:.2f}", said, sum(ok for _, ok in inside) / len(inside), len(inside))
            )
    return rows


def reliability(title: str, judgements: Sequence[tuple[float, bool]]) -> str:
    """A Markdown table: how often answers of a confidence are right."""
    lines = [f"| {title}: confidence | mean | right | answers |", "|---|---|---|---|"]
    lines += [f"| {name} | {said:.3f} | {was:.3f} | {n} |" for name, said, was, n in _binned(judgements)]
    return "\n".join([*lines, f"\nexpected calibration error {calibration_error(judgements):.3f}"])
