"""Who would get a notice, counted before anything is sent."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.model import Content, Count


class Audiences:
    """Counts. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def count(self, content: Content, ident: int | None = None) -> Count:
        """How many it would reach now, by channel, and how many not, by reason.

        Args:
            ident: of the notice whose uploaded list is meant (audience ``listed``).
        """
        raise NotImplementedError
