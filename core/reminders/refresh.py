"""Asking the portals about followed dossiers: what may change next first, no faster than they allow.

A tick takes up what is due, asks, and keeps what comes of it. Between asking and keeping a process may end:
the look is then done again by whoever finds its lease run out. Any number of processes may run ticks at once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.codes import DossierCode
from core.dossiers.lookup import Source
from core.dossiers.model import Dossier
from core.dossiers.portals.router import Served
from core.errors import PortalAway, PortalError, PortalRefused
from core.reminders.plan import Decision, Rules, decide, failed
from core.reminders.portal_pace import PortalPace
from core.reminders.saving import Saving
from core.reminders.watch import Claimed, Watch

log = structlog.get_logger()
SECONDS = 10.0  # for which a tick goes on while something is due
_REST = 0.25  # seconds at least until the pace is asked again: what is saved up goes together


class Portals(Source, Protocol):
    """Whoever can tell dossiers, and by which portal and within which limits."""

    def served(self, root: str) -> Served | None:
        """The portal that keeps the codes with this root; None when none does."""
        ...


class Refresh:
    """Looks at followed dossiers.

    Args:
        seconds: for how long one tick goes on; 0 for one batch a portal.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        watch: Watch,
        source: Portals,
        saving: Saving,
        rules: Rules,
        clock: Callable[[], dt.datetime],
        seconds: float = SECONDS,
    ) -> None:
        self._engine, self._watch, self._source, self._saving = engine, watch, source, saving
        self._rules, self._clock, self._seconds = rules, clock, seconds
        self._pace = PortalPace(engine)

    async def tick(self) -> dict[str, int]:
        """Look at what is due, each portal by itself.

        Gives what happened: ``looked``, ``changed``, ``planned`` and ``dropped`` (rows of the outbox), ``failed``
        (not told), ``lost`` (taken over by another worker), ``paused`` (portals left alone from now on).

        Raises:
            Exception: the database is out of reach, after the other portals have had their turn.
        """
        counts: Counter[str] = Counter()
        by_portal: dict[str, tuple[Served, list[str]]] = {}
        for root in await self._watch.roots():
            if served := self._source.served(root):
                by_portal.setdefault(served.id, (served, []))[1].append(root)
        works = [self._portal(served, roots, counts) for served, roots in by_portal.values()]
        errors = [e for e in await asyncio.gather(*works, return_exceptions=True) if e]
        if errors:
            raise errors[0]
        return dict(counts)

    async def _portal(self, served: Served, roots: Sequence[str], counts: Counter[str]) -> None:
        """One portal until nothing is due, it must rest, or the tick ends."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._seconds
        counts["mended"] += await self._watch.mend(roots, self._clock())
        while due := await self._watch.due(roots, self._clock()):
            claimed = await self._claim(served, due)
            if claimed is None:
                break
            slots = asyncio.Semaphore(served.limits.behind)
            deeds = [self._look(one, served, slots, counts) for one in claimed]
            errors = [e for e in await asyncio.gather(*deeds, return_exceptions=True) if e]
            if errors:
                raise errors[0]
            rest = 0.0 if claimed else max(1 / served.limits.refresh_per_second, _REST)
            if loop.time() + rest >= ends:
                break
            await asyncio.sleep(rest)

    async def _claim(self, served: Served, roots: Sequence[str]) -> list[Claimed] | None:
        """As many looks as the portal may be asked for now, and can be within the lease; None while it rests."""
        now = self._clock()
        async with self._engine.begin() as connection:
            allowed = await self._pace.allowance(connection, served.id, served.limits, now)
            number = min(allowed.number, 4 * served.limits.behind)
            if not number:
                return None if allowed.resting else []
            claimed = await self._watch.claim(connection, roots, number, now)
            await self._pace.spend(connection, served.id, served.limits, allowed, len(claimed))
        return claimed

    async def _look(
        self, claimed: Claimed, served: Served, slots: asyncio.Semaphore, counts: Counter[str]
    ) -> None:
        async with slots:
            if self._pace.resting(served.id, self._clock()):  # since it was taken up
                await self._saving.untold(claimed, Decision(claimed.watched, claimed.next_at))
                return
            try:
                dossier = await self._ask(claimed)
            except PortalError as error:
                await self._not_told(claimed, served, error, counts)
                return
        await self._pace.answered(served.id)
        if dossier is None:  # never seen: nobody knows it yet
            await self._again_later(claimed, counts)
        else:
            await self._told(claimed, dossier, counts)

    async def _ask(self, claimed: Claimed) -> Dossier | None:
        """The dossier; None when the portal knows none and never did. Raises PortalError."""
        try:
            dossier = await self._source.dossier(DossierCode.parse(claimed.code))
        except PortalError:
            raise
        except Exception as error:  # a fault of ours with this one dossier must not hold up the others
            log.error("refresh_fault", error=type(error).__name__)
            raise PortalError("fault while asking") from error
        if dossier is None and claimed.watched.checked_at is not None:
            # A dossier does not cease to exist: a portal that lost it is a portal in trouble.
            raise PortalAway("lost a dossier")
        return dossier

    async def _not_told(
        self, claimed: Claimed, served: Served, error: PortalError, counts: Counter[str]
    ) -> None:
        log.warning("refresh_not_told", portal=served.id, error=type(error).__name__, reason=str(error))
        refused = isinstance(error, PortalRefused)
        if await self._pace.failed(served.id, served.limits, self._clock(), at_once=refused):
            counts["paused"] += 1
        await self._again_later(claimed, counts)

    async def _again_later(self, claimed: Claimed, counts: Counter[str]) -> None:
        kept = await self._saving.untold(claimed, failed(self._rules, claimed.watched, self._clock()))
        counts["failed" if kept.saved else "lost"] += 1

    async def _told(self, claimed: Claimed, dossier: Dossier, counts: Counter[str]) -> None:
        now = self._clock()
        try:
            decision = decide(self._rules, claimed.watched, dossier.view, now)
        except Exception as error:  # as above: the rules stumble over what this portal said
            log.error("refresh_fault", error=type(error).__name__)
            await self._again_later(claimed, counts)
            return
        kept = await self._saving.told(claimed, dossier, decision, self._rules, now)
        counts["looked" if kept.saved else "lost"] += 1
        counts["changed"] += kept.changed
        counts["planned"] += kept.planned
        counts["dropped"] += kept.dropped
