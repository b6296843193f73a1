"""The held-out questions through the running assistant: trained model, action server, four writings."""

from __future__ import annotations

import asyncio
import csv
import pathlib
import tempfile
import time
from dataclasses import replace

from core.procedures import catalogue
from core.training import evaluation
from core.training.evaluation import Outcome, Question
from nlu.vietnamese import words
from tests import running
from tests.nlu.asking import outcomes

ROOT = pathlib.Path(__file__).resolve().parents[1]
Pairs = list[tuple[Question, Outcome]]
# Words that most official names share; they say nothing of which one is meant.
COMMON = frozenset(
    "thu tuc dang ky cap lai giay to cua va cho theo doi voi xac nhan the bo sung thay".split()
)
HOLDOUT = ROOT / "tests" / "nlu" / "holdout"


def main() -> None:
    """Print the table of scores."""
    questions = evaluation.read(HOLDOUT / "questions.tsv") + evaluation.read(HOLDOUT / "others.tsv")
    with tempfile.TemporaryDirectory() as folder:
        started = running.start(pathlib.Path(folder))
        try:
            rows, accented = {}, []
            began = time.perf_counter()
            for writing in evaluation.WRITINGS:
                got = asyncio.run(outcomes(started.rasa, [q.written(writing) for q in questions]))
                pairs = list(zip(questions, got, strict=True))
                rows[writing] = evaluation.score(pairs)
                accented = pairs if writing == "accented" else accented
            spent = time.perf_counter() - began
            asked = asyncio.run(outcomes(started.rasa, _elsewhere()))
            elsewhere = [replace(o, declined=o.declined or o.elsewhere) for o in asked]
        finally:
            started.stop()
    held = sum(bool(q.procedures) for q in questions)
    print(
        f"{held} questions about procedures and {len(questions) - held} other messages, none used in training.\n"
    )
    print(evaluation.table(rows))
    print(f"\n{_named(accented)}\n")
    print(
        evaluation.bands(
            {**_kinds(accented), "another province's affairs (said to be elsewhere, or declined)": elsewhere}
        )
    )
    print(f"\n{evaluation.reliability(accented)}")
    print(f"\n{4 * len(questions) / spent:.0f} questions a second, two calls to Rasa each.")


def _named(pairs: Pairs) -> str:
    """Recall on the questions that use no word of the official name."""
    names = {p.id: [w for w in words(p.name) if w not in COMMON] for p in catalogue.shipped().values()}
    rows = [(q, o) for q, o in pairs if evaluation.names_none(q, names)]
    scores = evaluation.score(rows)
    return (
        f"Of {len(rows)} questions that use none of the official name's words: top-1"
        f" {100 * (scores.top1 or 0):.1f} %, top-3 {100 * (scores.top3 or 0):.1f} %."
    )


def _kinds(pairs: Pairs) -> dict[str, list[Outcome]]:
    return {
        "about a procedure held": [o for q, o in pairs if q.procedures],
        "ordinary chatter": [o for q, o in pairs if q.intent == "out_of_scope"],
        "about a procedure not held": [o for q, o in pairs if q.intent == "procedure_not_held"],
    }


def _elsewhere() -> list[str]:
    with (HOLDOUT / "elsewhere.tsv").open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["text"] for row in rows if row["intent"] == "other_province"]
