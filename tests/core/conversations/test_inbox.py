"""The inbox: order, leases, takeovers, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.conversations.inbox import (
    BACKOFF,
    KEEP,
    LEASE,
    MAX_TRIES,
    Arrival,
    Claimed,
    Inbox,
    from_json,
    to_json,
)
from core.db import engine as engines
from core.db.tables import InboundRow
from core.messages import Address, Button, Incoming, Message
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases

SECOND = dt.timedelta(seconds=1)
REPLY = (Message("một", (Button("Xem", "x"), Button("Số", contact=True))), Message("hai\x00"))


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(engine: AsyncEngine, clock: Clock) -> Inbox:
    return Inbox(engine, clock)


def said(who: str, what: str, update: str | None = None, channel: str = "telegram") -> Arrival:
    return Arrival(update or f"{who}-{what}", Incoming(Address(channel, who), what))


async def claimed(inbox: Inbox, now: dt.datetime = NOW, worker: str = "w") -> Claimed:
    got = await inbox.claim(worker, now)
    assert got is not None
    return got


async def test_a_repeat_is_not_put_again_in_its_channel(inbox: Inbox) -> None:
    assert await inbox.put(said("1", "a", "7"))
    assert not await inbox.put(said("1", "a", "7"))
    assert not await inbox.put(said("2", "b", "7"))
    assert await inbox.put(said("1", "a", "7", channel="zalo"))
    assert await inbox.done(await claimed(inbox))
    assert not await inbox.put(said("1", "a", "7"))


async def test_a_conversation_is_answered_in_order_and_others_meanwhile(inbox: Inbox) -> None:
    for arrival in (said("1", "a"), said("1", "b"), said("2", "c"), said("1", "d")):
        await inbox.put(arrival)
    first, other = await claimed(inbox), await claimed(inbox)
    assert (first.incoming.text, other.incoming.text) == ("a", "c")
    assert await inbox.claim("w", NOW) is None
    await inbox.done(first)
    assert (await claimed(inbox)).incoming.text == "b"
    assert await inbox.claim("w", NOW) is None


async def test_what_is_kept_comes_back(inbox: Inbox) -> None:
    incoming = Incoming(
        Address("telegram", "1"),
        "chữ \x00 😀 \ud83d",
        "location",
        b"bytes",
        "+84",
        "::1",
        "file",
        (12.5, 108.25),
    )
    await inbox.put(Arrival("1", incoming), REPLY)
    got = await claimed(inbox)
    assert got.incoming == from_json(to_json(incoming))
    assert (got.incoming.photo, got.incoming.location, got.incoming.file) == (None, (12.5, 108.25), "file")
    assert got.reply == REPLY
    assert "chữ" not in repr(got)


async def test_a_lease_that_ran_out_is_taken_over(inbox: Inbox, clock: Clock) -> None:
    await inbox.put(said("1", "a"))
    await inbox.put(said("1", "b"))
    first = await claimed(inbox)
    clock.now += LEASE - SECOND
    assert await inbox.renew(first)
    clock.now += LEASE - SECOND
    assert await inbox.claim("other", clock.now) is None
    clock.now += SECOND
    second = await claimed(inbox, clock.now, "other")
    assert (second.incoming.text, second.tries, second.deaths) == ("a", 0, 1)
    for stale in (
        inbox.renew(first),
        inbox.answered(first, REPLY),
        inbox.sent(first, 0),
        inbox.later(first, 1),
        inbox.failed(first),
        inbox.park(first, REPLY),
        inbox.release(first),
        inbox.done(first),
    ):
        assert not await stale
    assert await inbox.done(second)
    assert (await claimed(inbox, clock.now)).incoming.text == "b"


@pytest.mark.parametrize(("sent", "twice"), [(0, 1), (1, 1), (2, 0)])
async def test_a_stored_reply_outlives_its_worker(inbox: Inbox, clock: Clock, sent: int, twice: int) -> None:
    await inbox.put(said("1", "a"))
    first = await claimed(inbox)
    assert await inbox.answered(first, REPLY)
    for index in range(sent):
        assert await inbox.sent(first, index)
    clock.now += LEASE
    second = await claimed(inbox, clock.now)
    assert (second.reply, second.sent, second.tries) == (REPLY, sent, 0)
    assert (await inbox.waiting()).maybe_twice == twice


async def test_nothing_of_a_finished_message_is_kept(inbox: Inbox, engine: AsyncEngine) -> None:
    await inbox.put(said("1", "bí mật"))
    await inbox.put(said("2", "bí mật"))
    first, second = await claimed(inbox), await claimed(inbox)
    await inbox.answered(first, REPLY)
    await inbox.done(first)
    await inbox.park(second, REPLY)
    await inbox.done(second)
    async with AsyncSession(engine) as session:
        rows = (await session.scalars(select(InboundRow).order_by(InboundRow.id))).all()
    assert [(r.body, r.reply, r.worker, r.parked) for r in rows] == [
        (None, None, None, False),
        (None, None, None, True),
    ]
    counts = await inbox.waiting()
    assert (counts.waiting, counts.working, counts.parked, counts.oldest) == (0, 0, 1, None)


async def test_failing_waits_longer_each_time_and_ends(inbox: Inbox, clock: Clock) -> None:
    await inbox.put(said("1", "a"))
    await inbox.put(said("1", "b"))
    for number in range(1, MAX_TRIES):
        got = await claimed(inbox, clock.now)
        assert (got.incoming.text, got.tries) == ("a", number - 1)
        assert await inbox.failed(got)
        wait = BACKOFF * 2 ** (number - 1)
        assert await inbox.claim("w", clock.now + wait - SECOND) is None  # "b" waits as well
        clock.now += wait
    last = await claimed(inbox, clock.now)
    assert not await inbox.failed(last)
    assert await inbox.park(last, REPLY)
    clock.now += LEASE
    told = await claimed(inbox, clock.now)
    assert (told.parked, told.reply) == (True, REPLY)


async def test_processes_that_die_of_a_message_are_counted(inbox: Inbox, clock: Clock) -> None:
    await inbox.put(said("1", "a"))
    for number in range(3):
        assert (await claimed(inbox, clock.now)).deaths == number
        clock.now += LEASE


async def test_later_waits_at_least_as_long_as_asked(inbox: Inbox, clock: Clock) -> None:
    await inbox.put(said("1", "a"), REPLY)
    assert await inbox.later(await claimed(inbox), 30)
    assert await inbox.claim("w", NOW + 29 * SECOND) is None
    got = await claimed(inbox, NOW + 30 * SECOND)
    assert (got.reply, got.tries) == (REPLY, 1)
    assert (await inbox.waiting()).maybe_twice == 0


async def test_channels_are_left_to_who_has_them(inbox: Inbox) -> None:
    await inbox.put(said("1", "a", channel="zalo"))
    await inbox.put(said("1", "b"))
    got = await inbox.claim("w", NOW, ["telegram"])
    assert got is not None
    assert got.incoming.text == "b"
    assert await inbox.claim("w", NOW, ["telegram"]) is None


async def test_leases_of_the_dead_end_at_once(inbox: Inbox) -> None:
    await inbox.put(said("1", "a"))
    await inbox.put(said("2", "b"))
    dead, alive = await claimed(inbox, worker="dead"), await claimed(inbox, worker="alive")
    assert await inbox.release_dead(lambda worker: worker == "dead") == 1
    assert (await claimed(inbox)).id == dead.id
    assert await inbox.renew(alive)


async def test_who_wants_no_answer_gets_none(inbox: Inbox) -> None:
    for arrival in (said("1", "a"), said("1", "b"), said("2", "c")):
        await inbox.put(arrival)
    working = await claimed(inbox)
    assert await inbox.drop(Address("telegram", "1")) == 2
    assert not await inbox.answered(working, REPLY)
    assert (await claimed(inbox)).incoming.text == "c"
    assert await inbox.claim("w", NOW) is None


async def test_an_edit_before_during_and_after_the_answer(inbox: Inbox) -> None:
    await inbox.put(said("1", "a", "first"))
    assert await inbox.edit("first", said("1", "a2", "e1"))
    got = await claimed(inbox)
    assert got.incoming.text == "a2"
    assert await inbox.edit("first", said("1", "a3", "e2"))
    assert await inbox.edit("first", said("1", "a3", "e2"))
    await inbox.answered(got, REPLY)
    assert not await inbox.edit("first", said("1", "a4", "e3"))
    await inbox.done(got)
    assert not await inbox.edit("first", said("1", "a5", "e4"))
    assert not await inbox.edit("unknown", said("1", "a6", "e5"))
    assert (await claimed(inbox)).incoming.text == "a3"
    assert (await inbox.waiting()).waiting == 1


async def test_counts_and_forgetting(inbox: Inbox, clock: Clock) -> None:
    await inbox.put(said("1", "a"))
    clock.now += SECOND
    await inbox.put(said("2", "b"))
    await claimed(inbox, clock.now)
    counts = await inbox.waiting()
    assert (counts.waiting, counts.working, counts.oldest) == (2, 1, NOW)
    await inbox.forget_old(NOW + KEEP + SECOND)
    assert (await inbox.waiting()).waiting == 1
    assert await inbox.put(said("1", "a"))


async def test_putting_wakes_who_waits_here(inbox: Inbox) -> None:
    assert not inbox.arrived.is_set()
    await inbox.put(said("1", "a"))
    assert inbox.arrived.is_set()


async def test_two_workers_share_without_overlap_and_keep_the_order(database_url: str, clock: Clock) -> None:
    made = [engines.create(database_url) for _ in range(2)]
    boxes = [Inbox(engine, clock) for engine in made]
    people, each = 8, 6
    await asyncio.gather(*(_writes(boxes[person % 2], str(person), each) for person in range(people)))
    running: set[str] = set()
    log: list[tuple[str, str]] = []
    await asyncio.gather(*(_works(boxes[n % 2], f"w{n}", running, log, people * each) for n in range(6)))
    for person in range(people):
        assert [t for who, t in log if who == str(person)] == [str(n) for n in range(each)]
    async with AsyncSession(made[0]) as session:
        tries = (await session.execute(select(func.max(InboundRow.tries), func.count()))).one()
    assert tuple(tries) == (0, people * each)
    for engine in made:
        await engine.dispose()


async def _writes(inbox: Inbox, who: str, each: int) -> None:
    for number in range(each):
        assert await inbox.put(said(who, str(number)))


async def _works(
    inbox: Inbox, worker: str, running: set[str], log: list[tuple[str, str]], total: int
) -> None:
    while len(log) < total:
        got = await inbox.claim(worker, NOW)
        if got is None:
            await asyncio.sleep(0.005)
            continue
        who = got.incoming.address.id
        assert who not in running, "two at once in one conversation"
        running.add(who)
        await asyncio.sleep(0)
        running.remove(who)
        log.append((who, got.incoming.text))
        assert await inbox.done(got)
