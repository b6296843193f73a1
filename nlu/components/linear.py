"""A linear text classifier over folded and accented features, kept without pickles.

Trained by scikit-learn; stored as JSON (vocabulary) and NPZ (weights), so that loading takes
milliseconds and a model file from elsewhere can run no code.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlu.components.tokenizer import segment
from nlu.vietnamese import clean, ngrams, syllables, words

_WEIGHTS = {"w": 1.0, "c": 0.6, "a": 0.7, "s": 0.4}


def features(text: str) -> Dict[str, float]:
    """Feature -> weight, each group of features of length one times its own weight.

    Groups: folded word n-grams (w), folded character n-grams (c), accented words where the text has
    accents (a), segmented words (s).
    """
    text = clean(text)
    folded = words(text)
    groups: Dict[str, Counter] = {"w": Counter(ngrams(["<", *folded, ">"], (1, 2, 3))), "c": Counter()}
    for word in folded:
        padded = f" {word} "
        groups["c"].update(padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    accented = [unicodedata.normalize("NFC", s.text).lower() for s in syllables(text)]
    if any(ord(c) > 127 for word in accented for c in word):
        groups["a"] = Counter(ngrams(accented, (1, 2)))
        groups["s"] = Counter(segment(text).values())
    out: Dict[str, float] = {}
    for name, counts in groups.items():
        norm = math.sqrt(sum((1 + math.log(n)) ** 2 for n in counts.values())) or 1.0
        for feature, n in counts.items():
            out[f"{name}:{feature}"] = _WEIGHTS[name] * (1 + math.log(n)) / norm
    return out


class LinearClassifier:
    """Probabilities over labels; ``multi`` gives independent ones (several labels may be right)."""

    def __init__(self, labels: Sequence[str], vocabulary: Dict[str, int], idf: np.ndarray,
                 weights: np.ndarray, bias: np.ndarray, multi: bool) -> None:  # fmt: skip
        self.labels, self.vocabulary, self.multi = list(labels), vocabulary, multi
        self.idf, self.weights, self.bias = idf, weights, bias

    @classmethod
    def fit(
        cls, texts: Sequence[str], targets: Sequence[Iterable[str]], multi: bool, c: float = 8.0
    ) -> LinearClassifier:
        """Train on texts and the label(s) of each; with ``multi`` False exactly one each."""
        rows = [features(t) for t in texts]
        counts = Counter(f for row in rows for f in row)
        vocabulary = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n > 1))}
        idf = np.asarray([math.log((1 + len(rows)) / (1 + counts[f])) + 1 for f in vocabulary])
        matrix = _matrix(rows, vocabulary, idf)
        labels = sorted({label for target in targets for label in target})
        if not multi:
            model = LogisticRegression(C=c, max_iter=400, class_weight="balanced")
            model.fit(matrix, [next(iter(t)) for t in targets])
            weights, bias = model.coef_, model.intercept_
            if len(weights) == 1:  # two labels: scikit-learn keeps the row of the second only
                weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
            return cls(list(model.classes_), vocabulary, idf, weights, bias, False)
        fitted = [
            LogisticRegression(C=c, solver="liblinear", class_weight={0: 1.0, 1: 2.0}).fit(
                matrix, [label in t for t in targets]
            )
            for label in labels
        ]
        weights = np.vstack([m.coef_ for m in fitted])
        return cls(labels, vocabulary, idf, weights, np.concatenate([m.intercept_ for m in fitted]), True)

    def predict(self, text: str) -> List[Tuple[str, float]]:
        """Labels with their probability, most probable first."""
        known = [(self.vocabulary[f], v) for f, v in features(text).items() if f in self.vocabulary]
        score = self.bias.astype(float).copy()
        if known:
            index = np.asarray([i for i, _ in known])
            score += self.weights[:, index] @ (np.asarray([v for _, v in known]) * self.idf[index])
        probability = 1 / (1 + np.exp(-score)) if self.multi else _softmax(score)
        order = np.argsort(-probability)
        return [(self.labels[i], float(probability[i])) for i in order]

    def save(self, folder: Path, name: str) -> None:
        meta = {"labels": self.labels, "vocabulary": list(self.vocabulary), "multi": self.multi}
        (folder / f"{name}.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(
            folder / f"{name}.npz",
            idf=self.idf.astype("f4"),
            weights=self.weights.astype("f4"),
            bias=self.bias,
        )

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearClassifier:
        meta = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            vocabulary = {f: i for i, f in enumerate(meta["vocabulary"])}
            return cls(
                meta["labels"], vocabulary, arrays["idf"], arrays["weights"], arrays["bias"], meta["multi"]
            )


def _softmax(score: np.ndarray) -> np.ndarray:
    raised = np.exp(score - score.max())
    return raised / raised.sum()


def _matrix(rows: Sequence[Dict[str, float]], vocabulary: Dict[str, int], idf: np.ndarray) -> csr_matrix:
    data, indices, starts = [], [], [0]
    for row in rows:
        for feature, value in row.items():
            if feature in vocabulary:
                indices.append(vocabulary[feature])
                data.append(value * idf[vocabulary[feature]])
        starts.append(len(data))
    return csr_matrix((data, indices, starts), shape=(len(rows), len(vocabulary)))
