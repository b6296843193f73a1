"""The catalogue as it is answered from now: what editors publish takes effect within EVERY seconds."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.engine import AWAY
from core.procedures import overlay
from core.procedures.catalogue import Catalogue

log = structlog.get_logger()
EVERY = 10.0  # seconds between two looks


class Live:
    """Knows the catalogue of today.

    Args:
        seed: the shipped catalogue, which serves until the database could be read.
        today: the day in the province.
        renew: told of every new catalogue, in a thread: it may take its time.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        seed: Catalogue,
        today: Callable[[], dt.date],
        renew: Callable[[Catalogue], object] = lambda _: None,
    ) -> None:
        self._engine, self._today, self._renew = engine, today, renew
        self._seen: tuple[dt.date, overlay.Stamp] | None = None
        self.seed = self.catalogue = seed
        self._away = False

    async def look(self) -> bool:
        """Take in what was published, or began or ended at midnight; False when nothing did.

        Errors of the database are raised as they are, and the catalogue stays as it was.
        """
        day = self._today()
        seen = (day, await overlay.stamp(self._engine))  # first: what comes after it is seen next time
        if seen == self._seen:
            return False
        versions = await overlay.in_force(self._engine, day)
        if versions or self.catalogue is not self.seed:
            catalogue = await asyncio.to_thread(overlay.laid, self.seed, versions)
            await asyncio.to_thread(self._renew, catalogue)
            self.catalogue = catalogue
        self._seen = seen
        return True

    async def try_look(self) -> None:
        """Look, and log what came of it; a database that is away is logged once until it is back."""
        try:
            if await self.look():
                log.info("catalogue_taken_in", procedures=len(self.catalogue))
            self._away = False
        except AWAY as error:
            if not self._away:
                log.warning("catalogue_not_read", error=type(error).__name__, procedures=len(self.catalogue))
            self._away = True

    async def keep(self, every: float = EVERY) -> None:
        """Look now and every so many seconds; never returns.

        While the database is away the last known catalogue serves, at first the shipped one.
        """
        while True:
            await self.try_look()
            await asyncio.sleep(every)
