"""A linear classifier over sparse features, kept without pickles.

Trained by scikit-learn; stored as JSON (vocabulary) and NPZ (weights), so that loading takes
milliseconds and a model file from elsewhere can run no code.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Text

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

Row = Dict[Text, float]


def normed(counts: Counter, weight: float = 1.0) -> Dict[Text, float]:
    """Sublinear counts scaled to length ``weight``."""
    values = {f: 1 + math.log(n) for f, n in counts.items()}
    norm = math.sqrt(sum(v * v for v in values.values())) or 1.0
    return {f: weight * v / norm for f, v in values.items()}


class Space:
    """The features that occurred at least twice (or ``least`` times) in training, numbered, with their idf."""

    def __init__(self, names: Sequence[Text], idf: np.ndarray) -> None:
        self.numbers = {name: i for i, name in enumerate(names)}
        self.idf = idf

    @classmethod
    def of(cls, rows: Sequence[Row], least: int = 2) -> Space:
        counts = Counter(f for row in rows for f in row)
        names = sorted(f for f, n in counts.items() if n >= least)
        return cls(names, np.asarray([math.log((1 + len(rows)) / (1 + counts[f])) + 1 for f in names]))

    def matrix(self, rows: Sequence[Row]) -> csr_matrix:
        """Rows as a sparse matrix; unknown features are left out."""
        data, indices, starts = [], [], [0]
        for row in rows:
            for feature, value in row.items():
                number = self.numbers.get(feature)
                if number is not None:
                    indices.append(number)
                    data.append(value * self.idf[number])
            starts.append(len(data))
        return csr_matrix((data, indices, starts), shape=(len(rows), len(self.numbers)))


_SALT = np.array([0.1, 0.3, 0.5, 0.7, 0.9])


class Trust(NamedTuple):
    """A logistic curve from the log odds of the likeliest label to the chance that it is right (Platt)."""

    slope: float
    shift: float

    @classmethod
    def fit(cls, probable: np.ndarray, right: np.ndarray) -> Trust:
        """Learn from held-out texts: how probable the likeliest label was, and whether it was right.

        Two grains of salt: as Platt proposes, of n right answers each counts as (n + 1) / (n + 2), so that
        nothing is certain; and where hardly any was wrong, probabilities far from those seen mean what they
        say.
        """
        hits, misses = int(right.sum()), int((~right).sum())
        chance = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))
        probable, chance = np.concatenate([probable, _SALT]), np.concatenate([chance, _SALT])
        model = LogisticRegression(C=1000.0)
        odds = _odds(np.concatenate([probable, probable]))[:, None]
        model.fit(odds, np.repeat([1, 0], len(probable)), np.concatenate([chance, 1 - chance]))
        return cls(float(model.coef_[0, 0]), float(model.intercept_[0]))

    def applied(self, found: np.ndarray) -> np.ndarray:
        """The probabilities of one text with that of the likeliest label as learnt, the others in proportion;
        the likeliest stays the likeliest."""
        top = int(found.argmax())
        rest = 1 - found[top]
        if rest <= 0:
            return found
        second = float(np.delete(found, top).max())
        chance = 1 / (1 + math.exp(-(self.slope * float(_odds(found[top])) + self.shift)))
        chance = max(chance, second / (rest + second))
        scaled = found * (1 - chance) / rest
        scaled[top] = chance
        return scaled


def _odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def log_softmax(score: np.ndarray) -> np.ndarray:
    """Log probabilities, row by row."""
    score = score - score.max(axis=1, keepdims=True)
    return score - np.log(np.exp(score).sum(axis=1, keepdims=True))


class Linear:
    """Probabilities over labels: softmax over linear scores."""

    def __init__(self, labels: Sequence[Text], space: Space, weights: np.ndarray, bias: np.ndarray,
                 trust: Trust | None = None) -> None:  # fmt: skip
        self.labels, self.space, self.weights, self.bias = list(labels), space, weights, bias
        self.trust = trust
        # Laid out as the product reads it; otherwise scipy copies all weights for every message.
        self._by_feature = np.ascontiguousarray(weights.T)

    @classmethod
    def fit(cls, space: Space, matrix: csr_matrix, labels: Sequence[Text], c: float,
            quick: bool = False, balanced: bool = False) -> Linear:  # fmt: skip
        """Train on rows already in ``space``.

        Args:
            quick: one-against-rest instead of multinomial: several times faster, a little less exact.
            balanced: rare labels weigh as much as frequent ones.
        """
        if len(set(labels)) == 1:  # nothing to tell apart
            return cls([labels[0]], space, np.zeros((1, matrix.shape[1])), np.zeros(1))
        solver = {"solver": "liblinear", "tol": 1e-2} if quick else {"tol": 1e-3}
        weighting = "balanced" if balanced else None
        model = LogisticRegression(C=c, max_iter=80, class_weight=weighting, **solver)
        model.fit(matrix, labels)
        weights, bias = model.coef_, model.intercept_
        if len(weights) == 1:  # two labels: scikit-learn keeps the row of the second only
            weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
        return cls([str(label) for label in model.classes_], space, weights, bias)

    def log_probabilities(self, matrix: csr_matrix) -> np.ndarray:
        """One row a text, one column a label."""
        return log_softmax(self.scores(matrix) + self.bias)

    def scores(self, matrix: csr_matrix) -> np.ndarray:
        """Scores without the bias."""
        return np.asarray(matrix @ self._by_feature)

    def probabilities(self, rows: Sequence[Row]) -> np.ndarray:
        """One row a text, one column a label; every row adds up to one.

        A message is a few rows: adding up the weights of their features costs a fraction of what making a
        sparse matrix does.
        """
        return np.exp(log_softmax(np.stack([self._score(row) for row in rows]) + self.bias))

    def _score(self, row: Row) -> np.ndarray:
        known = [(n, v) for f, v in row.items() if (n := self.space.numbers.get(f)) is not None]
        if not known:
            return np.zeros(len(self.labels))
        numbers = [n for n, _ in known]
        return (np.array([v for _, v in known]) * self.space.idf[numbers]) @ self._by_feature[numbers]

    def ranking(self, row: Row) -> List[tuple[Text, float]]:
        """Labels with their probability, most probable first."""
        found = self.probabilities([row])[0]
        order = np.argsort(-found)
        if self.trust:
            found = self.trust.applied(found)
        return [(self.labels[i], float(found[i])) for i in order]

    def save(self, folder: Path, name: Text) -> None:
        meta = {"labels": self.labels, "vocabulary": list(self.space.numbers), "trust": self.trust}
        (folder / f"{name}.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(
            folder / f"{name}.npz",
            idf=self.space.idf.astype("f4"),
            weights=self.weights.astype("f4"),
            bias=self.bias,
        )

    @classmethod
    def load(cls, folder: Path, name: Text) -> Linear:
        meta = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            space = Space(meta["vocabulary"], arrays["idf"].astype("f8"))
            trust = Trust(*meta["trust"]) if meta.get("trust") else None
            return cls(meta["labels"], space, arrays["weights"].astype("f8"), arrays["bias"], trust)
