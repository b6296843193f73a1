"""A test send: the notice as it would arrive, to the chats that the member of staff linked with their account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from core.staff.audit import Audit
from core.staff.rights import Staff


class Trial:
    """Writes into the outbox under a subject that no report counts."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def send(self, staff: Staff, ident: int) -> int:
        """Send the notice as it is now to the staff's own linked chats, at once; says to how many.

        Raises StaffError when no chat is linked.
        """
        raise NotImplementedError
