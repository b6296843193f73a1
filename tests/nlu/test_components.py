"""Our Rasa components in Rasa's own environment."""

from __future__ import annotations

import json
import os
import subprocess
import unicodedata
from typing import Any

import pytest

from tests.conftest import ROOT

TEXTS = [
    "Làm giấy khai sinh cho con ở đâu?",
    unicodedata.normalize("NFD", "Hoà giải tranh chấp đất đai ở phường Tuy Hoà"),
    "uỷ  ban   nhân dân",
    "gks ko dc, 8.000đ/bản 🙂 (H15.50.05.13-261008-0975)",
    "làm\u200bgiấy\x00tờ",
    "中文 паспорт căn cước",
    "",
    "   ",
    "?!…",
    "́́ dấu lạc",
]
CLAUSES = ["làm khai sinh cần gì và hết bao nhiêu tiền, bao lâu xong?", "cần gì", ""]
TRAINING = {
    "texts": ["lệ phí bao nhiêu", "hết bao nhiêu tiền", "mất mấy đồng", "nộp ở đâu", "đến chỗ nào nộp", "địa chỉ ở đâu"] * 2,
    "labels": ["fee", "fee", "fee", "office", "office", "office"] * 2,
    "asked": ["le phi het bao nhieu", "nop o cho nao", unicodedata.normalize("NFD", "lệ phí mấy đồng"), ""],
}  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    given = {"texts": TEXTS, "clauses": CLAUSES, "classifier": TRAINING}
    done = subprocess.run(
        [ROOT / "nlu" / ".venv" / "bin" / "python", "-m", "tests.nlu.driver"],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def test_every_token_lies_where_it_says(answers: dict[str, Any]) -> None:
    for text, tokens in zip(TEXTS, answers["tokens"], strict=True):
        for token, start, end, _ in tokens:
            assert text[start:end] == token
            assert token.strip() == token != ""


def test_the_segmenters_word_is_a_feature_of_each_syllable(answers: dict[str, Any]) -> None:
    words = {token: word for token, _, _, word in answers["tokens"][0]}
    assert words["khai"] == words["sinh"] == "khai_sinh"


def test_clauses_are_the_parts_that_ask(answers: dict[str, Any]) -> None:
    assert [[c.strip() for c in found] for found in answers["clauses"]] == [
        ["làm khai sinh cần gì", "và hết bao nhiêu tiền", "bao lâu xong"],
        ["cần gì"],
        [],
    ]


def test_the_classifier_reads_other_writings_and_survives_storage(answers: dict[str, Any]) -> None:
    result = answers["classifier"]
    assert [label for label, _ in result["before"][:3]] == ["fee", "office", "fee"]
    for before, after in zip(result["before"], result["after"], strict=True):
        assert before[0] == after[0]
        assert before[1] == pytest.approx(after[1], abs=1e-3)
    assert result["files"] == ["x.json", "x.npz"]
