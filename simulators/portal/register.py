"""What the province offers and who handles it: procedures of the catalogue, communes, departments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core.paths import ROOT
from core.places import units
from core.procedures import catalogue
from core.procedures.model import Procedure
from simulators.portal.chance import digest

_UNKNOWN_TERM = 7  # working days, where the catalogue knows none
_LONGEST_TERM = 30
_FEES = (8_000, 15_000, 25_000, 50_000, 75_000, 100_000, 150_000, 200_000)
_DEPARTMENTS = (
    ("H15.10", "Sở Tài chính", ("Đăng ký kinh doanh",)),
    ("H15.11", "Sở Giáo dục và Đào tạo", ("Giáo dục",)),
    ("H15.12", "Công an tỉnh Đắk Lắk", ("Công an", "xuất nhập cảnh")),
    ("H15.13", "Văn phòng Đăng ký đất đai tỉnh Đắk Lắk", ("đất đai",)),
    ("H15.14", "Sở Nội vụ", ("việc làm",)),
    ("H15.15", "Sở Tư pháp", ("Tư pháp",)),
    ("H15.16", "Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk", ()),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A procedure as the portal runs it.

    Args:
        term: working days. The catalogue's calendar days are taken as five working days a week, a result on
            the same day as one working day.
        fee: đồng, 0 when free; invented where the catalogue knows none.
        provincial: handled by a department, not by a commune.
    """

    code: str
    name: str
    field: str
    field_code: str
    term: int
    fee: int
    papers: tuple[str, ...]
    result: str
    provincial: bool
    record: Procedure


@dataclass(frozen=True, slots=True)
class Agency:
    """Who receives and handles. ``desk`` is named as receiver, ``name`` as handler."""

    code: str
    name: str
    desk: str
    commune: str = ""
    former_province: str = "Đắk Lắk"


@dataclass(frozen=True)
class Register:
    """All kinds and agencies, in a stable order."""

    kinds: tuple[Kind, ...]
    communes: tuple[Agency, ...]
    departments: tuple[Agency, ...]

    def kind(self, code: str) -> Kind | None:
        """The kind of an official code; a unit suffix (``1.001612.000.00.00.H48``) is ignored."""
        return next((k for k in self.kinds if k.code == code[:8]), None)

    def department(self, kind: Kind) -> Agency:
        """The department that handles a provincial kind."""
        said = kind.record.authority.lower()
        for agency, (_, _, words) in zip(self.departments, _DEPARTMENTS, strict=True):
            if any(word.lower() in said for word in words):
                return agency
        return self.departments[-1]

    def agencies(self) -> tuple[Agency, ...]:
        """Everyone who handles dossiers."""
        return self.departments + self.communes


@cache
def shipped() -> Register:
    """The register over the shipped catalogue and the province's communes."""
    kinds = tuple(_kind(p) for p in catalogue.shipped().values() if p.code)
    found = units.load(ROOT / "data" / "places" / "units.yml")
    communes = tuple(_commune(number, unit) for number, unit in enumerate(found, 1))
    departments = tuple(Agency(code, name, f"Bộ phận Một cửa – {name}") for code, name, _ in _DEPARTMENTS)
    return Register(kinds, communes, departments)


def _kind(procedure: Procedure) -> Kind:
    assert procedure.code
    fees = [c.fee.amount_vnd for c in procedure.channels if c.fee.amount_vnd is not None]
    mark = digest(procedure.field)
    return Kind(
        code=procedure.code,
        name=procedure.official_name or procedure.name,
        field=procedure.field,
        field_code=f"G{int(mark[:4], 16) % 20 + 1:02}-{_initials(procedure.field)}{int(mark[4:8], 16) % 20 + 1:02}",
        term=_term(procedure),
        fee=max(fees) if fees else _FEES[int(digest(procedure.code)[:4], 16) % len(_FEES)],
        papers=tuple(d.name for d in procedure.documents) or ("Tờ khai theo mẫu",),
        result=procedure.result,
        provincial="xã" not in procedure.level.lower(),
        record=procedure,
    )


def _term(procedure: Procedure) -> int:
    limit = procedure.channels[0].time_limit
    if limit.unit == "same_day":
        return 1
    if limit.value is None:
        return _UNKNOWN_TERM
    days = limit.value if limit.unit == "working_days" else max(1, round(limit.value * 5 / 7))
    return min(days, _LONGEST_TERM)


def _initials(field: str) -> str:
    """``Hộ tịch`` as HT, as the national list of fields abbreviates."""
    letters = [w[0].upper() for w in field.split() if w[0].isalpha()]
    return "".join("D" if c == "Đ" else c for c in letters[:3] if c.isascii() or c == "Đ")


def _commune(number: int, unit: units.Unit) -> Agency:
    kind, _, rest = unit.name.partition(" ")
    name = f"{kind.lower()} {rest}"
    desk = f"Trung tâm Phục vụ hành chính công {name}"
    return Agency(
        f"H15.{50 + number // 100}.{number % 100:02}", f"UBND {name}", desk, name, unit.former_province
    )
