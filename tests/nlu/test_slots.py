"""The slot tagger in Rasa's own environment: exact places in any writing, storage, silence."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.nlu.writings import placed_otherwise
from nlu.vietnamese import strip_accents
from tests.conftest import ROOT

ENV = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
SAID = "em lấy cà phê sữa cỡ lớn, giao về phường Tuy Hòa lúc 9 giờ"
WRITINGS = {
    "as in training": SAID,
    "stripped": strip_accents(SAID),
    "nfd": unicodedata.normalize("NFD", SAID),
    "tone placed otherwise": placed_otherwise(SAID),
    "double blanks": SAID.replace(" ", "  "),
    "shouted": SAID.upper(),
    "invisible and emoji": "🙂\u200b " + SAID + " 🙏",
    "telex left over": SAID.replace("giờ", "giowf"),
}
EXPECTED = [("drink", "cà phê sữa"), ("size", "lớn"), ("place", "phường Tuy Hòa"), ("time", "9 giờ")]


class Driver:
    """Talks to the process in Rasa's environment, which trained on the coffee shop."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.start: dict[str, Any] = self._read()

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        while line and line[0] not in "[{":  # what libraries print while they are imported
            line = self._process.stdout.readline()
        assert line, "the driver ended"
        return json.loads(line)

    def find(self, text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The slots by the tagger as trained and as loaded."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        trained, loaded = self._read()
        return trained, loaded


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    command = [str(ROOT / "nlu/.venv/bin/python"), "-m", "tests.nlu.slots_driver"]
    process = subprocess.Popen(
        [*command, str(ROOT / "tests/nlu/foreign/train.yml")],
        cwd=ROOT,
        env=ENV,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Driver(process)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("writing", WRITINGS)
def test_slots_are_found_in_every_writing_and_lie_where_they_say(driver: Driver, writing: str) -> None:
    text = WRITINGS[writing]
    found, _ = driver.find(text)
    plain = [(e["entity"], strip_accents(" ".join(e["value"].split())).lower()) for e in found]
    wanted = [(label, strip_accents(value).lower()) for label, value in EXPECTED]
    if writing == "telex left over":
        wanted[-1] = ("time", "9 giowf")
    assert plain == wanted
    for entity in found:
        assert text[entity["start"] : entity["end"]] == entity["value"]
        assert 0 < entity["confidence_entity"] <= 1
        assert entity["extractor"] == "SlotTagger"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.sampled_from([*SAID.split(), "\u0301", "  ", "hoà", "?"])).map("".join),
    )
)
def test_places_are_exact_for_any_text_and_storage_changes_nothing(driver: Driver, text: str) -> None:
    found, loaded = driver.find(text)
    assert found == loaded
    assert all(text[e["start"] : e["end"]] == e["value"].strip() != "" for e in found)
    assert all(a["end"] <= b["start"] for a, b in itertools.pairwise(found))


def test_roles_are_told_apart(driver: Driver) -> None:
    found, _ = driver.find("cho bac xiu tu xa Ea Kar ve phuong Phu Yen")
    places = {e["role"]: e["value"] for e in found if e["entity"] == "place"}
    assert places == {"from": "xa Ea Kar", "to": "phuong Phu Yen"}


def test_a_model_holds_no_pickles_and_no_sentences(driver: Driver) -> None:
    kinds = {name.rsplit(".", 1)[-1] for name in driver.start["files"]}
    assert kinds == {"crfsuite", "json"}


def test_without_annotations_nothing_is_trained_and_nothing_found(driver: Driver) -> None:
    assert driver.start["silent_files"] == ["no-slots"]
    assert driver.start["silent"] == []


def test_a_single_intent_is_a_classifier_too(driver: Driver) -> None:
    assert driver.start["single"]["name"] == "greet"
    assert driver.start["single"]["confidence"] == pytest.approx(1.0)


def test_intents_are_ranked_by_confidence_and_storage_changes_nothing(driver: Driver) -> None:
    for trained, loaded in zip(driver.start["rankings"], driver.start["rankings_loaded"], strict=True):
        confidence = [p for _, p in trained]
        assert sum(confidence) == pytest.approx(1.0)
        assert confidence == sorted(confidence, reverse=True)
        assert [name for name, _ in trained] == [name for name, _ in loaded]
        assert confidence == pytest.approx([p for _, p in loaded], abs=1e-4)


def test_the_classifier_is_less_sure_of_what_it_has_never_heard(driver: Driver) -> None:
    *known, nonsense, weather = (ranking[0][1] for ranking in driver.start["rankings"])
    assert max(nonsense, weather) < min(known)


def test_the_same_data_give_the_same_tagger(driver: Driver) -> None:
    assert all(driver.start["again"])
