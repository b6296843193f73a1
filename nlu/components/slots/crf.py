"""A conditional random field of crfsuite, kept as the bytes of its own file format: loading trains nothing."""

from __future__ import annotations

import ctypes
import tempfile
from pathlib import Path
from typing import List, NamedTuple, Sequence, Text

import pycrfsuite

# A sparse penalty and no features seen once or twice: a tenth of the size, and better on held-out texts.
# Where texts are few, what was seen once is most of what there is.
_SPARSE, _SMOOTH = 0.1, 0.05
_MANY, _RARE = 2000, 3

_C = ctypes.CDLL(None)

Rows = Sequence[Sequence[Text]]


class Tagging(NamedTuple):
    """The likeliest tags of a sequence, and how probable each is to the field alone (not yet calibrated)."""

    tags: List[Text]
    certainty: List[float]


class Training:
    """Sequences handed to crfsuite once, for several trainings; each may leave out one group of them.

    Args:
        groups: the group of each sequence, from 0 on.
    """

    def __init__(self, rows: Sequence[Rows], tags: Sequence[Sequence[Text]], groups: Sequence[int],
                 algorithm: Text, settings: dict) -> None:  # fmt: skip
        self._trainer = pycrfsuite.Trainer(verbose=False)
        self._trainer.select(algorithm)
        self._trainer.set_params(settings)
        for features, wanted, group in zip(rows, tags, groups, strict=True):
            if features:
                self._trainer.append(features, wanted, group)

    @classmethod
    def perceptron(
        cls, rows: Sequence[Rows], tags: Sequence[Sequence[Text]], groups: Sequence[int], rounds: int
    ) -> Training:
        """By the averaged perceptron: quick where there are many tags and words."""
        least = 2 if len(rows) >= _MANY else 0
        return cls(rows, tags, groups, "ap", {"max_iterations": rounds, "feature.minfreq": least})

    @classmethod
    def likelihood(
        cls, rows: Sequence[Rows], tags: Sequence[Sequence[Text]], groups: Sequence[int], steps: int
    ) -> Training:
        """By maximum likelihood: slower, but its certainties are nearly probabilities."""
        least = _RARE if len(rows) >= _MANY else 0
        penalties = {"c1": _SPARSE, "c2": _SMOOTH, "feature.minfreq": least}
        return cls(rows, tags, groups, "lbfgs", {**penalties, "max_iterations": steps})

    def fit(self, left_out: int = -1) -> Crf:
        """A field trained on all groups but one; the same data give the same field."""
        _C.srand(left_out + 2)  # crfsuite shuffles by C's rand
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model"
            self._trainer.train(str(file), left_out)
            return Crf(file.read_bytes())


class Crf:
    """A trained field.

    Args:
        model: what crfsuite wrote; it holds numbers and names only and can run no code.
    """

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

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
