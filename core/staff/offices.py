"""The offices whose work the console divides: one-stop shops of communes, and agencies behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.staff_tables import OfficeRow
from core.errors import StaffError
from core.places.units import Unit


@dataclass(frozen=True, slots=True)
class Office:
    """One office.

    Args:
        unit: official number of the commune it serves; None for an agency of the province.
        identifiers: beginnings of the codes of its dossiers, such as ``H15.50.05``.
        spans: its own opening hours, ``07:00-11:30``; None for the province's.
    """

    id: int
    name: str
    unit: str | None = None
    identifiers: tuple[str, ...] = ()
    phone: str = ""
    spans: tuple[str, ...] | None = None
    active: bool = True

    def takes(self, code: str) -> int:
        """How much of a dossier's code says that it is this office's: 0 for not at all."""
        found = [i for i in self.identifiers if code.startswith(i) and code[len(i) : len(i) + 1] in ".-"]
        return max(map(len, found), default=0)


def of_code(offices: Iterable[Office], code: str) -> Office | None:
    """The office whose identifier begins the code with the most of it; None when there is none. Pure."""
    best = max(offices, key=lambda office: office.takes(code), default=None)
    return best if best and best.takes(code) else None


class Offices:
    """Reads and writes offices: a hundred or two. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self, *, also_closed: bool = False) -> list[Office]:
        """Every office, by name."""
        query = select(*OfficeRow.__table__.c).order_by(OfficeRow.name)
        if not also_closed:
            query = query.where(OfficeRow.active)
        async with self._engine.connect() as connection:
            return [_office(row) for row in (await connection.execute(query)).all()]

    async def get(self, ident: int) -> Office | None:
        """One office, closed or not."""
        query = select(*OfficeRow.__table__.c).where(OfficeRow.id == ident)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return _office(row) if row else None

    async def of_code(self, code: str) -> Office | None:
        """The office of a dossier; see :func:`of_code`."""
        return of_code(await self.all(), code)

    async def of_unit(self, unit: str) -> Office | None:
        """The office of a commune."""
        query = select(*OfficeRow.__table__.c).where(OfficeRow.unit == unit, OfficeRow.active)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return _office(row) if row else None

    async def put(self, connection: AsyncConnection, office: Office) -> int:
        """Add an office (id 0) or change one, in the caller's transaction; gives its id.

        Raises StaffError when the name or the commune is another office's.
        """
        same = OfficeRow.name == office.name
        if office.unit is not None:  # agencies of the province serve no commune, any number of them
            same |= OfficeRow.unit == office.unit
        other = select(OfficeRow.name).where(same, OfficeRow.id != office.id).limit(1)
        if (name := await connection.scalar(other)) is not None:
            raise StaffError(f"Đã có nơi tiếp nhận “{name}” cùng tên hoặc cùng xã, phường.", "name")
        if office.id:
            await connection.execute(update(OfficeRow).where(OfficeRow.id == office.id).values(_row(office)))
            return office.id
        added = upsert.insert(connection, OfficeRow).values(_row(office)).returning(OfficeRow.id)
        return int((await connection.execute(added)).scalar_one())

    async def seed(self, units: Sequence[Unit]) -> int:
        """An office for each commune that has none; says how many are new."""
        rows = [_row(Office(0, f"Trung tâm Phục vụ hành chính công {_said(u.name)}", u.code)) for u in units]
        async with self._engine.begin() as connection:
            statement = upsert.insert(connection, OfficeRow).on_conflict_do_nothing().returning(OfficeRow.id)
            return len((await connection.execute(statement, rows)).all()) if rows else 0


def _said(name: str) -> str:
    return name[:1].lower() + name[1:]


def _row(office: Office) -> dict[str, Any]:
    return {
        "name": office.name,
        "unit": office.unit,
        "identifiers": list(office.identifiers),
        "phone": office.phone,
        "spans": list(office.spans) if office.spans is not None else None,
        "active": office.active,
    }


def _office(row: Any) -> Office:
    spans = tuple(row.spans) if row.spans is not None else None
    return Office(row.id, row.name, row.unit, tuple(row.identifiers), row.phone, spans, row.active)
