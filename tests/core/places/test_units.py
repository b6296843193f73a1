"""Old communes and the units of today."""

from __future__ import annotations

import pathlib
import unicodedata

import pytest

from core.errors import PlacesError
from core.places import units
from core.places.wording import where_now
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def known() -> list[units.Unit]:
    return units.load(ROOT / "data" / "places" / "units.yml")


def test_all_units_are_there(known: list[units.Unit]) -> None:
    assert len(known) == 102
    assert len({u.code for u in known}) == 102


@pytest.mark.parametrize(
    ("asked", "today"),
    [
        ("xã Hòa Thịnh, huyện Tây Hòa nay thuộc đâu", "Xã Hòa Thịnh"),
        ("xa hoa thinh huyen tay hoa nay thuoc dau", "Xã Hòa Thịnh"),
        ("phường Xuân Yên giờ là phường nào", "Phường Sông Cầu"),
        ("Phường Xuân Yên bây giờ đổi tên thành gì", "Phường Sông Cầu"),
        ("p4 tuy hòa nhập vô đâu", "Phường Tuy Hòa"),
    ],
)
def test_an_old_name_leads_to_the_unit_of_today(known: list[units.Unit], asked: str, today: str) -> None:
    for text in (asked, unicodedata.normalize("NFD", asked)):
        assert units.find(known, text)[0].unit.name == today


def test_every_old_name_with_its_kind_finds_its_unit(known: list[units.Unit]) -> None:
    for unit in known:
        for former in unit.formed_from:
            text = f"{former.name} {former.district or ''} nay thuộc đâu"
            assert unit.code in {f.unit.code for f in units.find(known, text, limit=10)}, text


def test_a_name_that_is_not_ours_says_so(known: list[units.Unit]) -> None:
    message = where_now(units.find(known, "xã Vĩnh Lộc A Bình Chánh nay thuộc đâu"))
    assert "chưa tìm thấy" in message.text


def test_the_answer_names_today_district_and_source(known: list[units.Unit]) -> None:
    text = where_now(units.find(known, "xã Hòa Thịnh huyện Tây Hòa")).text
    assert "Xã Hòa Thịnh" in text
    assert "không còn cấp huyện" in text
    assert "Nguồn:" in text


def test_a_broken_file_is_named(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "units.yml"
    file.write_text("units: [{code: 1}]", encoding="utf-8")
    with pytest.raises(PlacesError, match=r"units\.yml"):
        units.load(file)
