"""Every failure of the simulated portals, seen by who looks after followed dossiers: nothing false is ever planned."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import OutboxRow, WatchRow
from core.dossiers.codes import DossierCode
from core.dossiers.model import Status
from simulators.portal.failures import Failure, Kind
from tests.bot.town import Town as Spoken
from tests.core.reminders.watching import Town

# What is answered in full or in part all the same.
_TOLD = {Kind.FUTURE_DATES, Kind.NULLS, Kind.UNKNOWN_STATUS, Kind.MISSING_STATUS}
_NAMELESS = {Kind.UNKNOWN_STATUS, Kind.MISSING_STATUS}


class Later:
    """The portal's clock, moved ahead so that pauses end."""

    def __init__(self, spoken: Spoken) -> None:
        self._spoken, self.ahead = spoken, dt.timedelta()

    def __call__(self) -> dt.datetime:
        return self._spoken.world.now() + self.ahead


async def _planned(engine: AsyncEngine) -> set[tuple[str, str, str]]:
    async with engine.connect() as connection:
        rows = await connection.execute(select(OutboxRow.kind, OutboxRow.occasion, OutboxRow.state))
        return {(row.kind, row.occasion, row.state) for row in rows}


async def _row(engine: AsyncEngine) -> WatchRow:
    async with engine.connect() as connection:
        return (await connection.execute(select(WatchRow))).one()  # type: ignore[return-value]


@pytest.mark.parametrize("root", ["H15", "H45"])
@pytest.mark.parametrize("kind", list(Kind))
async def test_a_failing_portal_changes_nothing_that_is_known(
    town: Spoken, engine: AsyncEngine, kind: Kind, root: str
) -> None:
    watching, clock = Town(engine), Later(town)
    watching.portals, watching.clock = town.portals, clock  # type: ignore[assignment]
    code = DossierCode.parse(town.dossier(root).dossier.code)
    await town.says(code.text)
    await town.says_payload(f"d:yes:{code.text}", "web:1")
    assert (await watching.refresh().tick())["looked"] == 1
    before, planned = await _row(engine), await _planned(engine)

    town.world.failures.add(Failure(kind, times=None, seconds=30.0))
    clock.ahead += dt.timedelta(minutes=1)
    await watching.watch.hint([code.text], clock())
    counts = await watching.refresh().tick()
    after = await _row(engine)
    if kind in _TOLD:
        assert counts["looked"] == 1
    else:
        assert (counts["failed"], after.failures) == (1, 1)
        assert await _planned(engine) == planned
    assert counts.get("planned", 0) == 0 or kind is Kind.FUTURE_DATES
    assert after.status == (None if kind in _NAMELESS else Status.PROCESSING)

    # Whatever it was, when it is over the state is known and nobody was told of a change there never was.
    town.world.failures.clear()
    clock.ahead += dt.timedelta(minutes=30)
    await watching.watch.hint([code.text], clock())
    refresh = watching.refresh()
    assert (await refresh.tick())["looked"] == 1
    healed = await _row(engine)
    assert (healed.status, healed.failures) == (Status.PROCESSING, 0)
    if kind not in _NAMELESS:
        assert healed.since == before.since
        assert {kind for kind, _, state in await _planned(engine) if state == "pending"} == {
            kind for kind, _, _ in planned
        }
