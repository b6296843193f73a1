"""The benchmark for other people's data: scoring, writings, errors, and a whole run on a coffee shop."""

from __future__ import annotations

import json
import pathlib
import subprocess
import unicodedata

import pytest

from benchmarks.nlu import scoring
from benchmarks.nlu.scoring import Labelled, Understood
from benchmarks.nlu.writings import placed_otherwise, writings
from tests.conftest import ROOT
from tests.nlu.test_slots import ENV

FOREIGN = ROOT / "tests" / "nlu" / "foreign"
SENTENCE = Labelled("về phường Hòa Thịnh", "order", ((3, 19, "place"),))


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return python("-m", "benchmarks.nlu", *arguments)


def several(runs: list[list[str]]) -> list[tuple[int, str, str]]:
    """Status, output and errors of several runs of the benchmark in one process: Rasa takes long to import."""
    done = python("-c", SEVERAL, json.dumps(runs))
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(one) for one in json.loads(done.stdout)]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "nlu/.venv/bin/python"), *arguments],
        cwd=ROOT,
        env=ENV,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("slots", "intent", "f1", "whole"),
    [
        (((3, 19, "place", 0.9),), "order", 1.0, 1.0),
        (((3, 19, "place", 0.9),), "cancel", 1.0, 0.0),
        (((3, 19, "drink", 0.9),), "order", 0.0, 0.0),
        (((3, 14, "place", 0.9),), "order", 0.0, 0.0),  # a span that is nearly right is wrong
        (((0, 2, "drink", 0.9), (3, 19, "place", 0.9)), "order", 2 / 3, 0.0),
        ((), "order", 0.0, 0.0),
    ],
)
def test_a_slot_is_right_when_place_and_label_are(
    slots: tuple[tuple[int, int, str, float], ...], intent: str, f1: float, whole: float
) -> None:
    found = scoring.score([SENTENCE], [Understood(intent, 0.9, slots)])
    assert (found.slots, found.sentences) == (pytest.approx(f1), whole)


def test_calibration_error_is_the_distance_from_what_was_promised() -> None:
    assert scoring.calibration_error([(0.8, True)] * 8 + [(0.8, False)] * 2) == pytest.approx(0.0)
    assert scoring.calibration_error([(0.9, False)] * 4 + [(1.0, True)] * 4) == pytest.approx(0.45)
    assert "| 0.80–0.90 | 0.800 | 0.800 | 10 |" in scoring.reliability(
        "x", [(0.8, True)] * 8 + [(0.8, False)] * 2
    )


def test_every_writing_keeps_its_slots_in_step() -> None:
    for name, sentences in writings([SENTENCE]).items():
        (start, end, label), text = sentences[0].slots[0], sentences[0].text
        value = unicodedata.normalize("NFC", text[start:end])
        assert label == "place"
        assert value in ("phường Hòa Thịnh", "phường Hoà Thịnh", "phuong Hoa Thinh"), name


@pytest.mark.parametrize(
    ("one", "other"), [("hòa", "hoà"), ("khoẻ", "khỏe"), ("thủy", "thuỷ"), ("quý", "quý"), ("hoàn", "hoàn")]
)
def test_tone_marks_move_where_usage_differs(one: str, other: str) -> None:
    assert placed_otherwise(one) == other
    assert placed_otherwise(other) == one


SEVERAL = """
import contextlib, io, json, sys
from benchmarks.nlu.__main__ import main

told = []
for arguments in json.loads(sys.argv[1]):
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            code = main(arguments)
        except SystemExit as stopped:
            code = stopped.code
    told.append([code, out.getvalue(), errors.getvalue()])
print(json.dumps(told), file=sys.__stdout__)
"""


def test_errors_name_the_file_and_the_remedy(tmp_path: pathlib.Path) -> None:
    cases = {
        "broken": ("nlu: [", "is no Rasa training data"),
        "empty": ('version: "3.1"\nnlu:\n- intent: x\n', "has no sentence with an intent"),
    }
    for name, (text, _) in cases.items():
        (tmp_path / name).mkdir()
        for file in ("train.yml", "test.yml"):
            (tmp_path / name / file).write_text(text, encoding="utf-8")
    asked = [[], ["--data", str(tmp_path)], *(["--data", str(tmp_path / n)] for n in cases), ["--help"]]
    nothing, missing, *bad, helped = several(asked)
    assert nothing[0] == 2
    assert "DATA=folder" in nothing[2]
    assert (missing[0], "train.yml is missing: put" in missing[2]) == (2, True)
    for (name, (_, said)), (code, _, errors) in zip(cases.items(), bad, strict=True):
        assert code == 2
        assert str(tmp_path / name / "train.yml") in errors
        assert said in errors
    assert "--stock" in helped[1]


@pytest.mark.model
def test_a_foreign_data_set_trains_with_the_same_configuration() -> None:
    done = bench("--data", str(FOREIGN))
    assert done.returncode == 0, done.stderr[-2000:]
    rows = {r.split(" | ")[1]: r for r in done.stdout.splitlines() if r.startswith("| ours | ") and "%" in r}
    assert set(rows) == set(writings([]))
    for row in rows.values():
        intents, slots, whole = (float(cell.rstrip("%| ")) for cell in row.split(" | ")[2:])
        assert min(intents, slots, whole) >= 85
    assert "30 sentences to train on, 8 to ask; 3 intents, 5 labels" in done.stdout  # repeated ones count
    assert done.stdout.count("expected calibration error") == 2
