"""Positions from a CSV: every wrong cell is named, nothing is written until all are right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from core.errors import PlacesError
from core.places import locations, units
from core.places.__main__ import app
from core.profile import Area

TODAY = dt.date(2026, 11, 24)
AREA = Area(south=12.16, west=107.48, north=13.76, east=109.49)
HEAD = "code,lat,lon,source,date,kind\n"
GOOD = '22015,13.0921,109.3012,"UBND phường Tuy Hòa, công văn 12",2026-11-20,\n'


@pytest.fixture
def into(tmp_path: Path) -> Path:
    file = tmp_path / "units.yml"
    held = [
        {"code": "22015", "name": "Phường Tuy Hòa", "formed_from": "Phường 1", "former_province": "Phú Yên"},
        {
            "code": "22045",
            "name": "Phường Bình Kiến",
            "formed_from": "Xã An Phú",
            "former_province": "Phú Yên",
        },
    ]
    file.write_text(yaml.safe_dump({"meta": {"about": "thử"}, "units": held}, allow_unicode=True))
    return file


def csv(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "vi-tri.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_right_rows_are_written_and_read_again(tmp_path: Path, into: Path) -> None:
    rows = HEAD + GOOD + "22045,13.13,109.25,bản đồ tỉnh,2026-11-24,commune_centre\n"
    made = locations.plan(csv(tmp_path, rows), into, AREA, TODAY)
    assert (made.problems, made.changed) == ([], [])
    locations.write(made, into)
    found = {u.code: u.location for u in units.load(into)}
    assert found["22015"] == units.Location(
        13.0921, 109.3012, "counter", "UBND phường Tuy Hòa, công văn 12", dt.date(2026, 11, 20)
    )
    assert found["22045"] is not None
    assert found["22045"].kind == "commune_centre"
    assert yaml.safe_load(into.read_text(encoding="utf-8"))["meta"] == {"about": "thử"}
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".units")] == []


def test_what_replaces_another_place_is_counted(tmp_path: Path, into: Path) -> None:
    locations.write(locations.plan(csv(tmp_path, HEAD + GOOD), into, AREA, TODAY), into)
    assert locations.plan(csv(tmp_path, HEAD + GOOD), into, AREA, TODAY).changed == []
    moved = locations.plan(csv(tmp_path, HEAD + GOOD.replace("13.0921", "13.1")), into, AREA, TODAY)
    assert moved.changed == ["22015"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("99999,13.1,109.3,a,2026-11-20,", "line 3: code: no unit '99999'"),
        (",13.1,109.3,a,2026-11-20,", "line 3: code: no unit ''"),
        ('22045,"13,1",109.3,a,2026-11-20,', "line 3: lat: '13,1' is no number"),
        ("22045,13.1,,a,2026-11-20,", "line 3: lon: '' is no number"),
        ("22045,nan,109.3,a,2026-11-20,", "line 3: lat: nan is not between -90 and 90"),
        ("22045,13.1,1093,a,2026-11-20,", "line 3: lon: 1093 is not between -180 and 180"),
        ("22045,109.3,13.1,a,2026-11-20,", "line 3: lat: 109.3 is not between"),
        ("22045,21.03,105.85,a,2026-11-20,", "line 3: lat, lon: 21.03, 105.85 lies outside the province"),
        ("22045,13.1,109.3, ,2026-11-20,", "line 3: source: empty"),
        ("22045,13.1,109.3,a,20/11/2026,", "line 3: date: '20/11/2026' is no day"),
        ("22045,13.1,109.3,a,2026-12-01,", "line 3: date: 2026-12-01 lies in the future"),
        ("22045,13.1,109.3,a,2026-11-20,office", "line 3: kind: 'office' is none of"),
        ("22045,13.1,109.3,a,b,2026-11-20,", "line 3: more cells than columns"),
        ("22015,13.1,109.3,a,2026-11-20,", "line 3: code: 22015 stands in an earlier line too"),
        ("22045", "line 3: lat: '' is no number"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, into: Path, row: str, problem: str) -> None:
    made = locations.plan(csv(tmp_path, HEAD + GOOD + row + "\n"), into, AREA, TODAY)
    assert [p for p in made.problems if problem in p]
    assert list(made.locations) == ["22015"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "no column code"), ("code,lat,lon\n", "no column source, date"), (GOOD, "no column code")],
)
def test_a_missing_column_is_named(tmp_path: Path, into: Path, text: str, problem: str) -> None:
    with pytest.raises(PlacesError, match=problem):
        locations.plan(csv(tmp_path, text), into, AREA, TODAY)


def test_files_that_cannot_be_read(tmp_path: Path, into: Path) -> None:
    with pytest.raises(PlacesError, match=r"none\.csv"):
        locations.plan(tmp_path / "none.csv", into, AREA, TODAY)
    latin = tmp_path / "latin.csv"
    latin.write_bytes(HEAD.encode() + "22015,13.1,109.3,Tuy Hòa,2026-11-20,\n".encode("utf-16"))
    with pytest.raises(PlacesError, match=r"latin\.csv"):
        locations.plan(latin, into, AREA, TODAY)
    with pytest.raises(PlacesError, match="nowhere"):
        locations.plan(csv(tmp_path, HEAD + GOOD), tmp_path / "nowhere.yml", AREA, TODAY)


def test_the_command_writes_all_or_nothing(tmp_path: Path, into: Path) -> None:
    before = into.read_text(encoding="utf-8")
    bad = csv(tmp_path, HEAD + GOOD + "22045,x,109.3,a,2026-11-20,\n")
    refused = CliRunner().invoke(app, ["locations", str(bad), "--units", str(into)])
    assert refused.exit_code == 1
    assert "line 3: lat" in refused.output
    assert into.read_text(encoding="utf-8") == before
    good = csv(tmp_path, HEAD + GOOD)
    assert CliRunner().invoke(app, ["locations", str(good), "--units", str(into), "--check"]).exit_code == 0
    assert into.read_text(encoding="utf-8") == before
    done = CliRunner().invoke(app, ["locations", str(good), "--units", str(into)])
    assert "1 đơn vị có vị trí" in done.output


@pytest.mark.parametrize(
    "location",
    [
        {"lat": 91, "lon": 1, "kind": "counter", "source": "a", "checked": TODAY},
        {"lat": 1, "lon": 1, "kind": "shop", "source": "a", "checked": TODAY},
        {"lat": 1, "lon": 1, "kind": "counter", "source": " ", "checked": TODAY},
        {"lat": 1, "lon": 1, "kind": "counter", "source": "a", "checked": "hôm qua"},
        {"lat": 1, "lon": 1, "kind": "counter", "source": "a"},
        {"lat": "x", "lon": 1, "kind": "counter", "source": "a", "checked": TODAY},
    ],
)
def test_a_wrong_location_in_the_units_file_is_refused(into: Path, location: dict[str, object]) -> None:
    data = yaml.safe_load(into.read_text(encoding="utf-8"))
    data["units"][0]["location"] = location
    into.write_text(yaml.safe_dump(data, allow_unicode=True))
    with pytest.raises(PlacesError, match=r"units\.yml"):
        units.load(into)
