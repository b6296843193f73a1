"""``make bench-nlu DATA=folder [STOCK=1]``: train, ask in every writing, print the tables."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from benchmarks.nlu import scoring, stock
from benchmarks.nlu.folder import DataError, folder_of
from benchmarks.nlu.writings import writings

EPILOG = """The folder holds train.yml and test.yml in Rasa's training format; entities are annotated as
[Huế](city) or [Huế]{"entity": "city", "role": "from"}. Nothing of it is kept."""


ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; the exit status is 2 when the data cannot be used."""
    parser = argparse.ArgumentParser(prog="make bench-nlu", description=__doc__, epilog=EPILOG)
    parser.add_argument("--data", help="folder with train.yml and test.yml")
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml", help="default: config.yml")
    parser.add_argument(
        "--stock",
        choices=("1", *stock.PIPELINES),
        help="also train a stock pipeline of Rasa's in the same run: light (or 1) is its logistic regression "
        "and CRF, diet is what `rasa init` suggests",
    )
    given = parser.parse_args(arguments)
    try:
        folder = folder_of(given.data)
        with tempfile.TemporaryDirectory() as scratch:
            configs = {"ours": given.config.resolve()}
            if given.stock:
                name = "light" if given.stock == "1" else given.stock
                configs[f"Rasa, {name}"] = stock.config(name, Path(scratch))
            _compare(configs, folder, Path(scratch))
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _compare(configs: dict[str, Path], folder: Path, scratch: Path) -> None:
    # Importing Rasa takes ten seconds and switches the warnings of all its dependencies on.
    warnings.showwarning = lambda *_, **__: None
    from benchmarks.nlu import model
    from benchmarks.nlu.data import read

    train, test = read(folder / "train.yml"), read(folder / "test.yml")
    labels = {label for s in train for *_, label in s.slots}
    intents = {s.intent for s in train}
    print(
        f"{len(train)} sentences to train on, {len(test)} to ask; {len(intents)} intents, {len(labels)} labels"
    )
    asked = writings(test)
    costs = [
        "| system | training, wall | training, CPU | model | loading | parse p50 | p95 |",
        "|---|---|---|---|---|---|---|",
    ]
    scores = ["| system | writing | intents | slot F1 | whole sentences |", "|---|---|---|---|---|"]
    trust = []
    for name, config in configs.items():
        training = model.train(config, folder / "train.yml", scratch)
        loaded = model.Loaded(training)
        for writing, sentences in asked.items():
            answers, spent = loaded.ask(sentences)
            s = scoring.score(sentences, answers)
            scores.append(f"| {name} | {writing} | {s.intents:.1%} | {s.slots:.1%} | {s.sentences:.1%} |")
            if writing == "as given":
                costs.append(f"| {name} | {training} | {loaded.loading:.1f} s | {_times(spent)} |")
                for title, found in zip(("intent", "slot"), scoring.judged(sentences, answers), strict=True):
                    trust.append(scoring.reliability(f"{name}, {title}", found))
    print("\n".join(scores), "\n".join(costs), *trust, sep="\n\n")


def _times(spent: list[float]) -> str:
    ordered = sorted(spent)
    return f"{statistics.median(ordered):.1f} ms | {ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms"


if __name__ == "__main__":
    raise SystemExit(main())
