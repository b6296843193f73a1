"""The outbox on both databases: once, in order, one an address, and what the dead leave behind."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.conversations.state import State, States
from core.messages import Address
from core.reminders import claims
from core.reminders.contract import Outcome, Step
from core.reminders.entries import ALPHABET, CHUNK
from core.reminders.ledger import Ledger
from core.reminders.model import Kind
from core.reminders.outbox import KEEP, LEASE, UNKNOWN_WAIT, Settled
from tests.conftest import NOW
from tests.core.reminders.posted import DAY, ME, MINUTE, SECOND, Post, entry

OTHER = "host/-/2/other"


@pytest.fixture
def post(engine: AsyncEngine) -> Post:
    return Post(engine)


async def claimed(
    post: Post, limit: int = 10, worker: str = ME, spacing: dt.timedelta = dt.timedelta()
) -> list[str]:
    return [o.subject for o in await post.outbox.claim(worker, "telegram", limit, post.clock(), spacing)]


async def ended(post: Post, outcome: Outcome, worker: str = ME, limit: int = 10) -> None:
    """Claim, begin and settle what is due."""
    rows = await post.outbox.claim(worker, "telegram", limit, post.clock())
    assert await post.outbox.begin(worker, [r.id for r in rows]) == {r.id for r in rows}
    await post.outbox.settle(worker, [Settled(row, outcome) for row in rows])


async def test_each_message_is_put_in_once(post: Post) -> None:
    many = [entry(f"telegram:{n}", occasion=str(n % 3)) for n in range(2 * CHUNK + 7)]
    assert await post.put(*many) == len(many)
    assert await post.put(*many, entry(kind=Kind.DUE)) == 1
    await ended(post, Outcome("sent"), limit=5)
    assert await post.put(*many) == 0  # finished rows are remembered too
    rows = await post.rows()
    assert len(rows) == len(many) + 1
    assert all(len(row.check) == 4 and set(row.check) <= set(ALPHABET) for row in rows)
    assert rows[0].channel == "telegram"


async def test_nothing_is_put_in_when_the_caller_fails(post: Post) -> None:
    async with post.engine.connect() as connection:
        assert await post.outbox.add(connection, [entry()]) == 1
        await connection.rollback()
    assert await post.rows() == []


async def test_by_lane_then_time_one_an_address(post: Post) -> None:
    await post.put(
        entry(subject="late", lane=2, due_at=NOW - DAY),
        entry("telegram:2", "b"),
        entry("telegram:3", "earlier", due_at=NOW - MINUTE),
        entry(subject="first", lane=0),
        entry(subject="second"),
        entry("telegram:4", "not yet", due_at=NOW + SECOND),
        entry("zalo:5", "other channel"),
    )
    assert await post.outbox.due(["telegram", "zalo", "web"], NOW) == ["telegram", "zalo"]
    assert await claimed(post, 2) == ["first", "earlier"]
    assert await claimed(post) == ["b"]  # the rest of telegram:1 waits for its first
    assert await claimed(post) == []
    await post.outbox.release(ME, "telegram")
    assert await claimed(post) == ["first", "earlier", "b"]


async def test_the_next_one_to_an_address_keeps_its_distance(post: Post) -> None:
    await post.put(entry(subject="one"), entry(subject="two"))
    await ended(post, Outcome("sent"))
    assert await claimed(post, spacing=SECOND) == []
    post.clock.now += SECOND
    assert await claimed(post, spacing=SECOND) == ["two"]


async def test_workers_at_once_never_share_a_row_or_an_address(post: Post) -> None:
    await post.put(*(entry(f"telegram:{n % 20}", str(n)) for n in range(80)))
    workers = [f"host/-/{n}/x" for n in range(8)]
    found = await asyncio.gather(*(post.outbox.claim(w, "telegram", 5, NOW) for w in workers))
    rows = [row for some in found for row in some]
    assert len(rows) == len({row.id for row in rows}) == len({row.address for row in rows}) == 20


async def test_begin_gives_only_what_is_still_ours(post: Post) -> None:
    await post.put(entry(), entry("telegram:2"))
    first, second = await post.outbox.claim(ME, "telegram", 10, NOW)
    await post.outbox.release_dead(lambda worker: worker == ME, NOW)
    assert await post.outbox.claim(OTHER, "telegram", 1, NOW) != []
    assert await post.outbox.begin(ME, [first.id, second.id]) == frozenset()


async def test_what_the_dead_claimed_waits_again_and_what_they_sent_is_unknown(post: Post) -> None:
    await post.put(entry(), entry("telegram:2", kind=Kind.NOTICE, body={"text": "x"}), entry("telegram:3"))
    rows = await post.outbox.claim(ME, "telegram", 10, NOW)
    await post.outbox.begin(ME, [row.id for row in rows[:2]])
    assert await post.outbox.release_dead(lambda _: False, NOW) == 0
    assert await post.outbox.release_dead(lambda worker: worker == ME, NOW) == 3
    assert await post.states() == ["unknown", "unknown", "pending"]
    reminder, notice, _ = await post.rows()
    assert (reminder.unknowns, reminder.due_at, reminder.finished_at) == (1, NOW + UNKNOWN_WAIT, None)
    assert (notice.unknowns, notice.finished_at, notice.body) == (1, NOW, None)  # a notice is never repeated
    steps = await Ledger(post.engine).of(reminder.id)
    assert steps == (Step("unclear", "telegram:1", "unknown", "worker_ended"),)
    post.clock.now += UNKNOWN_WAIT
    assert await claimed(post, worker=OTHER) == ["A", "A"]
    await post.outbox.begin(OTHER, [reminder.id])
    await post.outbox.release_dead(lambda _: True, post.clock())
    assert (await post.rows())[0].finished_at == post.clock()  # the second doubt is the last


async def test_a_lease_that_is_over_is_as_good_as_dead(post: Post) -> None:
    await post.put(entry())
    await claimed(post)
    post.clock.now += LEASE - SECOND
    await post.outbox.renew(ME)
    post.clock.now += LEASE - SECOND
    assert await post.outbox.release_dead(lambda _: False, post.clock()) == 0
    post.clock.now += SECOND
    assert await post.outbox.release_dead(lambda _: False, post.clock()) == 1


async def test_a_worker_that_was_only_slow_has_the_last_word(post: Post) -> None:
    await post.put(entry())
    rows = await post.outbox.claim(ME, "telegram", 1, NOW)
    await post.outbox.begin(ME, [rows[0].id])
    post.clock.now += LEASE
    await post.outbox.release_dead(lambda _: False, post.clock())
    await post.outbox.settle(ME, [Settled(rows[0], Outcome("sent"))])
    assert await post.states() == ["sent"]


async def test_a_row_that_was_taken_over_is_not_settled_by_its_first_worker(post: Post) -> None:
    await post.put(entry())
    rows = await post.outbox.claim(ME, "telegram", 1, NOW)
    await post.outbox.begin(ME, [rows[0].id])
    await post.outbox.release_dead(lambda _: True, NOW)
    post.clock.now += UNKNOWN_WAIT
    await claimed(post, worker=OTHER)
    await post.outbox.settle(ME, [Settled(rows[0], Outcome("failed"))])
    assert await post.states() == ["claimed"]


async def test_gone_stops_everything_to_that_address_until_they_write(post: Post) -> None:
    await post.put(entry(subject="one"), entry(subject="two", due_at=NOW + DAY), entry("telegram:2", "other"))
    step = Step("free", "telegram:1", "gone", "Forbidden")
    rows = await post.outbox.claim(ME, "telegram", 1, NOW)
    await post.outbox.settle(ME, [Settled(rows[0], Outcome("gone", "Forbidden", steps=(step,)))])
    assert await post.states() == ["gone", "gone", "pending"]
    await post.put(entry(subject="three"))
    rows = await post.outbox.claim(ME, "telegram", 10, NOW)
    assert [(row.subject, row.gone) for row in rows] == [("other", False), ("three", True)]
    await post.outbox.release(ME, "telegram")
    await States(post.engine).put(Address("telegram", "1"), State(), NOW + SECOND)
    assert not any(row.gone for row in await post.outbox.claim(ME, "telegram", 10, NOW))


async def test_old_ones_expire_and_very_old_ones_are_forgotten(post: Post) -> None:
    await post.put(
        *(entry(f"telegram:{n}", expires_at=NOW + MINUTE) for n in range(1100)), entry("telegram:x")
    )
    assert await post.outbox.expire(NOW) == 0
    assert await post.outbox.expire(NOW + MINUTE) == 1100
    assert await post.outbox.counts() == {"expired": 1100, "pending": 1}
    await post.outbox.forget_old(NOW + MINUTE + KEEP)
    assert (await post.outbox.counts())["expired"] == 1100
    await post.outbox.forget_old(NOW + MINUTE + KEEP + SECOND)
    assert await post.outbox.counts() == {"pending": 1}


async def test_a_claim_asks_the_index_and_not_the_table(post: Post, database_kind: str) -> None:
    if database_kind == "sqlite":
        pytest.skip("the plan without values is PostgreSQL's")
    await post.put(*(entry(f"telegram:{n}", due_at=NOW + DAY) for n in range(3000)))
    statement = claims._claimable().compile(dialect=post.engine.dialect).construct_expanded_state
    values = {"of_channel": "telegram", "of_lane": 1, "now": NOW, "quiet": NOW, "most": 50}
    expanded = statement(values)
    order = [expanded.parameters[name] for name in expanded.positiontup or ()]
    given = ", ".join(repr(v) if isinstance(v, int | str) else f"'{v.isoformat()}'" for v in order)
    async with post.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute(
            f"ANALYZE outbox; SET plan_cache_mode = force_generic_plan; PREPARE q AS {expanded.statement}"
        )
        plan = "\n".join(row[0] for row in await raw.fetch(f"EXPLAIN EXECUTE q({given})"))
        await raw.execute("DEALLOCATE q; RESET plan_cache_mode")
    assert "ix_outbox_open" in plan
    assert "Seq Scan" not in plan


async def test_the_ledger_adds_up(post: Post) -> None:
    await post.put(entry(), entry("telegram:2"))
    tried = (Step("free", "telegram:1", "failed", "window"), Step("template", "zalo:1", "sent", cost=560))
    await ended(post, Outcome("sent", steps=tried))
    ledger = Ledger(post.engine)
    assert await ledger.of((await post.rows())[0].id) == tried
    assert await ledger.spent(NOW, NOW + SECOND) == {
        ("free", "failed"): (2, 0),
        ("template", "sent"): (2, 1120),
    }
    await ledger.forget_old(NOW + 2 * KEEP)
    assert await ledger.spent(NOW, NOW + DAY) == {}
