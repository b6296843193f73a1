"""What a look says of a dossier that moved on, and how long after our message it was."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.reminder_tables import OutboxRow
from core.dossiers.model import DossierView, Status
from core.figures.moves import moves
from core.figures.noting import Moves
from core.reminders import entries
from core.reminders.entries import Entry
from core.reminders.model import Kind, Watched
from tests.conftest import rows

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
SINCE = NOW - dt.timedelta(days=5)
CODE = "H15.50.05.13-261008-0975"
S = Status


def seen(status: Status | None, paid: bool | None = None, due: dt.datetime | None = None) -> Watched:
    return Watched(CODE, status, SINCE, due, checked_at=SINCE, paid=paid)


def view(status: Status | None, **more: dt.datetime) -> DossierView:
    return DossierView(CODE, status, "", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (seen(S.DONE), seen(S.RETURNED), ["collected"]),
        (seen(S.PROCESSING), seen(S.DONE), ["finished"]),
        (seen(S.PROCESSING), seen(S.RETURNED), ["finished"]),
        (seen(S.PAYMENT), seen(S.PROCESSING), ["paid"]),
        (seen(S.PAYMENT), seen(S.PAYMENT, paid=True), ["paid"]),
        (seen(S.PAYMENT, paid=True), seen(S.PROCESSING), []),
        (seen(S.PAYMENT), seen(S.PROCESSING, paid=False), []),
        (seen(S.PAYMENT), seen(S.WITHDRAWN), []),
        (seen(S.SUPPLEMENT), seen(S.PROCESSING), ["supplemented"]),
        (seen(S.SUPPLEMENT), seen(S.STOPPED), []),
        (seen(S.SUPPLEMENT), seen(S.RETURNED), ["supplemented", "finished"]),
        (seen(S.PROCESSING), seen(S.SUPPLEMENT), []),
        (seen(S.PROCESSING), seen(S.PROCESSING), []),
        (seen(None), seen(S.DONE), []),
        (Watched(CODE, None, SINCE), seen(S.RETURNED), []),
    ],
)
def test_what_happened_between_two_looks(before: Watched, after: Watched, kinds: list[str]) -> None:
    assert [m.kind for m in moves(before, after, view(after.status), NOW, ZONE)] == kinds


@pytest.mark.parametrize(
    ("due", "finished", "on_time"),
    [
        (dt.datetime(2026, 11, 24, 17, tzinfo=ZONE), None, True),
        (dt.datetime(2026, 11, 24, 9, tzinfo=ZONE), None, False),
        (dt.datetime(2026, 11, 24, tzinfo=ZONE), None, True),  # a day lasts until its end
        (dt.datetime(2026, 11, 23, tzinfo=ZONE), None, False),
        (dt.datetime(2026, 11, 23, tzinfo=ZONE), dt.datetime(2026, 11, 23, 15, tzinfo=ZONE), True),
        (dt.datetime(2026, 11, 23, tzinfo=ZONE), dt.datetime(2026, 1, 1, tzinfo=ZONE), False),  # cannot be
        (None, None, None),
    ],
)
def test_whether_it_was_in_time(
    due: dt.datetime | None, finished: dt.datetime | None, on_time: bool | None
) -> None:
    told = {"finished_at": finished} if finished else {}
    (move,) = moves(seen(S.PROCESSING, due=due), seen(S.DONE), view(S.DONE, **told), NOW, ZONE)
    assert move.on_time is on_time


async def remind(engine: AsyncEngine, kind: Kind, at: dt.datetime, state: str = "sent") -> None:
    entry = Entry("telegram:1", CODE, kind, f"{kind}{at}", at, at)
    async with engine.begin() as connection:
        await entries.add(connection, [entry], at)
        done = update(OutboxRow).where(OutboxRow.finished_at.is_(None))
        await connection.execute(done.values(state=state, finished_at=OutboxRow.due_at))


async def saw(engine: AsyncEngine, before: Watched, after: Watched, told: DossierView | None = None) -> None:
    async with engine.begin() as connection:
        await Moves(ZONE).saw(connection, before, after, told or view(after.status), NOW)


@pytest.mark.both_databases
async def test_the_time_since_the_last_message_that_asked_for_it(engine: AsyncEngine) -> None:
    for kind, hours, state in (
        (Kind.PICKUP, 100, "sent"),
        (Kind.PICKUP, 50, "sent"),
        (Kind.PICKUP, 10, "failed"),
        (Kind.PAYMENT, 5, "sent"),
        (Kind.PICKUP, 24 * 9, "sent"),  # of another time in this state
    ):
        await remind(engine, kind, NOW - dt.timedelta(hours=hours), state)
    await saw(engine, seen(S.DONE), seen(S.RETURNED))
    await saw(engine, seen(S.DONE), seen(S.RETURNED))  # a look that is done again
    query = "SELECT kind, channel, hours, code FROM dossier_move"
    assert await rows(engine, query) == [("collected", "telegram", 50, CODE)]


async def test_without_a_message_there_is_no_time(engine: AsyncEngine) -> None:
    await saw(engine, seen(S.SUPPLEMENT), seen(S.PROCESSING))
    assert await rows(engine, "SELECT kind, channel, hours FROM dossier_move") == [("supplemented", "", None)]


async def test_the_moment_is_the_portals_where_it_tells_one(engine: AsyncEngine) -> None:
    await remind(engine, Kind.PICKUP, NOW - dt.timedelta(hours=40))
    told = view(S.RETURNED, returned_at=NOW - dt.timedelta(hours=12))
    await saw(engine, seen(S.DONE), seen(S.RETURNED), told)
    assert await rows(engine, "SELECT hours FROM dossier_move") == [(28,)]
