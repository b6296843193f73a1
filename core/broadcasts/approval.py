"""Four eyes: submitting, approving, sending back, taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.model import Broadcast
from core.staff.audit import Audit
from core.staff.rights import Staff


class Approval:
    """Moves a notice from draft to approved. Raises StaffError as :class:`core.broadcasts.drafts.Drafts` does."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def submit(self, staff: Staff, ident: int, version: int) -> Broadcast:
        """The draft is ready: WAITING for a second person, or APPROVED at once when it is small enough
        (``broadcasts.approve_above`` of the profile) and no emergency."""
        raise NotImplementedError

    async def approve(self, staff: Staff, ident: int, version: int) -> Broadcast:
        """Let a waiting notice go. Needs the right APPROVE_BROADCAST and somebody else than the author, and the
        version they saw."""
        raise NotImplementedError

    async def refuse(self, staff: Staff, ident: int, version: int, why: str) -> Broadcast:
        """Send a waiting notice back to its author, who sees ``why``."""
        raise NotImplementedError

    async def withdraw(self, staff: Staff, ident: int) -> Broadcast:
        """Make a draft again of what waits or is approved and has not begun."""
        raise NotImplementedError
