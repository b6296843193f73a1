"""Search over 10,000 procedures against two stock ways, on the same questions in the same run."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
from rapidfuzz import fuzz, process

from core.procedures import catalogue
from core.procedures.guide import Guide
from core.procedures.model import Procedure
from core.procedures.search import Index
from core.training.evaluation import Question, read
from nlu.vietnamese import words

ROOT = Path(__file__).resolve().parents[1]
SIZE = 10_000


def grown(procedures: Sequence[Procedure], size: int = SIZE) -> list[Procedure]:
    """A catalogue of ``size``: the real one, then variants whose words are drawn from its own."""
    draw = random.Random(7)
    vocabulary = [w for p in procedures for w in p.name.split()]
    made = list(procedures)
    for number, base in zip(range(size - len(made)), itertools.cycle(procedures), strict=False):
        name = " ".join(draw.choices(vocabulary, k=8))
        aliases = tuple(" ".join(draw.choices(vocabulary, k=4)) for _ in range(6))
        changes = {
            "id": f"made-{number}",
            "code": None,
            "name": name,
            "title": None,
            "cases": (),
            "case_question": None,
        }
        made.append(base.model_copy(update={**changes, "aliases": aliases, "situations": aliases}))
    return made


def _entries(procedures: Sequence[Procedure]) -> list[tuple[str, list[str], Sequence[str]]]:
    return [(p.id, p.names(), p.situations) for p in procedures]


def texts_of(p: Procedure) -> str:
    """What the stock ways index: the same names and life events as ours."""
    return " ".join(words(" ".join([*p.names(), *p.situations])))


def timed(ask: Callable[[str], object], questions: Sequence[str]) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds."""
    spent = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        spent.append((time.perf_counter() - started) * 1000)
    spent.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.99)]


def stock_bm25(procedures: Sequence[Procedure]) -> Callable[[str], list[str]]:
    """bm25s over names and life events, folded words."""
    ids = [p.id for p in procedures]
    index = bm25s.BM25()
    index.index([texts_of(p).split() for p in procedures], show_progress=False)

    def ask(text: str) -> list[str]:
        found, _ = index.retrieve([words(text)], k=3, show_progress=False)
        return [ids[i] for i in found[0]]

    return ask


def stock_fuzzy(procedures: Sequence[Procedure]) -> Callable[[str], list[str]]:
    """rapidfuzz over names and life events, folded words."""
    ids = [p.id for p in procedures]
    names = [texts_of(p) for p in procedures]

    def ask(text: str) -> list[str]:
        found = process.extract(" ".join(words(text)), names, scorer=fuzz.token_set_ratio, limit=3)
        return [ids[i] for _, _, i in found]

    return ask


def main() -> None:
    """Print speed over 10,000 procedures and ranking over the real catalogue."""
    real = list(catalogue.shipped().values())
    questions = read(ROOT / "tests" / "nlu" / "holdout" / "questions.tsv")
    big = grown(real)
    started = time.perf_counter()
    ours = Index(_entries(big))
    built = time.perf_counter() - started
    asked = [q.text for q in questions]
    rows = {
        "ours": timed(lambda t: ours.search(t, 3), asked),
        "bm25s": timed(stock_bm25(big), asked),
        "rapidfuzz": timed(stock_fuzzy(big), asked[:60]),
    }
    small = Guide(catalogue.shipped())
    ranking = {
        "ours": _ranking(lambda t: [h.id for h in small.search(t, 3)], questions),
        "bm25s": _ranking(stock_bm25(real), questions),
        "rapidfuzz": _ranking(stock_fuzzy(real), questions),
    }
    print(f"{len(big):,} procedures, {len(asked)} held-out questions; our index is built in {built:.1f} s\n")
    print(
        "| search | p50 | p99 | p99 against ours | top-1 (115 procedures) | top-3 |\n|---|---|---|---|---|---|"
    )
    for name, (median, worst) in rows.items():
        first, three = ranking[name]
        times = worst / rows["ours"][1]
        print(f"| {name} | {median:.2f} ms | {worst:.2f} ms | {times:.1f}× | {first:.1%} | {three:.1%} |")


def _ranking(ask: Callable[[str], list[str]], questions: Sequence[Question]) -> tuple[float, float]:
    found = [(ask(q.text), q.procedures) for q in questions]
    first = sum(bool(f) and f[0] in right for f, right in found) / len(found)
    return first, sum(any(x in right for x in f[:3]) for f, right in found) / len(found)
