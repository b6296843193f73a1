"""Runs in Rasa's environment: tokenizes texts and round-trips the classifier; JSON in, JSON out."""

from __future__ import annotations

import json
import pathlib
import sys
import tempfile

from nlu.components.linear import LinearClassifier
from nlu.components.questions import _clauses
from nlu.components.tokenizer import WORD, tokens_of


def tokens(text: str) -> list[list[object]]:
    return [[t.text, t.start, t.end, t.data[WORD]] for t in tokens_of(text)]


def classifier(texts: list[str], labels: list[str], asked: list[str]) -> dict[str, object]:
    made = LinearClassifier.fit(texts, [[label] for label in labels], multi=False)
    with tempfile.TemporaryDirectory() as folder:
        made.save(pathlib.Path(folder), "x")
        loaded = LinearClassifier.load(pathlib.Path(folder), "x")
        files = sorted(p.name for p in pathlib.Path(folder).iterdir())
    return {
        "before": [made.predict(t)[0] for t in asked],
        "after": [loaded.predict(t)[0] for t in asked],
        "files": files,
    }


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(
        {
            "tokens": [tokens(t) for t in given["texts"]],
            "clauses": [[t[a:b] for a, b in _clauses(t)] for t in given["clauses"]],
            "classifier": classifier(**given["classifier"]),
        },
        sys.stdout,
    )
