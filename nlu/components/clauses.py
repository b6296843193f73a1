"""What each clause of a message asks: the question is found in the story around it.

Citizens tell how things came about and ask at the end, or ask two things in one breath. A message is
cut into clauses; one classifier says of each clause which aspect it asks, or none. Examples name the
aspects of whole messages only, so training finds out which clause asks what (multiple-instance
learning by hard expectation-maximisation): assign each aspect to the clause that speaks most for it,
train, assign again.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import List, Sequence, Text, Tuple

import numpy as np

from nlu.components.features import of_clause
from nlu.components.linear import Linear, Space
from nlu.vietnamese import Syllable, expand, syllables, words

NONE = "none"
_ROUNDS = 4
_C = 10.0
# A clause ends at a mark, before a word that adds a clause, and before "với" when that adds a question.
_MARK = re.compile(r"[,.;:?!\n()]")
_ADDS = frozenset(["và", "va", "rồi", "roi", "còn", "mà", "thì", "thi", "xong"])
_WITH = frozenset(["với", "voi", "vs", "v"])
# What follows "với" when it adds a question, folded.
_QUESTION_STARTS = frozenset("lai mat ton het bao may phi le nop phai can dong co".split())
_ASKING = re.compile(
    r"\b(sao|rang|nao|gi|chi|cach|huong dan|bat dau|tu van|dau|mo|bao nhieu|bao lau|khong|luat)\b"  # folded
)

Span = Tuple[int, int]


def spans(text: Text) -> List[Span]:
    """Start and end of each clause of at least two words; the whole text when there is none.

    Works on syllables, so that accents, NFD and stripped writing are cut alike.
    """
    found: List[List[Syllable]] = []
    tokens = syllables(text)
    for number, token in enumerate(tokens):
        marked = number == 0 or bool(_MARK.search(text[tokens[number - 1].end : token.start]))
        alone = number + 1 == len(tokens) or bool(_MARK.search(text[token.end : tokens[number + 1].start]))
        if marked or (_begins(tokens, number) and not alone):  # "bao lâu xong": a last word joins its clause
            found.append([])
        found[-1].append(token)
    return [(c[0].start, c[-1].end) for c in found if len(c) > 1] or [(0, len(text))]


def _begins(tokens: List[Syllable], number: int) -> bool:
    word = unicodedata.normalize("NFC", tokens[number].text).lower()
    if word in _WITH and number + 1 < len(tokens):
        return expand(tokens[number + 1].text)[0] in _QUESTION_STARTS
    return word in _ADDS


def asks(text: Text) -> bool:
    """Whether a message has any word of asking; without one it only states a wish."""
    return bool(_ASKING.search(" ".join(words(text))))


class Clauses:
    """Says of each clause which label it asks for."""

    def __init__(self, model: Linear) -> None:
        self._model = model

    @property
    def labels(self) -> List[Text]:
        """All labels but "none"."""
        return [label for label in self._model.labels if label != NONE]

    def scores(self, text: Text) -> Tuple[List[Span], np.ndarray]:
        """The clauses, and one row of probabilities for each, in the order of ``labels``."""
        found = spans(text)
        table = self._model.probabilities([of_clause(text[s:e]) for s, e in found])
        kept = [i for i, label in enumerate(self._model.labels) if label != NONE]
        return found, table[:, kept]

    @classmethod
    def fit(cls, texts: Sequence[Text], asked: Sequence[Sequence[Text]], default: Text | None) -> Clauses:
        """Train on messages and the labels each asks for, in any order; none for other messages.

        Args:
            default: the label that a message without any question also has.
        """
        bags = [[of_clause(text[s:e]) for s, e in spans(text)] for text in texts]
        wanted = [
            [] if list(a) == [default] and not asks(t) else list(a) for t, a in zip(texts, asked, strict=True)
        ]
        rows = [row for bag in bags for row in bag]
        space = Space.of(rows)
        matrix = space.matrix(rows)
        starts = np.concatenate([[0], np.cumsum([len(bag) for bag in bags])])
        labels = _first_guess(wanted, starts)
        for number in range(_ROUNDS):
            known = [i for i, label in enumerate(labels) if label]
            last = number == _ROUNDS - 1
            model = Linear.fit(space, matrix[known], [labels[i] for i in known], _C, quick=not last)
            if not last:
                labels = _assign(model, model.log_probabilities(matrix), wanted, starts)
        return cls(model)

    def save(self, folder: Path, name: Text) -> None:
        """Write to ``folder``."""
        self._model.save(folder, name)

    @classmethod
    def load(cls, folder: Path, name: Text) -> Clauses:
        """Read what :meth:`save` wrote."""
        return cls(Linear.load(folder, name))


def _first_guess(wanted: Sequence[Sequence[Text]], starts: np.ndarray) -> List[Text]:
    """Sure cases only: nothing is asked, or one thing, which then is in the last clause. "" = unknown."""
    labels = [""] * int(starts[-1])
    for number, asked in enumerate(wanted):
        first, end = int(starts[number]), int(starts[number + 1])
        if not asked:
            labels[first:end] = [NONE] * (end - first)
        elif len(asked) == 1:
            labels[end - 1] = asked[0]
    return labels


def _assign(
    model: Linear, table: np.ndarray, wanted: Sequence[Sequence[Text]], starts: np.ndarray
) -> List[Text]:
    """Give each label of a message to the clause that speaks most for it; the other clauses ask nothing."""
    columns = {label: i for i, label in enumerate(model.labels)}
    none = columns[NONE]
    labels = [NONE] * len(table)
    for number, asked in enumerate(wanted):
        free = set(range(int(starts[number]), int(starts[number + 1])))
        if len(asked) > len(free):  # two questions in one clause teach nothing about either
            for clause in free:
                labels[clause] = ""
            continue
        todo = set(asked)
        while todo:
            label, clause = max(
                ((a, c) for a in sorted(todo) for c in sorted(free)),
                key=lambda pair: table[pair[1], columns[pair[0]]] - table[pair[1], none],
            )
            labels[clause] = label
            todo.remove(label)
            free.remove(clause)
        for clause in free:
            # A further clause that seems to ask the same is left out rather than called silent.
            likely = model.labels[int(table[clause].argmax())]
            if asked and likely in asked and table[clause, none] < np.log(0.5):
                labels[clause] = ""
    return labels
