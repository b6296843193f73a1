"""The watch begins and ends with the list."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import engine as engines
from core.db.reminder_tables import OutboxRow
from core.dossiers.followed import List
from core.dossiers.model import Fee, Status
from core.messages import Address
from tests.core.dossiers.made import CODE
from tests.core.reminders.watching import Town, codes

pytestmark = pytest.mark.both_databases


@pytest.fixture
def town(engine: AsyncEngine) -> Town:
    return Town(engine)


async def test_what_was_just_seen_is_the_beginning_and_is_not_told(town: Town) -> None:
    town.holds(status=Status.PAYMENT, fees=(Fee("Lệ phí", 8000, True),))
    await town.follows()
    row = await town.row()
    assert (row.root, row.status, row.since, row.paid) == ("H15", Status.PAYMENT, town.clock(), True)
    assert row.next_at < town.clock()  # what lies ahead is planned by the next tick
    counts = await town.refresh().tick()
    assert (counts["looked"], counts["changed"], counts["planned"]) == (1, 0, 0)
    assert (await town.row()).since == row.since


async def test_what_lies_ahead_is_planned_at_once(town: Town) -> None:
    town.holds(status=Status.PROCESSING)
    await town.follows()
    await town.refresh().tick()
    assert "due" in await town.kinds()
    assert (await town.row()).next_at > town.clock()


async def test_following_unseen_reports_no_change_either(town: Town) -> None:
    town.holds(status=Status.DONE)
    await town.follows(seen=False)
    assert (await town.row()).checked_at is None
    counts = await town.refresh().tick()
    assert (counts["looked"], counts["changed"]) == (1, 0)
    assert (await town.row()).status == Status.DONE
    assert "pickup" in await town.kinds()
    async with town.engine.connect() as connection:
        assert await connection.scalar(select(func.min(OutboxRow.due_at))) > town.clock()


async def test_the_last_to_leave_ends_the_watch_and_what_waits(town: Town) -> None:
    town.holds()
    for who in ("1", "2"):
        await town.follows(who)
    await town.refresh().tick()
    ahead = await town.kinds()
    assert len(ahead) == 2 * len(set(ahead)) > 0
    await town.leaves("1")
    assert {who for who, _ in await town.outbox()} == {"zalo:2"}
    assert {who for who, _ in await town.outbox("dropped")} == {"zalo:1"}
    assert await town.row() is not None
    await town.leaves("2")
    assert await town.row() is None
    assert await town.outbox() == []
    await town.leaves("2")  # again: nothing happens


async def test_what_was_sent_or_is_being_sent_stays(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    async with town.engine.begin() as connection:
        await connection.execute(update(OutboxRow).values(state="sending"))
    await town.leaves()
    assert await town.outbox("dropped") == []
    assert await town.outbox("sending") != []


async def test_who_comes_back_is_told_what_was_taken_back_when_they_left(town: Town) -> None:
    town.holds()
    await town.follows()
    await town.refresh().tick()
    ahead = await town.kinds()
    await town.leaves()
    town.clock.move(minutes=5)
    await town.follows()
    await town.refresh().tick()
    assert await town.kinds() == ahead
    assert await town.kinds("dropped") == []


async def test_a_second_follower_joins_what_lies_ahead_but_not_what_was_told(town: Town) -> None:
    town.holds()
    await town.follows("1")
    await town.refresh().tick()
    town.holds(status=Status.PAYMENT)
    assert (await town.look())["changed"] == 1
    town.clock.move(hours=1)
    await town.follows("2")
    await town.refresh().tick()
    told = await town.outbox()
    assert ("zalo:1", "payment") in told
    assert len([t for t in told if t[0] == "zalo:2"]) == len([t for t in told if t[0] == "zalo:1"]) - 1


async def test_who_saw_the_change_themselves_before_following_is_not_told(town: Town) -> None:
    town.holds()
    await town.follows("1")
    await town.refresh().tick()
    town.clock.move(minutes=30)
    town.holds(status=Status.NOT_RECEIVED)
    await town.follows("2")  # sees it
    counts = await town.refresh().tick()
    assert (counts["changed"], counts["planned"]) == (1, 1)
    assert [who for who, kind in await town.outbox() if kind == "changed"] == ["zalo:1"]


async def test_a_person_with_two_addresses_is_told_once(engine: AsyncEngine) -> None:
    mine = (Address("zalo", "1"), Address("telegram", "9"))

    async def people(addresses: object) -> dict[Address, tuple[Address, ...]]:
        return {a: mine if a in mine else (a,) for a in addresses}  # type: ignore[attr-defined]

    town = Town(engine, people, page=1)
    town.holds()
    await town.follows("1")
    await town.list.add(mine[1], CODE.text, town.clock())
    await town.follows("2")
    await town.refresh().tick()
    assert {who for who, _ in await town.outbox()} == {"zalo:1", "zalo:2"}
    await town.look()
    assert {who for who, _ in await town.outbox()} == {"zalo:1", "zalo:2"}


async def test_who_links_an_address_later_is_not_told_again(engine: AsyncEngine) -> None:
    linked: dict[Address, tuple[Address, ...]] = {}

    async def people(addresses: object) -> dict[Address, tuple[Address, ...]]:
        return {a: linked.get(a, (a,)) for a in addresses}  # type: ignore[attr-defined]

    town = Town(engine, people)
    town.holds()
    await town.follows("1")
    await town.refresh().tick()
    before = await town.outbox()
    better = Address("telegram", "9")
    linked[Address("zalo", "1")] = linked[better] = (better, Address("zalo", "1"))
    await town.look()
    assert await town.outbox() == before


async def test_thousands_of_followers_are_told_page_by_page(engine: AsyncEngine) -> None:
    town = Town(engine, page=40)
    town.holds()
    for number in range(130):
        await town.follows(f"{number:03}", seen=not number)
    await town.refresh().tick()
    town.holds(status=Status.NOT_RECEIVED)
    counts = await town.look()
    assert counts["planned"] == 130
    assert await town.outbox() == [(f"zalo:{n:03}", "changed") for n in range(130)]


async def test_nothing_is_half_done_when_the_list_cannot_be_kept(town: Town) -> None:
    class Fails:
        async def began(self, *_: object) -> None:
            raise RuntimeError

        async def ended(self, *_: object) -> None:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await List(town.engine, Fails()).add(Address("zalo", "1"), CODE.text, town.clock())
    assert await town.list.of(Address("zalo", "1")) == []


async def test_coming_and_going_at_once_leaves_nobody_unwatched(town: Town, database_url: str) -> None:
    """Whoever is in a list at the end is watched over; whoever is not, is not."""
    town.holds()
    for round_ in range(3):
        engines_ = [engines.create(database_url) for _ in range(6)]
        towns = [Town(engine, clock=town.clock, portals=town.portals) for engine in engines_]
        deeds = [t.follows(f"{n}") for n, t in enumerate(towns)]
        deeds += [t.leaves(f"{n}") for n, t in enumerate(towns) if (n + round_) % 2]
        deeds += [towns[0].refresh("a").tick(), towns[1].refresh("b").tick()]
        await asyncio.gather(*deeds)
        for engine in engines_:
            await engine.dispose()
        left = [n for n in range(6) if await town.list.of(Address("zalo", f"{n}"))]
        assert (await town.row() is not None) == bool(left)
        await town.refresh().tick()
        assert {who for who, _ in await town.outbox()} <= {f"zalo:{n}" for n in left}
        for n in range(6):
            await town.leaves(f"{n}")
        assert await town.row() is None
        assert await town.outbox() == []


async def test_another_code_is_another_watch(town: Town) -> None:
    first, second = codes(2)
    for code in (first, second):
        town.holds(code)
        await town.follows("1", code)
    await town.leaves("1", first)
    assert await town.row(first) is None
    assert await town.row(second) is not None
