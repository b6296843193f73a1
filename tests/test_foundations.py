"""The catalogue parses and Vietnamese folds alike in every writing."""

import pathlib
import unicodedata

import yaml

from core.procedures.model import Procedure
from nlu.vietnamese import fold, syllables, words

ROOT = pathlib.Path(__file__).resolve().parents[1]


def test_nfd_and_nfc_fold_alike() -> None:
    text = "Đăng ký khai sinh cho con"
    assert fold(text) == fold(unicodedata.normalize("NFD", text)) == "dang ky khai sinh cho con"


def test_offsets_are_exact() -> None:
    text = unicodedata.normalize("NFD", "Làm giấy khai sinh ở đâu?")
    assert [text[s.start : s.end] for s in syllables(text)] == [s.text for s in syllables(text)]
    assert words(text) == ["lam", "giay", "khai", "sinh", "o", "dau"]


def test_every_procedure_file_is_valid() -> None:
    files = sorted((ROOT / "data" / "procedures").rglob("*.yml"))
    assert len(files) >= 100
    for file in files:
        Procedure.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
