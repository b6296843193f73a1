"""Keeping what one look brought, in one transaction: the state, the next look, and what is said because of it.

Either all of it is kept or nothing: a look that was lost is done again and comes to the same.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.reminder_tables import TaskRow
from core.dossiers.model import Dossier, DossierView
from core.dossiers.snapshots import Snapshot, Snapshots
from core.messages import Address
from core.reminders import waiting
from core.reminders.entries import Entry
from core.reminders.followers import PAGE, People, each_alone, is_followed, to_tell
from core.reminders.model import Planned, Watched
from core.reminders.plan import Decision, Rules, untrue
from core.reminders.watch import Claimed, Watch


class Outbox(Protocol):
    """Where messages wait for their hour."""

    async def add(self, connection: AsyncConnection, rows: Iterable[Entry]) -> int:
        """Insert what is not there yet, in the caller's transaction; says how many rows were new."""
        ...


class Noted(Protocol):
    """Whoever counts what became of dossiers, in the same transaction."""

    async def saw(
        self,
        connection: AsyncConnection,
        before: Watched,
        after: Watched,
        view: DossierView,
        now: dt.datetime,
    ) -> None:
        """A look was kept: what was remembered until then, and from now on."""
        ...


class Unnoted:
    """Nobody counts."""

    async def saw(
        self,
        connection: AsyncConnection,
        before: Watched,
        after: Watched,
        view: DossierView,
        now: dt.datetime,
    ) -> None:
        return


@dataclass(frozen=True, slots=True)
class Kept:
    """What one look changed. ``saved`` is False when another worker took the look over."""

    saved: bool
    changed: bool = False
    planned: int = 0
    dropped: int = 0


class Saving:
    """Writes looks down."""

    def __init__(
        self,
        engine: AsyncEngine,
        watch: Watch,
        snapshots: Snapshots,
        outbox: Outbox,
        people: People = each_alone,
        page: int = PAGE,
        noted: Noted | None = None,
    ) -> None:
        self._engine, self._watch, self._snapshots = engine, watch, snapshots
        self._outbox, self._people, self._page = outbox, people, page
        self._noted = noted or Unnoted()
        self._task = upsert.insert(engine, TaskRow).on_conflict_do_nothing()
        # SQLite has one writer: waiting here in turn is cheaper than trying again and again.
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    async def untold(self, claimed: Claimed, decision: Decision) -> Kept:
        """The portal did not tell: only the next look changes."""
        async with self._turn, self._engine.begin() as connection:
            return Kept(await self._watch.put(connection, claimed, decision.watched, decision.next_at))

    async def told(
        self, claimed: Claimed, dossier: Dossier, decision: Decision, rules: Rules, now: dt.datetime
    ) -> Kept:
        """Everything that follows from what the portal told."""
        code, view = claimed.code, dossier.view
        async with self._turn, self._engine.begin() as connection:
            # First the row that says whose look it is: whoever begins or ceases to follow waits behind it.
            if not await self._watch.put(connection, claimed, decision.watched, decision.next_at):
                return Kept(False)
            if not await is_followed(connection, code):
                await waiting.drop_all(connection, code, now)
                await self._watch.forget(connection, code)
                return Kept(True)
            seen = await connection.run_sync(self._snapshots.read, code)
            await self._snapshots.write(connection, code, dossier, now)
            await self._noted.saw(connection, claimed.watched, decision.watched, view, now)
            stands = await waiting.stands(connection, code)
            dropped = 0
            for reason, gone in untrue(rules, decision, view, stands.waiting, now).items():
                dropped += await waiting.drop(connection, code, gone, reason, now)
            planned = 0
            for one in decision.planned:
                if (one.kind.value, one.occasion) in stands.untrue:
                    planned += await waiting.revive(connection, code, one)
                planned += await self._tell(connection, code, one, _told_to(one, view, seen))
            if decision.tasks:
                await connection.execute(self._task, [asdict(task) for task in decision.tasks])
        changed = claimed.watched.checked_at is not None and claimed.watched.status != view.status
        return Kept(True, changed, planned, dropped)

    async def _tell(
        self, connection: AsyncConnection, code: str, planned: Planned, before: dt.datetime
    ) -> int:
        new = 0
        async for page in to_tell(connection, code, planned, self._people, before, self._page):
            new += await self._outbox.add(connection, [_entry(address, code, planned) for address in page])
        return new


def _told_to(planned: Planned, view: DossierView, seen: Snapshot | None) -> dt.datetime:
    """Only who began to follow before this moment is told: later ones have seen it with their own eyes.

    It is the hour of the message, or when somebody's own look brought the same change before ours did.
    """
    if planned.at_once and seen and seen.view and seen.view.status == view.status:
        return min(planned.at, seen.fetched_at)
    return planned.at


def _entry(address: Address, code: str, planned: Planned) -> Entry:
    lane = 0 if planned.at_once else 1
    return Entry(str(address), code, planned.kind, planned.occasion, planned.at, planned.expires_at, lane)
