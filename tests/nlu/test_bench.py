"""The benchmark for other people's data: scoring, writings, errors, and a whole run on a coffee shop."""

from __future__ import annotations

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
    return subprocess.run(
        [str(ROOT / "nlu/.venv/bin/python"), "-m", "benchmarks.nlu", *arguments],
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


def test_errors_name_the_file_and_the_remedy(tmp_path: pathlib.Path) -> None:
    done = bench()
    assert done.returncode == 2
    assert "DATA=folder" in done.stderr
    done = bench("--data", str(tmp_path))
    assert (done.returncode, "train.yml is missing: put" in done.stderr) == (2, True)
    for name, text, said in (
        ("broken", "nlu: [", "is no Rasa training data"),
        ("empty", 'version: "3.1"\nnlu:\n- intent: x\n', "has no sentence with an intent"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "train.yml").write_text(text, encoding="utf-8")
        (folder / "test.yml").write_text(text, encoding="utf-8")
        done = bench("--data", str(folder))
        assert done.returncode == 2
        assert str(folder / "train.yml") in done.stderr
        assert said in done.stderr
    assert "--stock" in bench("--help").stdout


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
