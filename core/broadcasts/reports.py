"""What became of a notice: numbers, recipients, trying again those that failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.model import Progress, Reached, Report
from core.staff.audit import Audit
from core.staff.rights import Staff


class Reports:
    """Reads the outbox for a notice. The caller has asked ``Drafts.get`` whether the staff may see it."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def report(self, ident: int) -> Report | None:
        """The numbers now; None when there is no such notice. Quick enough to be asked every second."""
        raise NotImplementedError

    async def page(
        self, ident: int, progress: Progress | None = None, channel: str = "", offset: int = 0, limit: int = 50
    ) -> Sequence[Reached]:
        """Recipients, newest attempt of each, in a stable order."""
        raise NotImplementedError

    def rows(self, ident: int) -> AsyncIterator[Reached]:
        """Every recipient, for an export; read a thousand at a time."""
        raise NotImplementedError

    async def retry(self, staff: Staff, ident: int) -> int:
        """Try again those that failed, and only those; says how many.

        Neither what was sent nor what may have arrived nor people who are gone are tried again. The notice is
        SENDING again. Raises StaffError when it has expired, was called off or nothing failed.
        """
        raise NotImplementedError
