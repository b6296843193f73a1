"""How fast each portal is asked about followed dossiers, all processes together, and when it is left alone.

Citizens who wait for an answer come first: at most half of a portal's look-ups at once are ours. A portal in
trouble is left alone, longer each time, and then asked one thing only until it answers; the others go on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, literal, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.reminder_tables import PortalPaceRow
from core.dossiers.portals.connections import Limits
from core.reminders.plan import scattered

BURST = dt.timedelta(seconds=2)  # what was not asked in so much time may be asked at once
LONGEST_PAUSE = dt.timedelta(minutes=15)
_JITTER = 0.25  # a pause is up to so much longer: portals that failed together are not asked together


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many may be asked for.

    Args:
        since: from when on what was not asked counts.
        resting: the portal is left alone for a while.
    """

    number: int
    since: dt.datetime
    resting: bool = False


class PortalPace:
    """Reads and writes the pace of portals by id."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        touched = upsert.insert(engine, PortalPaceRow)
        self._touch = touched.on_conflict_do_update(
            index_elements=[PortalPaceRow.portal], set_={"portal": touched.excluded.portal}
        ).returning(PortalPaceRow.free_at, PortalPaceRow.paused_until)
        self._failures: dict[str, int] = {}  # look-ups in a row that failed, as this process saw it
        self._pauses: dict[str, int] = {}
        self._until: dict[str, dt.datetime] = {}
        self._probing: set[str] = set()

    async def allowance(
        self, connection: AsyncConnection, portal: str, limits: Limits, now: dt.datetime
    ) -> Allowance:
        """How many dossiers may be asked for now. Other processes wait until the transaction ends."""
        begun = now - max(BURST, _SECOND / limits.refresh_per_second)
        row = (await connection.execute(self._touch, {"portal": portal, "free_at": begun})).one()
        if row.paused_until is None:
            self._until.pop(portal, None)  # another process found it well
        elif now < row.paused_until <= now + 2 * LONGEST_PAUSE:
            return Allowance(0, begun, resting=True)
        # What is unused counts from here; a moment far ahead comes of a clock gone wrong.
        since = begun if row.free_at > now + 60 * _SECOND else max(row.free_at, begun)
        number = int((now - since) * limits.refresh_per_second / _SECOND + 1e-6)
        if row.paused_until:
            self._probing.add(portal)
            number = min(number, 1)
        return Allowance(number, since)

    async def spend(
        self, connection: AsyncConnection, portal: str, limits: Limits, allowed: Allowance, number: int
    ) -> None:
        """So many are being asked for, within the same transaction."""
        at = allowed.since + number * _SECOND / limits.refresh_per_second
        await connection.execute(_SPEND, {"of": portal, "at": at})

    def resting(self, portal: str, now: dt.datetime) -> bool:
        """Whether this process has seen that the portal is left alone now."""
        return now < self._until.get(portal, now)

    async def answered(self, portal: str) -> None:
        """The portal told something: it is well."""
        failures, pauses = self._failures.pop(portal, 0), self._pauses.pop(portal, 0)
        if failures or pauses or portal in self._probing:
            self._probing.discard(portal)
            self._until.pop(portal, None)
            async with self._engine.begin() as connection:
                await connection.execute(_GO_ON, {"of": portal})

    async def failed(self, portal: str, limits: Limits, now: dt.datetime, at_once: bool = False) -> bool:
        """The portal did not tell; says whether it is left alone for a while from now on.

        What was asked before it was left alone and fails after it counts no more.

        Args:
            at_once: without waiting for more failures, because it refuses us.
        """
        if self.resting(portal, now):
            return False
        count = self._failures[portal] = self._failures.get(portal, 0) + 1
        if not at_once and portal not in self._probing and count < limits.failures:
            return False
        pauses = self._pauses[portal] = self._pauses.get(portal, 0) + 1
        pause = min(dt.timedelta(seconds=limits.pause) * 2 ** min(pauses - 1, 12), LONGEST_PAUSE)
        self._until[portal] = now + pause * (1 + scattered(f"{portal}/{pauses}", _JITTER))
        async with self._engine.begin() as connection:
            await connection.execute(_PAUSE, {"of": portal, "until": self._until[portal]})
        return True


_SECOND = dt.timedelta(seconds=1)
_MOMENT: Any = PortalPaceRow.free_at.type
_OF = update(PortalPaceRow).where(PortalPaceRow.portal == bindparam("of"))
_SPEND = _OF.values(free_at=bindparam("at", type_=_MOMENT))
_PAUSE = _OF.values(paused_until=bindparam("until", type_=_MOMENT))
_GO_ON = _OF.values(paused_until=literal(None, _MOMENT))
