"""Every writing of a sentence meets in the same words; offsets are exact for any text."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese import clean, expand, fold, strip_accents, syllables, tone_last, words

PAIRS = [
    ("đăng ký khai sinh", "dang ky khai sinh"),
    ("đăng ký khai sinh", "đkí khai sanh"),
    ("giấy khai sinh", "gks"),
    ("không được", "ko dc"),
    ("không", "hông"),
    ("bao nhiêu", "bnhieu"),
    ("căn cước công dân", "cccd"),
    ("làm giấy", "mần giấy"),
    ("vậy", "rứa"),
    ("thủ tục", "thur tucj"),
    ("thủ tục", "thu3 tuc5"),
    ("thủ tục", "thur tujc"),
    ("thủ tục", "thu3 tu5c"),
    ("giấy tờ", "gia61y to72"),
    ("giấy tờ", "giaasy towf"),
    ("đăng ký", "d9a8ng kys"),
    ("được", "duowjc"),
    ("được", "dcccc"),
    ("bảo hiểm y tế", "BHYT"),
    ("tiền", "tein"),
    ("tháng", "thag"),
    ("khai sinh", "khaisinh"),
    ("không làm", "kolam"),
    ("được", "dduwowcj"),
    ("cơ quan", "co wan"),
    ("bước", "buocw"),
    ("gì", "jj"),
    ("gì", "jf"),
    ("bao nhiêu", "bnn"),
    ("9 tuổi", "9t"),
]


@pytest.mark.parametrize(("full", "rough"), PAIRS)
def test_writings_meet(full: str, rough: str) -> None:
    assert words(rough) == words(full)


@pytest.mark.parametrize(
    "word", ["nha", "con", "bao", "ba", "man", "chi", "ca", "an", "mat", "xe", "dat", "hon", "tu"]
)
def test_ordinary_words_are_left_alone(word: str) -> None:
    assert expand(word) == (word,)


def test_accented_word_is_not_taken_for_an_abbreviation() -> None:
    assert expand("hồ") == ("ho",)
    assert expand("cả") == ("ca",)


@given(st.text(max_size=200))
def test_offsets_are_exact_for_any_text(text: str) -> None:
    found = syllables(text)
    assert [text[s.start : s.end] for s in found] == [s.text for s in found]
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@given(st.text(max_size=200))
def test_nothing_a_person_can_type_breaks_the_words(text: str) -> None:
    for word in words(text):
        assert word == word.lower()
        assert not any(unicodedata.combining(c) for c in word)


@given(st.sampled_from([full for full, _ in PAIRS] + ["Lệ phí hòa giải ở Krông Pắc, Ea H’leo"]))
def test_nfc_nfd_and_no_accents_give_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(text) == words(strip_accents(text))


@pytest.mark.parametrize(
    ("old", "new"), [("hòa", "hoà"), ("khỏe", "khoẻ"), ("ủy", "uỷ"), ("Thúy", "thuý"), ("hoàn", "hoàn")]
)
def test_either_placement_of_a_tone_is_one_form(old: str, new: str) -> None:
    assert tone_last(old) == tone_last(new) == tone_last(unicodedata.normalize("NFD", old))


def test_different_tones_and_vowels_stay_apart() -> None:
    assert len({tone_last(word) for word in ("hoa", "hòa", "hóa", "hoá", "hỏa", "hơa", "đóa", "dóa")}) == 7


def test_strip_accents_keeps_length_and_case() -> None:
    assert strip_accents("ĐĂNG ký Hộ Tịch") == "DANG ky Ho Tich"


def test_clean_drops_what_is_invisible_and_keeps_words_apart() -> None:
    assert clean("khai\u200bsinh\x00 ở\n\nđâu\u2028") == "khaisinh ở đâu"
    assert fold("\u0111") == "d"
