"""What every portal driver promises."""

from __future__ import annotations

from typing import Protocol

from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier


class Portal(Protocol):
    """One case system. Stateless but for its session; safe to call from many tasks at once."""

    async def dossier(self, code: DossierCode) -> Dossier | None:
        """The dossier with exactly this code, or None when the portal knows none.

        Ends within the time limit it was built with. Never guesses: what the portal did not say is
        None or empty.

        Raises:
            PortalAway: out of reach, too slow, too busy (429, 5xx), or given up on for a while.
            PortalConfused: it answered something that cannot be trusted: no JSON, cut off, of another code.
            PortalRefused: it does not accept our credentials; an operator must act.
        """
        ...
