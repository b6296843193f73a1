"""A delivery over senders with memory: every way a message can end, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from core.conversations.inbox import Arrival, Inbox
from core.errors import SendError
from core.messages import Address, Incoming, Message
from core.reminders import flow as flows
from core.reminders import reach as reaching
from core.reminders.contract import Drop, Later, Step
from core.reminders.ledger import Ledger
from core.reminders.model import Kind, Outgoing
from core.reminders.outbox import UNKNOWN_WAIT
from core.reminders.pace import Limits
from tests.conftest import NOW, until
from tests.core.reminders.posted import DAY, ME, MINUTE, SECOND, Post, busy, entry


@pytest.fixture
def post(engine: AsyncEngine) -> Post:
    return Post(engine)


async def test_everything_due_goes_once_and_many_at_the_same_time(post: Post) -> None:
    await post.put(*(entry(f"telegram:{n}", str(n)) for n in range(300)), entry("zalo:1"))
    assert await post.delivery.tick() == {"sent": 301}
    assert await post.delivery.tick() == {}
    assert len(post.sender.sent) == len(set(post.sender.sent)) == 301
    assert 2 <= post.sender.most <= 51  # 50 on one channel, one on the other
    assert set(await post.states()) == {"sent"}
    assert await Ledger(post.engine).of(1) == (Step("free", "telegram:0", "sent"),)


async def test_two_messages_to_one_person_go_in_order(post: Post) -> None:
    await post.put(*(entry(subject=str(n), lane=2 - n) for n in range(3)))
    assert await post.delivery.tick() == {"sent": 3}
    assert [text for _, text in post.sender.sent] == ["2", "1", "0"]


async def test_the_writer_decides_at_the_hour(post: Post) -> None:
    post.writer.says = {"paid": Drop("paid"), "night": Later(NOW + DAY / 2, "night"), "old": Message("?")}
    late = entry("telegram:4", "night", occasion="2", expires_at=NOW + MINUTE)
    await post.put(
        entry(subject="paid"), entry("telegram:2", "night"), late, entry("telegram:3", "old", expires_at=NOW)
    )
    assert await post.delivery.tick() == {"dropped": 1, "pending": 1, "expired": 2}
    assert post.sender.tried == []
    by_subject = {(row.subject, row.occasion): row for row in await post.rows()}
    assert by_subject["paid", "1"].reason == "paid"
    waiting = by_subject["night", "1"]
    assert (waiting.state, waiting.due_at, waiting.tries, waiting.worker) == (
        "pending",
        NOW + DAY / 2,
        0,
        None,
    )
    assert by_subject["night", "2"].state == "expired"  # its hour would come too late


async def test_a_refusal_pauses_its_channel_and_no_other(post: Post) -> None:
    post.sender.failures = {"telegram:1": [busy(30)]}
    await post.put(entry(), entry("zalo:1"))
    assert await post.delivery.tick() == {"pending": 1, "sent": 1}
    await post.put(entry("telegram:2"), entry("zalo:2"))
    assert await post.delivery.tick() == {"sent": 1}
    assert "telegram:2" not in post.sender.tried
    post.clock.now += 31 * SECOND
    assert await post.delivery.tick() == {"sent": 2}
    assert await Ledger(post.engine).of(1) == (
        Step("free", "telegram:1", "again", "429"),
        Step("free", "telegram:1", "sent"),
    )


async def test_a_short_pause_is_sat_out(post: Post) -> None:
    post.sender.failures = {"telegram:1": [busy(2)]}
    await post.put(entry(), *(entry(f"telegram:{n}") for n in range(2, 120)))
    assert (await post.delivery.tick())["sent"] == 119
    assert post.clock.now >= NOW + 2 * SECOND
    assert len(post.sender.sent) == 119


async def test_retried_only_when_allowed_and_not_for_ever(post: Post) -> None:
    again = SendError("502", retry_after=5)
    morning = SendError("night", not_before=NOW + 8 * 60 * MINUTE)
    post.sender.failures = {
        "telegram:1": [again] * 99,
        "telegram:2": [SendError("bad")],
        "telegram:3": [morning],
    }
    await post.put(*(entry(f"telegram:{n}") for n in (1, 2, 3)))
    assert await post.delivery.tick() == {"pending": 2, "failed": 1}
    rows = await post.rows()
    assert [row.state for row in rows] == ["pending", "failed", "pending"]
    assert NOW + 5 * SECOND <= rows[0].due_at < NOW + 6 * SECOND
    assert rows[2].due_at == NOW + 8 * 60 * MINUTE
    for _ in range(reaching.MAX_TRIES):
        post.clock.now += 11 * MINUTE
        await post.delivery.tick()
    assert post.sender.tried.count("telegram:1") == reaching.MAX_TRIES
    assert (await post.rows())[0].reason == "given_up: 502"


async def test_what_the_account_is_at_fault_for_costs_no_message(post: Post) -> None:
    post.sender.failures = {"telegram:1": [SendError("token", configuration=True)] * 20}
    await post.put(entry())
    for _ in range(20):
        await post.delivery.tick()
        post.clock.now += dt.timedelta(seconds=reaching.MISCONFIGURED + 1)
    assert (await post.rows())[0].tries == 0
    assert await post.delivery.tick() == {"sent": 1}


async def test_unknown_is_tried_once_more_and_a_notice_never(post: Post) -> None:
    post.sender.failures = {
        f"telegram:{n}": [SendError("TimedOut", unknown=True)] * (n + 1) for n in (0, 1, 2)
    }
    await post.put(entry("telegram:0"), entry("telegram:1"), entry("telegram:2", kind=Kind.NOTICE))
    assert await post.delivery.tick() == {"unknown": 3}
    assert await post.delivery.tick() == {}
    post.writer.asked.clear()
    post.clock.now += UNKNOWN_WAIT
    assert await post.delivery.tick() == {"sent": 1, "unknown": 1}
    assert [o.unknowns for o in post.writer.asked] == [1, 1]  # asked again whether it is still true
    post.clock.now += DAY / 2
    assert await post.delivery.tick() == {}
    assert await post.states() == ["sent", "unknown", "unknown"]
    assert [row.unknowns for row in await post.rows()] == [1, 2, 1]


async def test_unknown_is_not_tried_again_when_it_is_no_longer_true(post: Post) -> None:
    post.sender.failures = {"telegram:1": [SendError("TimedOut", unknown=True)]}
    await post.put(entry())
    await post.delivery.tick()
    post.writer.says = {"A": Drop("paid")}
    post.clock.now += UNKNOWN_WAIT
    assert await post.delivery.tick() == {"dropped": 1}
    assert len(post.sender.tried) == 1


async def test_gone_stops_the_rest_and_is_not_asked_again(post: Post) -> None:
    post.sender.failures = {"telegram:1": [SendError("Forbidden", gone=True)]}
    await post.put(entry(), entry(subject="B"), entry(subject="C", due_at=NOW + MINUTE))
    assert await post.delivery.tick() == {"gone": 1}
    assert await post.states() == ["gone"] * 3
    await post.put(entry(subject="D"))
    assert await post.delivery.tick() == {"gone": 1}
    assert post.sender.tried == ["telegram:1"]


async def test_a_mistake_of_ours_is_bounded_and_says_nothing_about_the_person(post: Post) -> None:
    post.sender.failures = {"telegram:1": [ValueError("Nguyễn Thị Hoa")] * 99}
    post.writer.says = {"B": KeyError("Hoa")}
    await post.put(entry(), entry("telegram:2", "B"), entry("telegram:3", "C"))
    with structlog.testing.capture_logs() as logs:
        for _ in range(flows.MAX_FAULTS + 1):
            await post.delivery.tick()
            post.clock.now += 60 * MINUTE
    assert await post.states() == ["failed", "failed", "sent"]
    assert [row.reason for row in await post.rows()] == ["fault: ValueError", "fault: KeyError", None]
    assert post.sender.tried.count("telegram:1") == flows.MAX_FAULTS
    assert logs
    assert "Hoa" not in str(logs)
    assert "telegram:1" not in str(logs)


async def test_a_way_that_takes_too_long_may_have_arrived(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "SEND_SECONDS", 0.05)

    async def never(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(post.sender, "send", never)
    await post.put(entry())
    assert await post.delivery.tick() == {"unknown": 1}
    assert await Ledger(post.engine).of(1) == (Step("unclear", "telegram:1", "unknown", "too_slow"),)


async def test_no_second_holds_more_than_the_rate_over_all_processes(engine: AsyncEngine) -> None:
    limits = {"telegram": Limits(25.0)}
    first, second = Post(engine, limits), Post(engine, limits, "host/-/2/other")
    second.clock = first.clock
    for made in (first, second):
        made.pace._clock = first.clock
    starts = []
    for n in range(20):
        start = await (first, second)[n % 2].pace.reserve("telegram", 5, MINUTE)
        assert start is not None
        starts.append(start)
    assert starts == [NOW + n * dt.timedelta(seconds=0.2) for n in range(20)]
    assert await first.pace.reserve("telegram", 5, SECOND) is None  # too far away: nothing is reserved
    assert await first.pace.reserve("telegram", 5, MINUTE) == NOW + 4 * SECOND
    await second.pace.pause("telegram", NOW + 20 * SECOND)
    await second.pace.pause("telegram", NOW + 10 * SECOND)  # the longer one stays
    assert await first.pace.paused("telegram") == NOW + 20 * SECOND
    assert await first.pace.reserve("telegram", 5, MINUTE) == NOW + 20 * SECOND
    assert await first.pace.reserve("zalo", 1, MINUTE) == NOW


async def test_what_replies_take_is_taken_off_once(engine: AsyncEngine) -> None:
    first, second = (Post(engine, {"telegram": Limits(10.0)}) for _ in range(2))
    await first.pace.reserve("telegram", 1, MINUTE)
    inbox = Inbox(engine, first.clock)
    first.clock.now = second.clock.now = NOW + SECOND
    for n in range(4):
        channel = "telegram" if n else "zalo"
        await inbox.put(Arrival(str(n), Incoming(Address(channel, str(n)), "hỏi")))
    assert await first.pace.reserve("telegram", 1, MINUTE) == NOW + SECOND + dt.timedelta(seconds=0.3)
    assert await second.pace.reserve("telegram", 1, MINUTE) == NOW + SECOND + dt.timedelta(seconds=0.4)


async def test_reservations_at_once_never_overlap(engine: AsyncEngine) -> None:
    posts = [Post(engine, {"telegram": Limits(10.0)}) for _ in range(6)]
    starts = await asyncio.gather(*(p.pace.reserve("telegram", 2, MINUTE) for p in posts))
    assert sorted(s for s in starts if s) == [NOW + n * dt.timedelta(seconds=0.2) for n in range(6)]


async def test_bulk_waits_for_the_reply_that_is_going_out_and_no_longer(post: Post) -> None:
    await post.put(entry(), entry("zalo:1"))
    async with post.gate.going("telegram"):
        ticking = asyncio.create_task(post.delivery.tick())
        await until(lambda: post.sender.tried == ["zalo:1"])
        await asyncio.sleep(0.1)
        assert post.sender.tried == ["zalo:1"]
    assert await ticking == {"sent": 2}

    await post.put(entry("telegram:2"))
    async with post.gate.going("telegram"):
        asking = asyncio.create_task(post.gate.clear("telegram"))
        await asyncio.sleep(0)
        later = post.gate.going("telegram")
        await later.__aenter__()  # replies that never end one after the other
        assert not asking.done()
    await asking
    await later.__aexit__(None, None, None)


async def test_nothing_is_claimed_when_stopped(post: Post) -> None:
    await post.put(entry())
    post.delivery.stop()
    assert await post.delivery.tick() == {}
    assert await post.states() == ["pending"]


async def test_a_tick_that_is_cancelled_gives_back_what_was_not_begun(post: Post) -> None:
    started = asyncio.Event()

    class Slow:
        async def write(self, outgoing: Outgoing) -> Message:
            started.set()
            await asyncio.sleep(60)
            return Message("")

    post.delivery._parts.writer.write = Slow().write  # type: ignore[method-assign]
    await post.put(entry())
    ticking = asyncio.create_task(post.delivery.tick())
    await started.wait()
    assert await post.states() == ["claimed"]
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    assert [(row.state, row.worker) for row in await post.rows()] == [("pending", None)]
    assert await post.outbox.release_dead(lambda worker: worker == ME, NOW) == 0
