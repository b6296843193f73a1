"""What is said of codes that are not looked up here."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dossiers.code_wording import about_codes
from core.dossiers.codes import FaultyCode, find
from core.messages import Message

TODAY = dt.date(2026, 11, 24)
OURS = "H15.50.05.13-261008-0975"


def said(written: str, today: dt.date | None = TODAY) -> Message:
    return about_codes(find(written, TODAY), ["H15", "H45"], {"H45": "tỉnh Phú Yên"}, today)


@pytest.mark.parametrize(
    ("written", "wording"),
    [
        (OURS, "thuộc $province"),
        ("000.00.12.H45-200926-0001", "do tỉnh Phú Yên cũ cấp, nay thuộc $province"),
        ("H48.12-260101-0001", "tỉnh, thành phố khác cấp (đầu mã H48)"),
        ("G09.20-20260609-0092637", "bộ, ngành trung ương"),
        ("H15.50.05.13-261308-0975", "không phải một ngày có thật"),
        ("H15.50.05.13-991008-0975", "chưa tới"),
        ("H15-0975", "thiếu phần ngày"),
    ],
)
def test_each_kind_of_code_gets_its_own_answer(written: str, wording: str) -> None:
    message = said(written)
    faulty = isinstance(find(written, TODAY)[0], FaultyCode)
    assert wording in message.text
    assert ("Giấy tiếp nhận" in message.text) == faulty
    assert ("Cổng Dịch vụ công quốc gia" in message.text) != faulty
    assert (message.buttons[-1].title, message.buttons[-1].url) == (
        "Tra cứu trên Cổng DVC quốc gia",
        "$portal",
    )
    assert "chưa tra cứu được" not in message.text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("H15.50.05.13-261308-0975", "H15.50.05.13-260813-0975"),  # year, day, month
        ("H15.50.05.13-311026-0975", "H15.50.05.13-261031-0975"),  # day, month, year
        ("G09.20-08102026-0092637", "G09.20-20261008-0092637"),
        ("h15 .50.05.13 -261308- 0975", "H15.50.05.13-260813-0975"),
        ("H15.50.05.13-261399-0975", None),
        ("H15.50.05.13-991308-0975", None),  # turned about it is still to come
        ("H15-0975", None),
    ],
)
def test_only_the_order_of_the_day_is_suggested(written: str, meant: str | None) -> None:
    message = said(written)
    payloads = [b.payload for b in message.buttons if b.payload]
    assert payloads == ([f"d:show:{meant}"] if meant else [])
    assert ("năm-tháng-ngày; có phải ý anh/chị là" in message.text) == (meant is not None)
    assert all(len(p) <= 64 and p.isascii() for p in payloads)


def test_without_a_day_nothing_is_suggested() -> None:
    assert [b.payload for b in said("H15.50.05.13-261308-0975", today=None).buttons] == [None]


def test_several_codes_share_one_message() -> None:
    message = said(f"{OURS} và H15.50.05.13-261308-0975, H48.12-260101-0001")
    assert len(message.text.splitlines()) == 4
    assert [b.payload for b in message.buttons] == ["d:show:H15.50.05.13-260813-0975", None]
