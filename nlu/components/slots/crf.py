"""A conditional random field of crfsuite, kept as the bytes of its own file format: loading trains nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import List, NamedTuple, Sequence, Text

import pycrfsuite

# A sparse penalty and no features seen once or twice: a tenth of the size, and better on held-out texts.
# Where texts are few, what was seen once is most of what there is.
_SPARSE, _SMOOTH = 0.1, 0.05
_MANY, _RARE = 2000, 3

Rows = Sequence[Sequence[Text]]


class Tagging(NamedTuple):
    """The likeliest tags of a sequence, and how probable each is to the field alone (not yet calibrated)."""

    tags: List[Text]
    certainty: List[float]


class Crf:
    """A trained field.

    Args:
        model: what crfsuite wrote; it holds numbers and names only and can run no code.
    """

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    @classmethod
    def perceptron(cls, rows: Sequence[Rows], tags: Sequence[Sequence[Text]], rounds: int) -> Crf:
        """Train by the averaged perceptron: quick where there are many tags and words."""
        return cls._train(
            rows, tags, "ap", {"max_iterations": rounds, "feature.minfreq": 2 if len(rows) >= _MANY else 0}
        )

    @classmethod
    def likelihood(cls, rows: Sequence[Rows], tags: Sequence[Sequence[Text]], steps: int) -> Crf:
        """Train by maximum likelihood: slower, but its certainties are nearly probabilities."""
        least = _RARE if len(rows) >= _MANY else 0
        penalties = {"c1": _SPARSE, "c2": _SMOOTH, "feature.minfreq": least}
        return cls._train(rows, tags, "lbfgs", {**penalties, "max_iterations": steps})

    @classmethod
    def _train(
        cls, rows: Sequence[Rows], tags: Sequence[Sequence[Text]], algorithm: Text, settings: dict
    ) -> Crf:
        trainer = pycrfsuite.Trainer(verbose=False)
        trainer.select(algorithm)
        trainer.set_params(settings)
        for features, wanted in zip(rows, tags, strict=True):
            if features:
                trainer.append(features, wanted)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model"
            trainer.train(str(file))
            return cls(file.read_bytes())

    def tag(self, rows: Rows) -> Tagging:
        """The likeliest tags; none for an empty sequence."""
        if not rows:
            return Tagging([], [])
        tags = self._tagger.tag(rows)
        return Tagging(tags, [self._tagger.marginal(tag, i) for i, tag in enumerate(tags)])

    def save(self, file: Path) -> None:
        """Write to ``file``."""
        file.write_bytes(self._model)

    @classmethod
    def load(cls, file: Path) -> Crf:
        """Read what :meth:`save` wrote."""
        return cls(file.read_bytes())
