"""Which other province a message asks about."""

from __future__ import annotations

import unicodedata

import pytest

from core import profile as profiles
from core.paths import ROOT
from core.places.provinces import elsewhere, load
from nlu.vietnamese import strip_accents

PROFILE = profiles.load("dak-lak")
PROVINCES = load(ROOT / PROFILE.provinces)
ASKED = [
    ("làm căn cước ở Hà Nội cần gì", "Hà Nội"),
    ("một cửa quận 1 TP.HCM mấy giờ mở cửa", "Thành phố Hồ Chí Minh"),
    ("phường Nguyễn Văn Cừ Quy Nhơn nay thuộc phường nào", "Gia Lai"),
    ("quầy trả kết quả của Sở Tư pháp Thái Nguyên ở tầng mấy", "Thái Nguyên"),
    ("làm khai sinh ở Hà Nội hết bao nhiêu tiền", "Hà Nội"),
    ("lệ phí khai sinh ngoài Đà Nẵng", "Đà Nẵng"),
    ("tôi sinh ở Hà Nội nay muốn làm khai sinh", None),
    ("chuyển hộ khẩu từ tỉnh Bình Dương về", None),
    ("chuyển hộ khẩu từ Bình Dương về Buôn Ma Thuột", None),
    ("vợ em người Cà Mau muốn nhập hộ khẩu", None),
    ("chồng em quê Nghệ An", None),
    ("xã Hòa Bình 1 nay thuộc đâu", None),
    ("Sở Tư pháp ở đâu", None),
    ("Phú Yên cũ nay nộp hồ sơ ở đâu", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "name"), ASKED)
def test_which_province_is_asked_about(text: str, name: str | None) -> None:
    for written in (text, strip_accents(text), unicodedata.normalize("NFD", text)):
        found = elsewhere(PROVINCES, written, PROFILE.province)
        assert (found.name if found else None) == name


def test_there_are_thirty_four_and_the_profile_is_one_of_them() -> None:
    assert len(PROVINCES) == 34
    assert any(PROFILE.province.endswith(p.name) for p in PROVINCES)
