"""Pausing, resuming and calling off a notice that is being sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.model import Broadcast
from core.staff.audit import Audit
from core.staff.rights import Staff


class Steering:
    """Stops and starts. When a method returns, no worker begins another message of a notice that was stopped;
    those being sent at that moment end and are reported. Raises StaffError as Drafts does."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def pause(self, staff: Staff, ident: int) -> Broadcast:
        """Hold everything that waits; its expiry goes on counting."""
        raise NotImplementedError

    async def resume(self, staff: Staff, ident: int) -> Broadcast:
        """Go on where it stopped."""
        raise NotImplementedError

    async def cancel(self, staff: Staff, ident: int) -> Broadcast:
        """Call off what has not been sent, for good; before sending began the whole notice."""
        raise NotImplementedError
