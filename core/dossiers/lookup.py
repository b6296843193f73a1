"""From a code to the state of its dossier: fresh memory, else the portal, else the last known state."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy import Connection

from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier, DossierView
from core.dossiers.snapshots import Snapshot, Snapshots
from core.errors import PortalAway, PortalError

log = structlog.get_logger()


class Source(Protocol):
    """Whoever can tell a dossier by code: one portal, or several behind a router."""

    async def dossier(self, code: DossierCode) -> Dossier | None:
        """As :meth:`core.dossiers.portals.contract.Portal.dossier`."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a code.

    Args:
        view: None when the portal knows no such dossier.
        proofs: fingerprints of what proves ownership.
        fetched_at: when the portal said so.
        stale: the portal did not answer now, so this may have changed.
    """

    view: DossierView | None
    proofs: frozenset[str]
    fetched_at: dt.datetime
    stale: bool = False


class Lookup:
    """Looks dossiers up, asking the portal at most once at a time for the same code.

    Args:
        wait: seconds a citizen waits before the last known state is given; the portal's answer is
            still taken in when it comes later.
        fresh: how long an answer of the portal is given without asking again.
    """

    def __init__(
        self,
        source: Source,
        snapshots: Snapshots,
        clock: Callable[[], dt.datetime],
        wait: float = 4.0,
        fresh: dt.timedelta = dt.timedelta(seconds=60),
    ) -> None:
        self._source, self._snapshots, self._clock = source, snapshots, clock
        self._wait, self._fresh = wait, fresh
        self._flights: dict[str, asyncio.Task[Snapshot]] = {}
        self.landings = 0  # answers of the portal that have come in

    async def find(self, code: DossierCode) -> Known:
        """What is known of a code, within ``wait`` seconds.

        Raises:
            PortalError: the portal did not tell and nothing is remembered.
        """
        since = self.landings
        kept = await self._snapshots.get(code.text)
        return self.fresh(kept) or await self.ask(code, kept, since)

    def remembered(self, connection: Connection, code: DossierCode) -> Snapshot | None:
        """What the portal told last, within the transaction of a connection."""
        return self._snapshots.read(connection, code.text)

    def fresh(self, kept: Snapshot | None) -> Known | None:
        """What is known without asking the portal; None when it has to be asked."""
        if kept is None or self._clock() - kept.fetched_at >= self._fresh:
            return None
        return _known(kept)

    async def ask(self, code: DossierCode, kept: Snapshot | None, since: int) -> Known:
        """As :meth:`find`, where what is remembered is too old to be given unasked.

        Args:
            since: :attr:`landings` from before ``kept`` was read.
        """
        if since != self.landings:  # an answer was stored while the old state was read
            kept = await self._snapshots.get(code.text)
            if known := self.fresh(kept):
                return known
        try:
            async with asyncio.timeout(self._wait):
                found = await asyncio.shield(self._flight(code))
        except TimeoutError:
            return self._last(kept, PortalAway("no answer in time"))
        except PortalError as error:
            return self._last(kept, error)
        if found.view is None and kept and kept.view:
            # A dossier does not cease to exist: a portal that lost it is a portal in trouble.
            log.warning("portal_lost_a_dossier")
            return _known(kept, stale=True)
        return _known(found)

    def _last(self, kept: Snapshot | None, error: PortalError) -> Known:
        log.warning("portal_did_not_tell", error=type(error).__name__, reason=str(error))
        if kept is None:
            raise error
        return _known(kept, stale=True)

    def _flight(self, code: DossierCode) -> asyncio.Task[Snapshot]:
        task = self._flights.get(code.text)
        if task is None:
            task = self._flights[code.text] = asyncio.create_task(self._fetch(code))
            task.add_done_callback(lambda done: self._landed(code.text, done))
        return task

    def _landed(self, code: str, task: asyncio.Task[Snapshot]) -> None:
        self._flights.pop(code, None)
        self.landings += 1
        if not task.cancelled():
            task.exception()  # whoever still waits gets it too; this keeps asyncio from reporting it as lost

    async def _fetch(self, code: DossierCode) -> Snapshot:
        dossier = await self._source.dossier(code)
        if dossier is None:
            kept = await self._snapshots.get(code.text)
            if kept and kept.view:
                return Snapshot(None, frozenset(), self._clock())
        return await self._snapshots.put(code.text, dossier, self._clock())


def _known(snapshot: Snapshot, stale: bool = False) -> Known:
    return Known(snapshot.view, snapshot.proofs, snapshot.fetched_at, stale)
