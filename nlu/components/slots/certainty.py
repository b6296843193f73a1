"""Turns what the two passes believe into the chance of being right."""

from __future__ import annotations

import math
from typing import List, Sequence, Tuple

import numpy as np
from sklearn.linear_model import LogisticRegression

_FEW = 40  # judged spans below which nothing can be learnt from them
_EDGE = 1e-4


class Certainty:
    """A logistic curve over the log odds of both passes (Platt scaling).

    Args:
        weights: of the first pass, of the second, of there having been nothing to choose from in the second,
            and the constant.
    """

    def __init__(self, weights: Sequence[float]) -> None:
        self.weights: List[float] = list(weights)

    @classmethod
    def fit(cls, judged: Sequence[Tuple[float, float | None, bool]]) -> Certainty:
        """Learn from the certainty of both passes about held-out spans and whether each was right."""
        right = [ok for *_, ok in judged]
        if len(right) < _FEW or all(right) or not any(right):
            return cls([0.5, 0.5, 1.0, 0.0])
        model = LogisticRegression(C=10.0)
        model.fit(np.asarray([[_odds(cut), *_named(named)] for cut, named, _ in judged]), right)
        return cls([*map(float, model.coef_[0]), float(model.intercept_[0])])

    def of(self, cut: Sequence[float], named: float | None) -> float:
        """The chance that a span is right, between 0 and 1: the mean of what the certainty of each voter of
        the first pass makes probable; a voter that did not find it holds it for wrong.

        Args:
            cut: the certainty of each voter, 0 where it did not find the span.
        """
        first, second, sole, constant = self.weights
        odds, only = _named(named)
        rest = second * odds + sole * only + constant
        return sum(1 / (1 + math.exp(-(first * _odds(c) + rest))) for c in cut if c) / len(cut)


def _named(certainty: float | None) -> Tuple[float, float]:
    return (0.0, 1.0) if certainty is None else (_odds(certainty), 0.0)


def _odds(p: float) -> float:
    p = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))
