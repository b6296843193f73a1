"""Numbers that name a person are hidden; codes, dates and money are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy import HIDDEN, holds_number, mask_numbers


@pytest.mark.parametrize(
    "text",
    [
        "012345678901",
        "cccd 012345678901 nhé",
        "012 345 678 901",
        "số cũ 123456789.",
        "gọi 0905123456",
        "gọi 0905 123 456",
        "0905.123.456",
        "+84905123456",
        "84 905 123 456",
        "(012345678901)",
        "CCCD:012345678901,tên A",
    ],
)
def test_personal_numbers_are_hidden(text: str) -> None:
    assert holds_number(text)
    hidden = mask_numbers(text)
    assert HIDDEN in hidden
    assert not any(run.isdecimal() and len(run) > 3 for run in hidden.replace(".", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "H15.50.05.13-261008-0975",
        "h15 .50.05.13 -261008- 0975",
        "000.00.12.H45-200926-0001",
        "G09.20-20260609-0092637",
        "ngày 08/10/2026",
        "thủ tục 1.001193",
        "15.000.000 đồng",
        "100.000.000 đồng",
        "1.200.000.000 đồng",
        "20261008083000",
        "Nghị định 118/2025/NĐ-CP",
        "từ 7 giờ đến 11 giờ 30",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_numbers(text) == text


@given(st.text(max_size=40), st.from_regex(r"0\d{11}", fullmatch=True), st.text(max_size=40))
def test_an_identity_number_between_blanks_never_stays(before: str, number: str, after: str) -> None:
    assert number not in mask_numbers(f"{before} {number} {after}")
