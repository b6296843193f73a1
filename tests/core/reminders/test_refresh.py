"""Looking at followed dossiers: order, pace, portals in trouble, several workers, clocks gone wrong, ends in the middle."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import engine as engines
from core.db.reminder_tables import OutboxRow, PortalPaceRow, TaskRow, WatchRow
from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier, Status
from core.dossiers.portals.connections import Limits
from core.errors import PortalAway, PortalConfused, PortalError, PortalRefused
from core.reminders import rules as functions
from core.reminders.entries import Entry
from core.reminders.plan import Rules
from core.reminders.saving import Saving
from core.reminders.watch import FARTHEST, GAP, LEASE, Watch
from tests.core.dossiers.made import CODE
from tests.core.reminders.watching import LIMITS, MINISTRY, RULES, PlainOutbox, Portals, Town, codes

pytestmark = pytest.mark.both_databases


@pytest.fixture
def town(engine: AsyncEngine) -> Town:
    return Town(engine)


async def many(town: Town, number: int, root: str = "H15") -> list[str]:
    """So many followed dossiers, each seen before and due at another minute."""
    made = codes(number, root)
    for n, code in enumerate(made):
        town.holds(code)
        await town.follows(f"{root}{n // 20}", code)
    town.clock.move(minutes=1)
    async with town.engine.begin() as connection:
        for n, code in enumerate(made):
            due = town.clock() - dt.timedelta(hours=1, minutes=number - n)
            await connection.execute(update(WatchRow).where(WatchRow.code == code.text).values(next_at=due))
    return [code.text for code in made]


async def test_the_procedure_is_remembered_by_its_official_code(town: Town) -> None:
    """For notices to those who follow it; a look that names none does not take it away."""
    town.holds(procedure_code="1.001193.000.00.00.H15")
    await town.follows()
    assert await _procedure(town) == ["1.001193"]
    town.holds(procedure_code="1.000894")
    await town.look()
    town.holds(procedure_code="")
    await town.look()
    assert await _procedure(town) == ["1.000894"]


async def _procedure(town: Town) -> list[str]:
    async with town.engine.connect() as connection:
        return list(await connection.scalars(select(WatchRow.procedure)))


async def test_a_change_is_told_once_and_nothing_else(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    town.holds(status=Status.NOT_RECEIVED)
    counts = await town.look()
    assert (counts["looked"], counts["changed"], counts["planned"]) == (1, 1, 1)
    assert await town.kinds() == ["changed"]
    kept = await town.snapshots.get(CODE.text)
    assert kept
    assert kept.view
    assert (kept.view.status, kept.fetched_at) == (Status.NOT_RECEIVED, town.clock())
    counts = await town.look()
    assert (counts["looked"], counts["changed"], counts["planned"]) == (1, 0, 0)


async def test_what_is_no_longer_true_is_taken_back(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    town.holds(status=Status.DONE)
    await town.look()
    assert set(await town.kinds()) >= {"pickup"}
    assert "due" in await town.kinds("dropped")
    town.holds(status=Status.RETURNED)
    counts = await town.look()
    assert counts["dropped"] > 0
    assert "pickup" not in await town.kinds()
    async with town.engine.connect() as connection:
        reasons = set(await connection.scalars(select(OutboxRow.reason).where(OutboxRow.state == "dropped")))
    assert reasons >= {"collected", "state_changed"}


async def test_a_moved_day_of_return_moves_the_reminder(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    assert await town.kinds() == ["due", "late"]
    town.holds(due_at=town.clock() + dt.timedelta(days=20))
    await town.look()
    assert "due" in await town.kinds("dropped")
    assert "due" in await town.kinds()


async def test_a_portal_that_told_nonsense_for_a_while_costs_no_reminder(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    ahead = await town.kinds()
    town.holds(due_at=None)  # says nothing of the day of return
    await town.look()
    assert set(await town.kinds("dropped")) == {"due", "late"}
    town.holds()
    counts = await town.look()
    assert counts["planned"] == 2
    assert await town.kinds() == ahead
    assert await town.kinds("dropped") == []


async def test_what_nobody_wants_is_not_revived(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    async with town.engine.begin() as connection:
        dropped = {"state": "dropped", "reason": "unwanted", "finished_at": town.clock()}
        await connection.execute(update(OutboxRow).values(**dropped))
    await town.look()
    assert await town.kinds() == []


async def test_staff_learn_of_a_late_dossier_once(town: Town) -> None:
    town.holds(due_at=town.clock() - dt.timedelta(days=3))
    await town.follows()
    await town.refresh().tick()
    await town.look()
    async with town.engine.connect() as connection:
        rows = (await connection.execute(select(TaskRow.subject, TaskRow.kind, TaskRow.agency))).all()
    assert [tuple(row) for row in rows] == [(CODE.text, "late", "UBND phường Tuy Hòa")]


async def test_what_is_longest_due_comes_first_and_hints_before_all(town: Town) -> None:
    due = await many(town, 30)
    await town.watch.hint([due[-1], "H15.99-261008-0001"], town.clock())
    town.portals.limits = Limits(refresh_per_second=2, concurrency=2)
    await town.refresh().tick()
    assert town.portals.calls == [due[-1], *due[:3]]


async def test_no_faster_than_the_portal_allows_all_workers_together(town: Town) -> None:
    await many(town, 60)
    town.portals.limits = Limits(refresh_per_second=4, concurrency=20)
    for second in range(1, 8):
        await asyncio.gather(town.refresh("a").tick(), town.refresh("b").tick())
        assert len(town.portals.calls) == 8 + 4 * (second - 1)
        town.clock.move(seconds=1)


async def test_at_most_half_of_the_portals_slots_are_used(town: Town) -> None:
    await many(town, 30)
    running = most = 0

    class Slow(Portals):
        async def dossier(self, code: DossierCode) -> Dossier | None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.005)
            running -= 1
            return await super().dossier(code)

    slow = Slow(Limits(concurrency=8, refresh_per_second=1000))
    slow.held = town.portals.held
    town.portals = slow
    await town.refresh(seconds=60).tick()
    assert most == 4
    assert len(slow.calls) == 30


async def test_two_workers_look_at_each_dossier_once(town: Town, database_url: str) -> None:
    due = await many(town, 60)
    for code in due:
        town.holds(DossierCode.parse(code), Status.NOT_RECEIVED)
    own = [engines.create(database_url) for _ in range(2)]
    workers = [town.refresh(f"{n}", engine, seconds=60) for n, engine in enumerate(own)]
    town.portals.delay = 0.001
    counts = await asyncio.gather(*(worker.tick() for worker in workers))
    for engine in own:
        await engine.dispose()
    assert sorted(town.portals.calls) == due
    assert sum(c["planned"] for c in counts) == 60
    assert sum(c.get("lost", 0) for c in counts) == 0
    async with town.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(OutboxRow)) == 60


class Dying(Exception):
    """Stands for the end of the process."""


async def test_an_end_between_asking_and_keeping_loses_and_doubles_nothing(town: Town) -> None:
    town.holds()
    for who in range(5):
        await town.follows(f"{who}")
    await town.refresh().tick()
    town.holds(status=Status.NOT_RECEIVED)
    await town.wait()
    dying = town.refresh("dies")

    class Never(Saving):
        async def told(self, *_: object) -> None:  # type: ignore[override]
            raise Dying

    dying._saving = Never(town.engine, town.watch, town.snapshots, PlainOutbox(town.engine))
    with pytest.raises(Dying):
        await dying.tick()
    asked = len(town.portals.calls)
    await town.refresh().tick()
    assert len(town.portals.calls) == asked  # the lease still runs
    town.clock.move(seconds=LEASE.total_seconds() + 1)
    assert (await town.refresh().tick())["planned"] == 5
    assert [kind for _, kind in await town.outbox()] == ["changed"] * 5


async def test_an_end_in_the_middle_of_keeping_keeps_nothing(town: Town) -> None:
    town.holds()
    for who in range(5):
        await town.follows(f"{who}")
    await town.refresh().tick()
    before, kept, ahead = await town.row(), await town.snapshots.get(CODE.text), await town.kinds()
    town.holds(status=Status.NOT_RECEIVED)
    await town.wait()

    class Half(PlainOutbox):
        async def add(self, connection: AsyncConnection, rows: Iterable[Entry]) -> int:
            await super().add(connection, rows)
            raise Dying

    dying = town.refresh("dies")
    dying._saving = Saving(town.engine, Watch(town.engine), town.snapshots, Half(town.engine), page=2)
    with pytest.raises(Dying):
        await dying.tick()
    assert await town.kinds() == ahead  # what was planned for the old state was not taken back either
    after = await town.row()
    assert (after.status, after.since, after.checked_at) == (before.status, before.since, before.checked_at)
    assert await town.snapshots.get(CODE.text) == kept
    town.clock.move(seconds=LEASE.total_seconds() + 1)
    assert (await town.refresh().tick())["planned"] == 5


async def test_a_worker_that_was_too_slow_changes_nothing(town: Town) -> None:
    """Its lease ran out while it asked, and another did the look."""
    town.holds()
    await town.follows()
    await town.wait()

    class Pausing(Portals):
        """Answers the first who asks only when told to."""

        go = asyncio.Event()

        async def dossier(self, code: DossierCode) -> Dossier | None:
            found = await super().dossier(code)
            if len(self.calls) == 1:
                await self.go.wait()
            return found

    pausing = Pausing()
    pausing.held, town.portals = town.portals.held, pausing
    slow = asyncio.create_task(town.refresh("slow").tick())
    while not pausing.calls:
        await asyncio.sleep(0.001)
    town.clock.move(seconds=LEASE.total_seconds() + 1)
    town.holds(status=Status.NOT_RECEIVED)
    assert (await town.refresh("quick").tick())["planned"] == 1
    pausing.go.set()
    counts = await slow
    assert (counts["lost"], counts.get("looked", 0)) == (1, 0)
    assert (await town.row()).status == Status.NOT_RECEIVED
    assert await town.kinds() == ["changed"]


@pytest.mark.parametrize("error", [PortalAway("down"), PortalConfused("HTML")])
async def test_a_portal_in_trouble_is_left_alone_and_the_others_go_on(town: Town, error: PortalError) -> None:
    await many(town, 60)
    ministry = await many(town, 30, "G09")
    town.portals.down["H15"] = error
    counts = await town.refresh(seconds=60).tick()
    refresh = town.refresh()
    failed = [call for call in town.portals.calls if call.startswith("H15")]
    assert LIMITS.failures <= len(failed) <= LIMITS.failures + LIMITS.behind
    assert counts["failed"] == len(failed)
    assert counts["paused"] == 1
    assert sorted(c for c in town.portals.calls if c.startswith("G09")) == ministry
    # Left alone for PAUSE, then longer and longer; one dossier is tried each time.
    pauses = []
    for _ in range(9):
        begun, asked = town.clock(), len(town.portals.calls)
        while len(town.portals.calls) == asked:
            town.clock.move(seconds=max(5, pauses[-1] / 20) if pauses else 5)
            await refresh.tick()
        assert len(town.portals.calls) == asked + 1
        pauses.append((town.clock() - begun).total_seconds())
    assert pauses[:7] == sorted(pauses[:7])  # later ones differ by their jitter only
    assert LIMITS.pause <= pauses[0] < 2 * LIMITS.pause
    assert 900 <= pauses[-1] <= 900 * 1.25 * 1.1  # never longer than a quarter of an hour and its jitter
    # What failed backs off by itself, what was not asked stays as it is.
    async with town.engine.connect() as connection:
        untouched = select(func.count()).where(WatchRow.failures == 0, WatchRow.root == "H15")
        assert await connection.scalar(untouched) == 60 - len(failed) - 9
    town.portals.down.clear()
    town.clock.move(hours=1)
    counts = await town.refresh(seconds=60).tick()
    assert counts["looked"] >= 60
    assert counts.get("failed", 0) == 0
    assert (await town.row(codes(1)[0])).failures == 0


async def test_a_restarted_worker_knows_of_the_pause(town: Town) -> None:
    await many(town, 20)
    town.portals.down["H15"] = PortalAway("down")
    await town.refresh("one").tick()
    asked = len(town.portals.calls)
    await town.refresh("two").tick()
    assert len(town.portals.calls) == asked
    town.clock.move(seconds=LIMITS.pause * 2)
    await town.refresh("three").tick()
    assert len(town.portals.calls) == asked + 1  # one to try, and alone again
    town.clock.move(seconds=1)
    await town.refresh("four").tick()
    assert len(town.portals.calls) == asked + 1


async def test_a_worker_takes_anothers_word_that_the_portal_is_well(town: Town) -> None:
    await many(town, 30)
    town.portals.down["H15"] = PortalAway("down")
    first, second = town.refresh("one"), town.refresh("two")
    await first.tick()
    town.clock.move(seconds=LIMITS.pause * 2)
    await first.tick()  # fails again and rests longer
    town.clock.move(seconds=LIMITS.pause * 2.6)
    town.portals.down.clear()
    await second.tick()
    town.clock.move(seconds=1)
    async with town.engine.begin() as connection:
        assert await connection.scalar(select(func.count()).where(PortalPaceRow.paused_until.is_(None))) == 1
    assert (await first.tick())["looked"] > 0


async def test_a_refusal_needs_an_operator_and_is_not_repeated(town: Town) -> None:
    await many(town, 20)
    town.portals.down["H15"] = PortalRefused("credentials")
    counts = await town.refresh(seconds=60).tick()
    assert counts["paused"] == 1
    assert len(town.portals.calls) <= LIMITS.behind


async def test_one_dossier_that_makes_no_sense_stops_nobody(town: Town) -> None:
    due = await many(town, 40)

    class Odd(Portals):
        async def dossier(self, code: DossierCode) -> Dossier | None:
            found = await super().dossier(code)
            if code.text == due[3]:
                raise PortalConfused("of another code")
            if code.text == due[4]:
                raise ZeroDivisionError  # a fault of a driver
            return found

    odd = Odd()
    odd.held, town.portals = town.portals.held, odd
    counts = await town.refresh(seconds=60).tick()
    assert (counts["looked"], counts["failed"]) == (38, 2)
    row = await town.row(DossierCode.parse(due[3]))
    assert (row.failures, row.status, row.worker) == (1, Status.PROCESSING, None)
    assert row.next_at > town.clock()


async def test_rules_that_stumble_over_one_dossier_stop_nobody(town: Town) -> None:
    due = await many(town, 10)

    class Stumbling:
        seen, still_true, next_look, staff_tasks = (
            staticmethod(f)
            for f in (functions.seen, functions.still_true, functions.next_look, functions.staff_tasks)
        )

        @staticmethod
        def plan(view, *others):  # type: ignore[no-untyped-def]
            if view.code == due[2]:
                raise KeyError(view.code)
            return functions.plan(view, *others)

    refresh = town.refresh()
    refresh._rules = Rules(Stumbling(), RULES.calendar, RULES.timetable)
    counts = await refresh.tick()
    assert (counts["looked"], counts["failed"]) == (9, 1)


async def test_a_dossier_does_not_cease_to_exist(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    before, kept, ahead = await town.row(), await town.snapshots.get(CODE.text), await town.kinds()
    del town.portals.held[CODE.text]
    counts = await town.look()
    assert counts["failed"] == 1
    after = await town.row()
    assert (after.status, after.checked_at, after.failures) == (before.status, before.checked_at, 1)
    assert await town.snapshots.get(CODE.text) == kept
    assert await town.kinds() == ahead


async def test_a_code_nobody_knows_yet_is_asked_for_less_and_less(town: Town) -> None:
    await town.follows(seen=False)
    waits = []
    for failures in range(1, 5):
        assert (await town.look())["failed"] == 1
        row = await town.row()
        assert row.failures == failures
        waits.append(row.next_at - town.clock())
    assert waits == sorted(waits)
    async with town.engine.connect() as connection:  # the portal is well
        assert (
            await connection.scalar(select(func.count()).where(PortalPaceRow.paused_until.is_not(None))) == 0
        )
    town.holds(status=Status.RECEIVED)
    counts = await town.look()
    assert (counts["looked"], counts["changed"]) == (1, 0)


async def test_failures_in_a_row_wait_longer_and_are_forgotten_with_the_first_answer(town: Town) -> None:
    town.holds()
    await town.follows()
    town.portals.down["H15"] = PortalAway("down")
    waits = []
    for failures in range(1, 5):
        await town.look()
        row = await town.row()
        assert row.failures == failures
        waits.append(row.next_at - town.clock())
        town.clock.move(minutes=30)  # no pause of the portal lasts longer
    assert waits == sorted(waits)
    town.portals.down.clear()
    await town.look()
    assert (await town.row()).failures == 0


async def test_a_portal_that_is_no_longer_configured_holds_nobody_up(town: Town) -> None:
    gone = DossierCode.parse("H48.50-261008-00001")
    town.holds(gone)
    town.holds()
    await town.follows("1", gone)
    await town.follows("2")
    await town.refresh().tick()
    assert town.portals.calls == [CODE.text]
    assert (await town.row(gone)).failures == 0


async def test_a_watch_nobody_needs_ends_itself(town: Town) -> None:
    """The data of a person was erased without the list being asked."""
    town.holds()
    await town.follows()
    await town.refresh().tick()
    async with town.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM followed")
    await town.look()
    assert await town.row() is None
    assert await town.kinds() == []


async def test_a_hint_during_a_look_is_not_lost(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    await town.wait()

    class Hinted(Portals):
        async def dossier(self, code: DossierCode) -> Dossier | None:
            found = await super().dossier(code)
            town.holds(status=Status.NOT_RECEIVED)  # changes after it was asked
            town.clock.move(seconds=1)
            if len(self.calls) == 1:
                assert await town.watch.hint([code.text], town.clock()) == 1
            return found

    hinted = Hinted()
    hinted.held, town.portals = town.portals.held, hinted
    assert (await town.refresh().tick()).get("changed", 0) == 0
    assert (await town.refresh().tick())["changed"] == 1


async def test_a_flood_of_hints_makes_one_look_in_a_while(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    asked = len(town.portals.calls)
    for _ in range(60):
        await town.watch.hint([CODE.text] * 3, town.clock())
        await town.refresh().tick()
        town.clock.move(seconds=1)
    assert len(town.portals.calls) - asked <= 60 / GAP.total_seconds() + 1
    assert len(town.portals.calls) - asked >= 4


async def test_a_clock_that_was_years_ahead_for_a_moment_does_no_lasting_harm(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    town.clock.move(days=3000)
    await town.refresh().tick()
    assert (await town.row()).next_at > town.clock() - FARTHEST
    town.clock.move(days=-2999)
    town.holds(status=Status.NOT_RECEIVED)
    counts = await town.refresh().tick()
    assert (counts["mended"], counts["changed"]) == (1, 1)


async def test_a_lease_and_a_pause_of_a_clock_gone_wrong_do_not_last(town: Town) -> None:
    town.holds()
    await town.follows()
    far = town.clock() + dt.timedelta(days=2000)
    async with town.engine.begin() as connection:
        await connection.execute(update(WatchRow).values(worker="gone", lease_until=far))
        pace = {"portal": "h15", "free_at": far, "paused_until": far}
        await connection.execute(PortalPaceRow.__table__.insert(), pace)  # type: ignore[attr-defined]
    assert (await town.refresh().tick())["looked"] == 1


async def test_after_a_long_sleep_everything_is_caught_up_at_the_same_pace(town: Town) -> None:
    await many(town, 30)
    town.portals.limits = Limits(refresh_per_second=10, concurrency=20)
    await town.refresh().tick()
    town.clock.move(days=4)
    await town.refresh().tick()
    assert len(town.portals.calls) == 40  # twice what two seconds allow


async def test_a_tick_over_nothing_writes_nothing(town: Town) -> None:
    assert not any((await town.refresh().tick()).values())
    town.holds()
    await town.follows()
    await town.refresh().tick()
    row = await town.row()
    assert not any((await town.refresh().tick()).values())
    assert await town.row() == row


async def test_ministries_and_provinces_are_told_apart(town: Town) -> None:
    old = DossierCode.parse("000.00.12.H45-200926-0001")
    for code in (CODE, MINISTRY, old):
        town.holds(code)
        await town.follows("1", code)
    assert await town.watch.roots() == ["G09", "H15", "H45"]
    assert (await town.refresh().tick())["looked"] == 3
