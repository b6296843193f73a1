"""The held-out questions through the running assistant: trained model, action server, four writings."""

from __future__ import annotations

import asyncio
import pathlib
import tempfile
import time

from core.training import evaluation
from tests import running
from tests.nlu.asking import outcomes

ROOT = pathlib.Path(__file__).resolve().parents[1]
HOLDOUT = ROOT / "tests" / "nlu" / "holdout"


def main() -> None:
    """Print the table of scores."""
    questions = evaluation.read(HOLDOUT / "questions.tsv") + evaluation.read(HOLDOUT / "others.tsv")
    with tempfile.TemporaryDirectory() as folder:
        started = running.start(pathlib.Path(folder))
        try:
            rows = {}
            began = time.perf_counter()
            for writing in evaluation.WRITINGS:
                got = asyncio.run(outcomes(started.rasa, [q.written(writing) for q in questions]))
                rows[writing] = evaluation.score(list(zip(questions, got, strict=True)))
            spent = time.perf_counter() - began
        finally:
            started.stop()
    held = sum(bool(q.procedures) for q in questions)
    print(
        f"{held} questions about procedures and {len(questions) - held} other messages, none used in training.\n"
    )
    print(evaluation.table(rows))
    print(f"\n{4 * len(questions) / spent:.0f} questions a second, two calls to Rasa each.")
