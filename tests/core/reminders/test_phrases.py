"""Wishes in words: a table with false friends, as people type them, with accents and without."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from core.reminders.check_code import readings, typed
from core.reminders.phrases import Wanted, hours_answer, pause_answer, wanted
from core.reminders.rating_words import answered, named
from core.reminders.times import Hours

TODAY = dt.date(2026, 11, 24)  # a Tuesday
_LINES = (Path(__file__).parent / "phrases.tsv").read_text(encoding="utf-8").splitlines()
TABLE = [tuple(line.split("\t")) for line in _LINES]


def short(found: Wanted | None) -> str:
    """What was understood, as the table writes it."""
    if found is None:
        return "-"
    kind = f" {found.kind.value}" if found.kind else ""
    until = f" {found.until}" if found.until else ""
    return f"{found.deed}{'?' if found.weak else ''}{kind}{until}{_hours(found.hours)}"


def _hours(hours: Hours | None) -> str:
    if hours is None:
        return ""
    if hours.wrong:
        return " wrong"
    if hours.at:
        return f" @{hours.first:%H:%M}"
    if hours == Hours():
        return " usual"
    first, last = (f"{one:%H:%M}" if one else "" for one in (hours.first, hours.last))
    return f" {first}-{last}"


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_phrases(text: str, expected: str) -> None:
    assert short(wanted(text, TODAY)) == expected


def test_the_table_is_as_large_as_it_has_to_be() -> None:
    assert len({text for text, _ in TABLE}) == len(TABLE) >= 120
    assert sum(expected == "-" for _, expected in TABLE) >= 50


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thôi", "stop"),
        ("thoi khoi", "stop"),
        ("phiền quá", "stop"),
        ("dung", "stop"),
        ("đừng", "stop"),
        ("dừng 7 ngày", "pause 2026-12-01"),
        ("đúng rồi", "-"),
        ("đúng", "-"),
        ("dùng", "-"),
        ("dungs", "-"),
        ("ok", "-"),
        ("cảm ơn", "-"),
        ("hồ sơ của tôi", "-"),
        ("tạm dừng kinh doanh cần gì", "-"),
        ("dừng xử lý hồ sơ là sao", "-"),
    ],
)
def test_after_a_message_of_ours_short_words_are_about_it(text: str, expected: str) -> None:
    assert short(wanted(text, TODAY, recent=True)) == expected


@pytest.mark.parametrize("text", [text for text, _ in TABLE])
def test_what_is_wanted_at_any_time_is_wanted_after_a_message_of_ours(text: str) -> None:
    """The desk looks no further where nothing would be wanted then."""
    assert wanted(text, TODAY) is None or wanted(text, TODAY, recent=True) is not None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("sau 9h", dt.time(9), None),
        ("trước 18 giờ", None, dt.time(18)),
        ("8-17h", dt.time(8), dt.time(17)),
        ("từ 2 đến 4 giờ chiều", dt.time(14), dt.time(16)),
        ("buổi sáng", dt.time(7), dt.time(12)),
        ("7 rưỡi tối", dt.time(19, 30), None),
        ("8h toi", dt.time(20), None),
        ("12h trưa", dt.time(12), None),
    ],
)
def test_hours_as_an_answer(text: str, first: dt.time | None, last: dt.time | None) -> None:
    found = hours_answer(text)
    assert found is not None
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("7 ngày", "2026-12-01"),
        ("hai tuần", "2026-12-08"),
        ("đến 5/12", "2026-12-05"),
        ("toi ngay 5-12", "2026-12-05"),
        ("đến hết ngày 5/12", "2026-12-06"),
        ("đến thứ ba", "2026-12-01"),
        ("đến chủ nhật", "2026-11-29"),
        ("đến mai", "2026-11-25"),
        ("đến 3/1", "2027-01-03"),
        ("đến 29/2/2028", "2028-02-29"),
        ("đến 31/2", "0001-01-01"),
        ("đến 1/1/2020", "0001-01-01"),
    ],
)
def test_days_as_an_answer(text: str, until: str) -> None:
    assert str(pause_answer(text, TODAY)) == until


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kiểm tra 4F7K", "4F7K"),
        ("KIEM TRA 4f7k", "4F7K"),
        ("kiểm tra giúp tôi mã 4F 7K với ạ", "4F7K"),
        ("mã kiểm tra 4-F-7-K", "4F7K"),
        ("check acfk", "ACFK"),
        ("“kiểm tra 4F7K”", "4F7K"),
        ("kiểm tra 4Đ7K", "4D7K"),
        ("4f7k", "4F7K"),
        ("kiểm tra 2345", "2345"),
    ],
)
def test_codes_to_check(text: str, code: str) -> None:
    found = typed(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "text", ["kiểm tra hồ sơ H15.50", "2024", "kiểm tra tình trạng", "kiểm tra", "xin chào"]
)
def test_no_codes(text: str) -> None:
    assert typed(text) is None


def test_a_word_is_no_sure_code() -> None:
    assert [typed(t).sure for t in ("kiểm tra thuế", "KIỂM TRA THUẾ", "mã 1234")] == [False] * 3  # type: ignore[union-attr]


def test_readings_begin_with_what_was_typed_and_hold_only_codes() -> None:
    assert readings("4F7K") == ("4F7K",)
    assert set(readings("4O7K")) == {"4Q7K", "4D7K"}
    assert max(len(tuple(readings(code))) for code in ("8888", "1111", "BBBB")) <= 81


@pytest.mark.parametrize(
    ("text", "score"),
    [("5 sao", 5), ("4/5", 4), ("chấm 3 điểm", 3), ("năm sao", 5), ("5*", 5), ("cho 2 sao nhé", 2), ("6 sao", None),
     ("5", None), ("khách sạn 5 sao", None), ("sinh ngày 4/5/2020", None)],
)  # fmt: skip
def test_scores_that_are_named(text: str, score: int | None) -> None:
    assert named(text) == score


@pytest.mark.parametrize(
    ("text", "score"),
    [("5", 5), ("rất hài lòng", 5), ("hài lòng", 4), ("tạm được", 3), ("chua hai long", 2), ("rất tệ", 1),
     ("hồ sơ tốt nghiệp", None), ("0", None)],
)  # fmt: skip
def test_scores_that_answer(text: str, score: int | None) -> None:
    assert answered(text) == score
