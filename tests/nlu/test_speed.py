"""Rasa as we run it says and remembers what Rasa as it comes does; the tracker store stays small."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from core.training import model
from tests.conftest import ROOT

SAID = [
    ["a", "làm khai sinh cần giấy tờ gì và hết bao nhiêu tiền"],
    ["b", "xin chào"],
    ["a", "the le phi?"],
    ["a", "cảm ơn nhé"],
    ["b", "xã Hòa Thịnh nay thuộc đâu"],
    ["c", "hồ sơ của tôi đến đâu rồi"],
    ["c", "báo lỗi giúp tôi với, cần giấy tờ gì"],  # the action server answers nonsense
    ["c", "slot giấy tờ gì"],  # and an event of a slot that does not exist
    ["a", "/greet"],
    ["b", "qwerty 🙂"],
    ["b", "thời tiết hôm nay thế nào"],
    ["a", "nộp ở đâu"],
    ["a", "nộp ở đâu"],
]


def _driven(**given: Any) -> dict[str, Any]:
    done = subprocess.run(
        [ROOT / "nlu" / ".venv" / "bin" / "python", "-m", "tests.nlu.speed_driver"],
        cwd=ROOT,
        env={**os.environ, **model.environment()},
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return loaded


@pytest.mark.model
def test_replies_events_and_calls_are_those_of_rasa_as_it_comes() -> None:
    trained = str(model.ensure(lambda _: None))
    plain = _driven(deed="replay", model=trained, said=SAID, fast=False)
    fast = _driven(deed="replay", model=trained, said=SAID, fast=True)
    for number, (one, other) in enumerate(zip(plain["turns"], fast["turns"], strict=True)):
        assert one == other, SAID[number]
    assert (plain["told"], plain["parsed"]) == (fast["told"], fast["parsed"])
    assert sum(bool(turn["replies"]) for turn in fast["turns"]) > 9
    assert fast["longest"] < plain["longest"]
    told = fast["ours"][0]["understood"]  # on our own channel, what Rasa took the message for comes first
    assert told[0][0].startswith("ask_")
    assert 1 >= told[0][1] > told[1][1] >= 0
    assert not any("understood" in part for part in plain["ours"])
    assert plain["tf"]
    assert not fast["tf"]


def test_the_tracker_store_keeps_the_last_turn_of_the_last_people() -> None:
    kept = _driven(deed="store", people=200, turns=1000)
    assert kept["long"] == ["action_listen", "câu 999", "a"]
    assert kept["remembered"] == 50
    assert kept["latest"] == "câu 1"
    assert kept["gone"]
    assert kept["after"] == ["new"]


def test_another_rasa_is_refused_with_the_reason() -> None:
    said = _driven(deed="guard")
    assert "RemoteAction._validate_action_result is not the function of Rasa 3.6.21" in said["function"]
    assert "but this is Rasa 3.7.0" in said["version"]
