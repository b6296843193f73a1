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
SPANS = [
    "làm khai sinh cần gì và hết bao nhiêu tiền, bao lâu xong?",
    unicodedata.normalize("NFD", "em lấy chồng với người Lào thì nộp ở đâu với tốn mấy đồng"),
    "cần gì",
    "",
    "😀😀",
]
STORIES = {
    "stories": ["lệ phí bao nhiêu", "hết bao nhiêu tiền", "mất bao nhiêu tiền ạ", "nộp ở đâu", "đến chỗ nào nộp", "nộp hồ sơ ở đâu vậy",
                "hôm qua tôi nộp 50 nghìn tiền phạt, giờ nộp ở đâu", "tôi ở quê, hết bao nhiêu tiền",
                "nộp ở đâu, hết bao nhiêu tiền", "hết bao nhiêu tiền và nộp ở đâu vậy", "hôm nay trời mưa to", "tôi muốn làm giấy khai sinh"] * 3,
    "labels": [["fee"], ["fee"], ["fee"], ["office"], ["office"], ["office"], ["office"], ["fee"],
               ["office", "fee"], ["fee", "office"], [], ["overview"]] * 3,
    "asked": ["hôm qua tôi nộp 50 nghìn tiền phạt, hết bao nhiêu tiền", "noi nop o dau va het bao nhieu tien"],
}  # fmt: skip
TRAINING = {
    "texts": ["lệ phí bao nhiêu", "hết bao nhiêu tiền", "mất mấy đồng", "nộp ở đâu", "đến chỗ nào nộp", "địa chỉ ở đâu"] * 2,
    "labels": ["fee", "fee", "fee", "office", "office", "office"] * 2,
    "asked": ["le phi het bao nhieu", "nop o cho nao", unicodedata.normalize("NFD", "lệ phí mấy đồng"), ""],
}  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    given = {"texts": TEXTS, "spans": SPANS, "clauses": STORIES, "classifier": TRAINING}
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
    composed = [[unicodedata.normalize("NFC", c) for c in found] for found in answers["spans"]]
    assert composed == [
        ["làm khai sinh cần gì", "và hết bao nhiêu tiền", "bao lâu xong"],
        ["em lấy chồng với người Lào", "thì nộp ở đâu", "với tốn mấy đồng"],
        ["cần gì"],
        [""],
        ["😀😀"],
    ]


def test_the_question_is_found_in_the_story_and_several_are_told_apart(answers: dict[str, Any]) -> None:
    story, several = answers["clauses"]
    assert [label for _, label in story] == ["", "fee"]
    assert [label for _, label in several] == ["office", "fee"]


def test_the_classifier_reads_other_writings_and_survives_storage(answers: dict[str, Any]) -> None:
    result = answers["classifier"]
    assert [label for label, _ in result["before"][:3]] == ["fee", "office", "fee"]
    for before, after in zip(result["before"], result["after"], strict=True):
        assert before[0] == after[0]
        assert before[1] == pytest.approx(after[1], abs=1e-3)
    assert result["files"] == ["x.json", "x.npz"]
