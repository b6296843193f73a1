"""``python -m core.figures``."""

from __future__ import annotations

import json
import pathlib

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from core.errors import AssistantError
from core.figures.__main__ import app, period_of

NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def test_a_workbook_and_json_of_a_period(database: None, tmp_path: pathlib.Path) -> None:
    out = tmp_path / "so-lieu.xlsx"
    done = CliRunner().invoke(app, ["export", *NOVEMBER, "--out", str(out), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["heading"] == "Tỉnh Đắk Lắk, từ 01/11/2026 đến 30/11/2026"
    assert {"tiles", "indicators", "tables"} <= set(told)
    assert load_workbook(out).sheetnames[0] == "PAR INDEX - 766"


def test_counting_anew(database: None) -> None:
    done = CliRunner().invoke(app, ["count", "--from", "2026-11-01", "--to", "2026-11-02"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("first", "last"),
    [("hôm qua", "2026-11-30"), ("2026-11-30", "2026-11-01"), ("2026-02-30", "2026-03-01"), ("1900-01-01", "2026-01-01")],
)  # fmt: skip
def test_a_period_that_is_none_is_named(first: str, last: str) -> None:
    with pytest.raises(AssistantError, match="--from"):
        period_of(first, last)


def test_where_it_goes_has_to_be_said(database: None, tmp_path: pathlib.Path) -> None:
    done = CliRunner().invoke(app, ["export", *NOVEMBER])
    assert isinstance(done.exception, AssistantError)
    assert "--out" in str(done.exception)
    done = CliRunner().invoke(app, ["export", *NOVEMBER, "--out", str(tmp_path / "no" / "x.xlsx")])
    assert isinstance(done.exception, AssistantError)
    assert "không ghi được" in str(done.exception)
