"""A dossier looked for by its code: what staff see of it, asked of the portal now.

Staff of the dossier's office see it in full, with the owner's name masked; others see its state only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.dossiers.codes import DossierCode
from core.dossiers.lookup import Known, Lookup
from core.dossiers.model import DossierView
from core.errors import PortalError
from core.staff.offices import Office, Offices
from core.staff.rights import Staff


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found.

    Args:
        office: whose dossier it is; None when no office has its identifier.
        view: as this member of staff may see it; None when nothing is known of it.
        full: whether it is the dossier of an office of theirs.
        away: the portal did not tell now; ``view`` is then the last known state, if there is one.
        fetched_at: when the portal told ``view``.
    """

    code: DossierCode
    office: Office | None
    view: DossierView | None
    full: bool
    away: bool
    fetched_at: dt.datetime | None = None


class Looking:
    """Looks dossiers up for staff. Errors of the database are raised as they are."""

    def __init__(self, lookup: Lookup, offices: Offices) -> None:
        self._lookup, self._offices = lookup, offices

    async def find(self, staff: Staff, code: DossierCode) -> Looked:
        """One dossier, as the portal tells it within a few seconds."""
        office = await self._offices.of_code(code.text)
        full = staff.everywhere or (office is not None and office.id in staff.offices)
        try:
            known = await self._lookup.find(code)
        except PortalError:
            return Looked(code, office, None, full, away=True)
        return _looked(code, office, known, full)


def _looked(code: DossierCode, office: Office | None, known: Known, full: bool) -> Looked:
    view = known.view
    if view is not None and not full:
        view = DossierView(view.code, view.status, view.status_text)
    return Looked(code, office, view, full, known.stale, known.fetched_at)
