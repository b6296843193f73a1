"""What is about getting notices, and what only sounds like it."""

from __future__ import annotations

import pytest

from core.broadcasts import phrases
from core.paths import ROOT
from core.places import units
from core.places.units import Unit


@pytest.fixture(scope="module")
def here() -> list[Unit]:
    return units.load(ROOT / "data" / "places" / "units.yml")


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("nhận thông báo", ""),
        ("Đăng ký nhận thông báo", ""),
        ("dang ky nhan thong bao", ""),
        ("dk nhan thong bao", ""),
        ("cho tôi đăng ký nhận thông báo", ""),
        ("tôi muốn nhận thông báo của xã tôi", ""),
        ("đăng ký thông báo", ""),
        ("đăng ký nhận thông báo chung nhé", ""),
        ("nhận thông báo như thế nào", ""),
        ("nhận thông báo xã Hòa Thịnh", "Xã Hòa Thịnh"),
        ("đăng ký nhận thông báo của xã Hòa Thịnh", "Xã Hòa Thịnh"),
        ("nhan thong bao phuong tuy hoa", "Phường Tuy Hòa"),
        ("nhận thông báo của xã Hòa Thịnh, huyện Tây Hòa cũ", "Xã Hòa Thịnh"),
        ("nhận thông báo toàn tỉnh", "*"),
        ("đăng ký nhận thông báo của tỉnh", "*"),
    ],
)
def test_a_wish_for_notices(here: list[Unit], said: str, place: str) -> None:
    wanted = phrases.wish(said, here)
    assert wanted is not None
    assert wanted.deed == "start"
    assert wanted.province == (place == "*")
    assert bool(wanted.places) == (place not in ("", "*"))
    assert place in ("", "*") or wanted.places[0].unit.name == place


@pytest.mark.parametrize(
    "said",
    [
        "thôi nhận thông báo",
        "thoi nhan thong bao",
        "không nhận thông báo nữa",
        "k nhận thông báo nữa",
        "hủy đăng ký nhận thông báo",
        "tôi không muốn nhận thông báo nữa",
        "dừng nhận thông báo",
        "bỏ đăng ký thông báo",
        "không nhận thông báo chung",
        "tắt thông báo chung",
        "thôi nhận thông báo của xã Hòa Thịnh",
    ],
)
def test_a_wish_for_none(here: list[Unit], said: str) -> None:
    wanted = phrases.wish(said, here)
    assert wanted is not None
    assert wanted.deed == "stop"


@pytest.mark.parametrize(
    "said",
    [
        "thông báo lưu trú",
        "đăng ký thông báo lưu trú cần gì",
        "hợp đồng thông báo lưu trú",
        "nhận thông báo nộp thuế đất thì làm gì",
        "nhận được thông báo này là sao",
        "sao tôi nhận được thông báo này",
        "khi nào nhận thông báo kết quả",
        "thông báo kết quả cho tôi",
        "không nhận được thông báo kết quả",
        "bật thông báo",
        "tắt thông báo",
        "đừng nhắn nữa",
        "thông báo tạm ngừng kinh doanh ở xã Hòa Thịnh",
        "nhận thông báo đất của xã Hòa Thịnh",
        "nhận kết quả ở xã Hòa Thịnh",
    ],
)
def test_others_are_left_alone(here: list[Unit], said: str) -> None:
    assert phrases.wish(said, here) is None


@pytest.mark.parametrize(
    ("said", "names", "province"),
    [
        ("xã Hòa Thịnh", ["Xã Hòa Thịnh"], False),
        ("tỉnh", [], True),
        ("toàn tỉnh", [], True),
        ("xã Không Có", [], False),
        ("làm khai sinh cần giấy tờ gì", None, False),
    ],
)
def test_the_answer_to_which_commune(
    here: list[Unit], said: str, names: list[str] | None, province: bool
) -> None:
    found = phrases.answer(said, here)
    if names is None:
        assert found is None
    else:
        assert found is not None
        assert ([place.unit.name for place in found[0]], found[1]) == (names, province)
