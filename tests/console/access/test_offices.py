"""Offices through their form."""

from __future__ import annotations

from core.staff.rights import Role
from tests.console.conftest import Console


async def test_agencies_of_the_province_serve_no_commune_any_number_of_them(console: Console) -> None:
    boss = await console.signed_in("boss", Role.ADMIN)
    for name in ("Sở Nội vụ", "Sở Tư pháp"):
        told = {"name": name, "identifiers": "h15.02; H15.03", "spans": "07:30-11:30 13:30-17:00"}
        assert (await boss.post("/noi-lam-viec/them", told)).status_code == 303
    made = {office.name: office for office in await console.parts.offices.all()}
    assert made["Sở Tư pháp"].identifiers == ("H15.02", "H15.03")


async def test_what_is_wrong_is_named_beside_its_field(console: Console) -> None:
    boss = await console.signed_in("boss", Role.ADMIN)
    right = {"name": "Sở Nội vụ", "identifiers": "H15.02", "spans": ""}
    for field, value, said in (
        ("name", "ab", "3 đến 200"),
        ("name", console.offices[0].name, "cùng tên"),
        ("identifiers", "H15.02 xyz", "“XYZ” không phải mã định danh"),
        ("spans", "17:00-13:30", "theo thứ tự"),
        ("spans", "buổi sáng", "theo thứ tự"),
    ):
        answer = await boss.post("/noi-lam-viec/them", {**right, field: value})
        assert answer.status_code == 422
        assert said in answer.text
