"""Dossier codes in any writing, and what is no code."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dossiers.codes import DossierCode, FaultyCode, find

TODAY = dt.date(2026, 11, 24)
NEW = "H15.50.05.13-261008-0975"

WRITINGS = {
    NEW: NEW,
    "h15 .50.05.13 -261008- 0975": NEW,
    "hồ sơ h15.50.05.13-261008-0975 tới đâu rồi": NEW,
    "H15..50.05.13-261008-0975": NEW,
    "H15.50.05.13–261008–0975": NEW,
    "H15500513-261008-0975": NEW,
    "H15 50 05 13 261008 0975": NEW,
    "H15.50.05.13.261008.0975": NEW,
    "mã:H15.50.05.13-261008-0975.": NEW,
    "000.00.12.H45-200926-0001": "000.00.12.H45-200926-0001",
    "0000012H45-200926-0001": "000.00.12.H45-200926-0001",
    "G09.20-20260609-0092637": "G09.20-20260609-0092637",
    "H15-261008-0975": "H15-261008-0975",
}


@pytest.mark.parametrize(("written", "code"), WRITINGS.items())
def test_any_writing_of_a_code_is_read(written: str, code: str) -> None:
    for text in (written, unicodedata.normalize("NFD", written)):
        (found,) = find(text, TODAY)
        assert isinstance(found, DossierCode)
        assert found.text == code


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("H15.50.05.13-261308-0975", "bad_day"),
        ("H15.50.05.13-991008-0975", "future"),
        ("H15.50.05.13-261125-0001", "future"),
        ("H15-0975", "no_day"),
        ("hồ sơ h15.50.05.13-0975 sao rồi", "no_day"),
    ],
)
def test_what_cannot_be_a_code_is_named(written: str, fault: str) -> None:
    (found,) = find(written, TODAY)
    assert isinstance(found, FaultyCode)
    assert found.fault == fault


@pytest.mark.parametrize(
    "text",
    ["1.001193", "0905123456", "034567890123", "nhà A12 123456 789", "NĐ 118/2025/NĐ-CP", "ngày 24-11-2026", "H15", "CT07", "mẫu 01-02", "B2-123"],
)  # fmt: skip
def test_other_numbers_are_no_codes(text: str) -> None:
    assert find(text, TODAY) == []


def test_several_codes_come_in_order_and_once() -> None:
    found = find(f"{NEW}, 000.00.12.H45-200926-0001 và {NEW.lower()}", TODAY)
    assert [code.text for code in found] == [NEW, "000.00.12.H45-200926-0001"]


def test_the_day_and_the_owner_are_read() -> None:
    (code,) = find("G09.20-20260609-0092637", TODAY)
    assert isinstance(code, DossierCode)
    assert (code.root, code.received, code.of_ministry) == ("G09", dt.date(2026, 6, 9), True)


@given(st.text(max_size=300))
def test_nothing_a_person_can_type_breaks_the_search(text: str) -> None:
    for code in find(text, TODAY):
        assert code.text
