"""The edit form loses nothing: every record of the catalogue goes through it and comes back the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from console.catalogue import form
from core.procedures.catalogue import Catalogue
from core.procedures.editing.version import dumped
from core.procedures.model import Procedure


def fields(shown: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """What a browser sends of a form that shows this."""
    for name, value in shown.items():
        place = f"{before}{name}"
        if name == "doubtful":
            yield from [(place, "1")] if value else []
        elif name == "aspects":
            yield from ((place, one) for one in value)
        elif isinstance(value, list):
            for number, row in enumerate(value):
                yield from fields(row, f"{place}.{number}.")
        elif isinstance(value, dict):
            yield from fields(value, f"{place}.")
        else:
            yield place, value.replace("\n", "\r\n")


def test_every_record_of_the_catalogue_goes_through_the_form_unchanged(catalogue: Catalogue) -> None:
    for procedure in catalogue.values():
        record = form.tidied(form.parse(fields(form.shown(dumped(procedure)))))
        assert Procedure.model_validate({**record, "id": procedure.id}) == procedure


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8000", 8000), ("8.000", 8000), ("8,000 đồng", 8000), ("1.500.000đ", 1500000), ("1 500 000", 1500000),
        ("0", 0), ("8.5", "8.5"), ("tám nghìn", "tám nghìn"), ("-3", "-3"), ("8.000-9.000", "8.000-9.000"),
    ],
)  # fmt: skip
def test_money_as_people_write_it(typed: str, kept: int | str) -> None:
    record = form.parse([("channels.0.fee.amount_vnd", typed)])
    assert record["channels"][0]["fee"] == {"amount_vnd": kept}
    shown = form.shown(record)["channels"][0]["fee"]["amount_vnd"]
    assert form.parse([("channels.0.fee.amount_vnd", shown)]) == record, "shown again it means the same"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("2026-11-24", "2026-11-24"), ("24/11/2026", "2026-11-24"), ("31/02/2026", "31/02/2026")],
)
def test_days(typed: str, kept: str) -> None:
    assert form.parse([("checked", typed)])["checked"] == kept


ROWS = {"documents": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}


@pytest.mark.parametrize(
    ("deed", "left"),
    [
        ("up:documents.1", "bac"), ("down:documents.1", "acb"), ("remove:documents.0", "bc"), ("up:documents.0", "abc"),
        ("down:documents.2", "abc"), ("remove:documents.9", "abc"), ("add:documents", "abc-"), ("add:nothing", "abc"),
        ("remove:documents.x", "abc"), ("", "abc"),
    ],
)  # fmt: skip
def test_rows_are_added_removed_and_moved(deed: str, left: str) -> None:
    assert "".join(row.get("name", "-") for row in form.changed(ROWS, deed)["documents"]) == left
    assert len(ROWS["documents"]) == 3


def test_blank_rows_are_left_out_when_kept() -> None:
    sent = [
        ("documents.0.name", "Tờ khai"),
        ("documents.3.name", " "),
        ("documents.3.originals", "1"),
        ("sources.0.ref", ""),
    ]
    record = form.tidied(form.parse([*sent, ("channels.1.mode", ""), ("channels.1.fee.note", "")]))
    assert record == {"documents": [{"name": "Tờ khai", "originals": 0, "copies": 0}]}


def test_cases_get_names_that_buttons_can_carry() -> None:
    record = {"cases": [{"name": "Quá hạn"}, {"name": "Quá hạn"}, {"id": "cu", "name": "Quá hạn"}]}
    assert [c["id"] for c in form.tidied(record)["cases"]] == ["qua-han", "qua-han-2", "cu"]


def test_ids() -> None:
    assert form.free_id("Thủ tục đăng ký kết hôn", {"thu-tuc-dang-ky-ket-hon"}) == "thu-tuc-dang-ky-ket-hon-2"
    assert form.free_id("!!!", ()) == "muc"
    assert len(form.free_id("đăng ký " * 30, ())) <= 40
