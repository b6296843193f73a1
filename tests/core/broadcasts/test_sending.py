"""From an approved notice to its end: recipients are fixed once, and nobody gets it twice, whatever happens."""

from __future__ import annotations

import asyncio

import pytest

from core.broadcasts import recipients
from core.broadcasts.model import Reason, State, subject
from core.errors import SendError, StaffError
from core.reminders import holding
from core.reminders.contract import Outcome
from core.reminders.model import Wishes
from core.reminders.outbox import Settled
from tests.conftest import rows
from tests.core.broadcasts.made import APPROVER, AUTHOR, HOUR, MORNING, NIGHT, Town, content

EVERYBODY = [f"zalo:{n}" for n in range(10)]


async def test_everybody_gets_it_once_with_a_code_of_their_own(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.begun(content())
    assert made.state is State.SENDING
    await town.tick()
    await town.deliver()
    await town.tick()
    assert town.sent_to() == EVERYBODY
    assert (await town.get(made.id)).state is State.DONE
    texts = dict(town.sender.sent)
    for row in await town.outgoing(made.id):
        assert row.check in texts[row.address]
        assert "Quầy nghỉ từ ngày mai." in texts[row.address]
    report = await town.report(made.id)
    assert report.numbers == {("zalo", "sent"): 10}
    assert (report.recipients, report.expanded) == (10, True)


async def test_a_crash_between_two_steps_resumes_where_it_was(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.subscribe(*EVERYBODY)
    made, steps = await town.approved(content()), 0
    post = recipients._post

    async def dies(*arguments: object) -> None:
        nonlocal steps
        steps += 1
        await post(*arguments)  # type: ignore[arg-type]
        if steps in (2, 4):
            raise RuntimeError("killed before the transaction ended")

    monkeypatch.setattr(recipients, "_post", dies)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await town.tick()
    assert not (await town.get(made.id)).expanded
    monkeypatch.setattr(recipients, "_post", post)
    await town.tick()
    await town.deliver()
    assert town.sent_to() == EVERYBODY
    assert await rows(town.engine, "SELECT count(*) FROM broadcast_recipient") == [(10,)]


async def test_two_processes_fix_them_at_once(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.approved(content())
    await asyncio.gather(town.tick(), town.tick(), town.tick())
    await asyncio.gather(town.delivery("host/-/1/a").tick(), town.delivery("host/-/2/b").tick())
    assert town.sent_to() == EVERYBODY
    await town.tick()
    assert (await town.get(made.id)).state is State.DONE


async def test_somebody_who_links_while_they_are_fixed_is_told_once(town: Town) -> None:
    await town.subscribe("telegram:1", "web:1", "web:2", "zalo:9")
    made = await town.approved(content())
    await town.one_step()
    assert [row.address for row in await town.outgoing(made.id)] == ["telegram:1", "web:1", "web:2"]
    await town.link("telegram:1", "zalo:9")  # which would be the better address now
    await town.tick()
    assert [row.address for row in await town.outgoing(made.id)] == ["telegram:1", "web:1", "web:2"]


async def test_at_its_hour_and_not_before(town: Town) -> None:
    await town.subscribe("zalo:1")
    made = await town.approved(content(send_at=MORNING + HOUR))
    await town.tick()
    assert (await town.get(made.id)).state is State.APPROVED
    town.clock.now = MORNING + HOUR
    await town.tick()
    await town.deliver()
    assert town.sent_to() == ["zalo:1"]


async def test_at_night_it_waits_for_the_morning(town: Town) -> None:
    await town.subscribe("zalo:1")
    town.clock.now = NIGHT
    made = await town.begun(content())
    assert (await town.outgoing(made.id))[0].due_at == NIGHT + 8.5 * HOUR
    await town.deliver()
    assert town.sent_to() == []
    town.clock.now = NIGHT + 9 * HOUR
    await town.deliver()
    assert town.sent_to() == ["zalo:1"]


async def test_an_emergency_crosses_the_night_but_no_stop_and_no_pause(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2", "zalo:3", "zalo:4")
    await town.wish("zalo:4", Wishes(quiet_changes=True))
    town.clock.now = NIGHT
    made = await town.begun(content(emergency=True, why="Vỡ đập, sơ tán ngay trong đêm"))
    assert {row.lane for row in await town.outgoing(made.id)} == {0}
    await town.wish("zalo:2", Wishes(stopped=True), NIGHT)  # after recipients were fixed
    await town.wish("zalo:3", Wishes(paused_until=NIGHT + HOUR), NIGHT)
    await town.deliver()
    assert town.sent_to() == ["zalo:1", "zalo:4"]
    town.clock.now = NIGHT + HOUR
    await town.deliver()
    assert town.sent_to() == ["zalo:1", "zalo:3", "zalo:4"]
    assert "KHẨN: Nghỉ lễ" in town.sender.sent[0][1]


async def test_what_was_not_sent_in_time_expires(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.begun(content(expires_at=MORNING + HOUR))
    await town.many.steering.pause(AUTHOR, made.id)
    town.clock.now = MORNING + HOUR
    await town.tick()
    assert (await town.get(made.id)).state is State.EXPIRED
    await town.deliver()
    assert town.sent_to() == []
    report = await town.report(made.id)
    assert report.numbers == {("zalo", "expired"): 10}
    assert await rows(town.engine, "SELECT count(*) FROM outbox_hold") == [(1,)]
    await town.tick()
    assert await rows(town.engine, "SELECT count(*) FROM outbox_hold") == [(0,)]
    with pytest.raises(StaffError):
        await town.many.steering.resume(AUTHOR, made.id)


async def test_one_that_waits_for_its_hour_too_long_expires_too(town: Town) -> None:
    await town.subscribe("zalo:1")
    made = await town.approved(content(expires_at=MORNING + HOUR))
    town.clock.now = MORNING + 2 * HOUR
    await town.tick()
    assert (await town.get(made.id)).state is State.EXPIRED
    assert await town.outgoing(made.id) == []


async def test_a_pause_stops_and_a_resumption_goes_on(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.begun(content())
    held = await town.outbox.claim("host/-/1/other", "zalo", 4, MORNING)
    await town.many.steering.pause(AUTHOR, made.id)
    assert await town.outbox.begin("host/-/1/other", [one.id for one in held]) == frozenset()
    await town.put_reminder_behind()
    await town.deliver()
    assert town.sent_to() == ["zalo:reminder"]  # what is held back holds nobody else up
    town.clock.now = MORNING + 3 * HOUR
    await town.outbox.expire(town.clock.now)
    assert (await town.report(made.id)).numbers == {("zalo", "held"): 10}
    await town.many.steering.resume(AUTHOR, made.id)
    await town.deliver()
    assert town.sent_to() == sorted([*EVERYBODY, "zalo:reminder"])


async def test_paused_while_recipients_are_fixed(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.approved(content())
    await town.one_step()
    await town.many.steering.pause(AUTHOR, made.id)
    await town.tick()
    assert [row.state for row in await town.outgoing(made.id)] == ["held"] * 3
    await town.many.steering.resume(AUTHOR, made.id)
    await town.tick()
    await town.deliver()
    assert town.sent_to() == EVERYBODY


@pytest.mark.parametrize("paused", [False, True])
async def test_cancelled_is_cancelled(town: Town, paused: bool) -> None:
    """Also what a worker was sending, and was told to send later, is not sent any more."""
    await town.subscribe(*EVERYBODY)
    made, worker = await town.begun(content()), "host/-/1/other"
    held = await town.outbox.claim(worker, "zalo", 4, MORNING)
    begun = await town.outbox.begin(worker, [one.id for one in held[:2]])
    assert len(begun) == 2
    if paused:
        await town.many.steering.pause(AUTHOR, made.id)
    await town.many.steering.cancel(APPROVER, made.id)
    report = await town.report(made.id)
    assert report.numbers == {("zalo", "dropped"): 8, ("zalo", "sending"): 2}
    busy = Outcome("pending", "429", MORNING)
    await town.outbox.settle(worker, [Settled(held[0], Outcome("sent")), Settled(held[1], busy)])
    await town.deliver()  # it is claimed, and not begun
    assert town.sent_to() == []
    await town.tick()
    report = await town.report(made.id)
    assert report.numbers == {("zalo", "dropped"): 9, ("zalo", "sent"): 1}
    assert report.reasons == {("dropped", "cancelled"): 9}
    await town.tick()
    assert await rows(town.engine, "SELECT count(*) FROM outbox_hold") == [(0,)]


async def test_cancelled_while_recipients_are_fixed(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.approved(content())
    await town.one_step()
    await asyncio.gather(town.many.steering.cancel(AUTHOR, made.id), town.tick())
    found = await town.outgoing(made.id)
    assert {row.state for row in found} == {"dropped"}
    await town.tick()
    await town.deliver()
    assert len(await town.outgoing(made.id)) == len(found)
    assert town.sent_to() == []


async def test_what_may_have_arrived_is_not_sent_again(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2")
    town.sender.failures = {"zalo:1": [SendError("timeout", unknown=True)]}
    made = await town.begun(content())
    await town.deliver()
    await town.tick()
    assert (await town.report(made.id)).numbers == {("zalo", "unknown"): 1, ("zalo", "sent"): 1}
    assert (await town.get(made.id)).state is State.DONE
    with pytest.raises(StaffError, match="Không có tin nào gửi hỏng"):
        await town.many.reports.retry(AUTHOR, made.id)


async def test_more_people_than_one_may_decide_wait_for_a_second_person(town: Town) -> None:
    town = Town(town.engine, town.many.audiences._catalogue(), approve_above=2)
    await town.subscribe("zalo:1", "zalo:2")
    made = await town.approved(content(send_at=MORNING + HOUR))
    assert made.state is State.APPROVED
    await town.subscribe("zalo:3")
    town.clock.now = MORNING + HOUR
    assert await town.tick() == {"outgrown": 1}
    waiting = await town.get(made.id)
    assert waiting.state is State.WAITING
    assert waiting.counted
    assert waiting.counted.recipients == 3
    await town.many.approval.approve(APPROVER, made.id, made.version)
    await town.tick()
    assert len(await town.outgoing(made.id)) == 3


async def test_what_is_left_out_is_kept(town: Town) -> None:
    await town.subscribe("zalo:1", "zalo:2")
    await town.wish("zalo:2", Wishes(stopped=True))
    made = await town.begun(content())
    assert made.left_out == {Reason.STOPPED: 1}


async def test_holding_back_many_in_small_steps(town: Town) -> None:
    await town.subscribe(*EVERYBODY)
    made = await town.begun(content())
    named = subject(made.id)
    async with town.engine.begin() as connection:
        assert await holding.hold(connection, named, MORNING, 4) == 4
        assert await holding.hold(connection, named, MORNING, 4) == 4
        assert await holding.waits(connection, named)
        assert await holding.hold(connection, named, MORNING) == 2
        assert not await holding.waits(connection, named)
        assert await holding.let_go(connection, named) == 10
