"""Runs in Rasa's environment: tokenizes texts and tries the classifiers; JSON in, JSON out."""

from __future__ import annotations

import json
import pathlib
import sys
import tempfile

from nlu.components.clauses import Clauses, spans
from nlu.components.features import of_message
from nlu.components.linear import Linear, Space
from nlu.components.tokenizer import WORD, tokens_of


def tokens(text: str) -> list[list[object]]:
    return [[t.text, t.start, t.end, t.data[WORD]] for t in tokens_of(text)]


def classifier(texts: list[str], labels: list[str], asked: list[str]) -> dict[str, object]:
    rows = [of_message(text) for text in texts]
    space = Space.of(rows)
    made = Linear.fit(space, space.matrix(rows), labels, c=8.0)
    with tempfile.TemporaryDirectory() as folder:
        made.save(pathlib.Path(folder), "x")
        loaded = Linear.load(pathlib.Path(folder), "x")
        files = sorted(p.name for p in pathlib.Path(folder).iterdir())
    return {
        "before": [made.ranking(of_message(t))[0] for t in asked],
        "after": [loaded.ranking(of_message(t))[0] for t in asked],
        "files": files,
    }


def clauses(stories: list[str], labels: list[list[str]], asked: list[str]) -> list[list[list[str]]]:
    """For each text its clauses with the likeliest label of each, "" when none is likelier than nothing."""
    made = Clauses.fit(stories, labels, "overview")
    answers = []
    for text in asked:
        found, table = made.scores(text)
        likely = [made.labels[int(row.argmax())] if row.sum() > 0.5 else "" for row in table]
        answers.append([[text[s:e], label] for (s, e), label in zip(found, likely, strict=True)])
    return answers


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(
        {
            "tokens": [tokens(t) for t in given["texts"]],
            "spans": [[t[a:b] for a, b in spans(t)] for t in given["spans"]],
            "clauses": clauses(**given["clauses"]),
            "classifier": classifier(**given["classifier"]),
        },
        sys.stdout,
    )
