"""Distances, what is near, and what is said of it."""

from __future__ import annotations

import datetime as dt

import pytest

from core import profile as profiles
from core.paths import ROOT
from core.places import units as places
from core.places.counters import EXPECTING, Counters, asks_nearest
from core.places.nearest import distance_km, nearest, within
from core.places.units import Former, Kind, Location, Unit
from core.profile import Area, Profile

TUY_HOA, BUON_MA_THUOT, HA_NOI = (13.0955, 109.3209), (12.6667, 108.0500), (21.0285, 105.8542)


def unit(code: str, lat: float, lon: float, kind: Kind = "counter") -> Unit:
    at = Location(lat, lon, kind, "Sở Nội vụ", dt.date(2026, 11, 1))
    return Unit(code, f"Xã {code}", "Phú Yên", (Former(f"Xã {code}", None, False),), at)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return profiles.load("dak-lak")


@pytest.fixture(scope="module")
def shipped(profile: Profile) -> Counters:
    return Counters(places.load(ROOT / profile.units), profile)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (TUY_HOA, TUY_HOA, 0),
        ((0, 0), (0, 1), 111.195),
        ((0, 179.5), (0, -179.5), 111.195),
        ((90, 0), (-90, 0), 20015.1),
        (TUY_HOA, BUON_MA_THUOT, 145.7),
        (HA_NOI, BUON_MA_THUOT, 959.1),
    ],
)
def test_distances(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(one, other) == pytest.approx(km, rel=0.005)
    assert distance_km(one, other) == pytest.approx(distance_km(other, one))


def test_the_nearest_come_first_and_the_far_not_at_all() -> None:
    known = [unit("far", 14.0, 109.0), unit("b", 13.2, 109.32), unit("a", 13.1, 109.32)]
    bare = Unit("none", "Xã không", "Phú Yên", ())
    assert [near.unit.code for near in nearest([*known, bare], TUY_HOA, 40)] == ["a", "b"]
    assert nearest([bare], TUY_HOA, 40) == []
    assert len(nearest([unit(str(n), 13.1, 109.3) for n in range(9)], TUY_HOA, 40)) == 3


@pytest.mark.parametrize(("here", "inside"), [(TUY_HOA, True), (BUON_MA_THUOT, True), (HA_NOI, False)])
def test_the_province_has_an_area(profile: Profile, here: tuple[float, float], inside: bool) -> None:
    assert within(profile.area, here) is inside
    assert within(None, here)


def test_every_recorded_place_lies_in_the_area(profile: Profile) -> None:
    known = [u.location for u in places.load(ROOT / profile.units) if u.location]
    assert len(known) == 102
    assert all(within(profile.area, (at.lat, at.lon)) for at in known)
    assert {at.kind for at in known} == {"commune_centre"}


@pytest.mark.parametrize(
    ("here", "names"),
    [
        (TUY_HOA, "Phường Tuy Hòa"),
        (BUON_MA_THUOT, "Phường Buôn Ma Thuột"),
        ((13.4553, 109.2233), "Phường Sông Cầu"),
    ],
)
def test_where_people_stand_leads_to_their_commune(
    shipped: Counters, here: tuple[float, float], names: str
) -> None:
    message, expecting = shipped.near(here)
    assert names in message.text
    assert expecting is None


def test_a_point_for_a_commune_is_never_passed_off_as_a_counter(shipped: Counters) -> None:
    message, _ = shipped.near(TUY_HOA)
    lines = [line for line in message.text.splitlines() if line.startswith("•")]
    assert len(lines) == 3
    assert "CHƯA phải vị trí quầy" in message.text
    assert all(line.endswith(" km") and "," not in line and "Trung tâm" not in line for line in lines)
    assert "bất kỳ Trung tâm" in message.text
    assert "không lưu" in message.text
    assert "sapnhap.bando.com.vn" in message.text


def test_counters_are_told_as_such_and_a_map_shows_where_they_are(profile: Profile) -> None:
    message, _ = Counters([unit("a", 13.1, 109.32), unit("b", 13.2, 109.32)], profile).near(TUY_HOA)
    assert "Trung tâm Phục vụ hành chính công Xã a: khoảng 500 m" in message.text
    assert "Xã b: khoảng 11,6 km" in message.text
    assert "đại diện" not in message.text
    assert message.buttons[0].url == "https://www.google.com/maps/search/?api=1&query=13.10000%2C109.32000"


def test_beside_a_counter_each_line_says_what_its_point_is(profile: Profile) -> None:
    known = [unit("a", 13.1, 109.32), unit("b", 13.2, 109.32, "commune_centre")]
    message, _ = Counters(known, profile).near(TUY_HOA)
    assert "• Trung tâm Phục vụ hành chính công Xã a: khoảng 500 m\n" in message.text
    assert "• Xã b: khoảng 12 km, tính tới điểm đại diện của xã, chưa phải vị trí quầy\n" in message.text


def test_no_link_holds_where_somebody_is(shipped: Counters) -> None:
    message, _ = shipped.near((13.0955, 109.3209))
    urls = " ".join(b.url or "" for b in message.buttons)
    assert urls.startswith("https://www.google.com/maps/search/")
    assert not [part for part in ("13.09", "109.32", "13%", "109") if part in urls]
    assert "không nhận vị trí của anh/chị" in message.text


@pytest.mark.parametrize("known", [[], [unit("far", 12.3, 107.6)]], ids=["nothing recorded", "too far"])
def test_nothing_near_is_said_and_the_commune_asked_for(profile: Profile, known: list[Unit]) -> None:
    message, expecting = Counters(known, profile).near(TUY_HOA)
    assert "chưa có trong dữ liệu" in message.text
    assert "bất kỳ Trung tâm" in message.text
    assert "tên xã, phường" in message.text
    assert expecting == EXPECTING


def test_a_place_outside_the_province_is_told(shipped: Counters) -> None:
    message, expecting = shipped.near(HA_NOI)
    assert "nằm ngoài" in message.text
    assert "km" not in message.text
    assert expecting == EXPECTING


def test_a_message_without_a_position_asks_for_the_commune(shipped: Counters) -> None:
    message, expecting = shipped.near(None)
    assert "chưa đọc được vị trí" in message.text
    assert message.buttons[0].location
    assert expecting == EXPECTING


@pytest.mark.parametrize("text", ["xã Hòa Thịnh, huyện Tây Hòa", "xa hoa thinh tay hoa"])
def test_a_named_commune_leads_to_its_counter(shipped: Counters, text: str) -> None:
    message = shipped.named(text)
    assert message
    assert "Trung tâm Phục vụ hành chính công Xã Hòa Thịnh" in message.text
    assert "chưa có dữ liệu" in message.text
    assert "H%C3%B2a+Th%E1%BB%8Bnh" in (message.buttons[0].url or "")


def test_no_commune_is_no_answer(shipped: Counters) -> None:
    assert shipped.named("cảm ơn nhé") is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("quầy gần nhất ở đâu", True),
        ("Bộ phận một cửa gần đây", True),
        ("trung tam hanh chinh cong gan nha toi", True),
        ("gần nhất có một cửa nào không", True),
        ("đăng ký kết hôn ở đâu", False),
        ("hồ sơ gần xong chưa", False),
        ("quay lại sau gần một tuần", False),
    ],
)
def test_the_nearest_counter_is_asked_for(text: str, asked: bool) -> None:
    assert asks_nearest(text) is asked


@pytest.mark.parametrize(
    "area",
    [
        {"south": 14, "west": 107, "north": 12, "east": 109},
        {"south": 12, "west": 110, "north": 14, "east": 109},
    ],
)
def test_an_area_the_wrong_way_round_is_refused(area: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be less"):
        Area(**area)
