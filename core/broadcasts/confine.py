"""To whom somebody may write who works for one office and not for the whole province. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from core.broadcasts.model import Audience
from core.errors import StaffError

NOWHERE = "-"  # no commune has this number


class Office(Protocol):
    """As :class:`core.staff.offices.Office`."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str | None: ...


def confined(audience: Audience, office: Office) -> Audience:
    """The audience within one office: subscribers of its commune, followers of its dossiers.

    Raises StaffError when something else was chosen, or when the office serves no commune.
    """
    if any(unit != office.unit for unit in audience.units):
        raise StaffError(f"{office.name} chỉ gửi được cho xã, phường của mình.", "units")
    if any(ident != office.id for ident in audience.offices):
        raise StaffError(f"{office.name} chỉ gửi được cho người theo dõi hồ sơ của mình.", "offices")
    if audience.whom == "subscribers" and office.unit is None:
        raise StaffError(
            f"{office.name} không phụ trách riêng xã, phường nào: chọn người theo dõi hồ sơ của cơ quan.",
            "audience",
        )
    units, offices = (office.unit or NOWHERE,), (office.id,)
    if audience.whom == "subscribers":
        return replace(audience, units=units)
    if audience.whom == "followers":
        return replace(audience, offices=offices)
    return replace(audience, units=units, offices=offices)
