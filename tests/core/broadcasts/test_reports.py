"""What staff learn of a notice, and trying again what failed."""

from __future__ import annotations

import pytest

from core.broadcasts import model
from core.conversations.state import State, States
from core.errors import SendError, StaffError
from core.messages import Address
from core.reminders.model import Kind, Wishes
from tests.core.broadcasts.made import AUTHOR, HOUR, MORNING, Town, content


async def _mixed(town: Town) -> int:
    """Of six people two fail, one is gone, one doubtful, one does not want it any more."""
    await town.subscribe("zalo:1", "zalo:2", "telegram:3", "telegram:4", "web:5", "web:6")
    refused = SendError("refused")
    town.sender.failures = {
        "zalo:1": [refused],
        "telegram:3": [refused],
        "zalo:2": [SendError("blocked", gone=True)],
        "telegram:4": [SendError("timeout", unknown=True)],
    }
    made = await town.begun(content())
    await town.wish("web:5", Wishes(off=frozenset({Kind.NOTICE})))
    await town.deliver()
    await town.tick()
    return made.id


async def test_numbers_add_up(town: Town) -> None:
    report = await town.report(await _mixed(town))
    assert report.recipients == 6
    assert report.numbers == {
        ("zalo", "failed"): 1,
        ("telegram", "failed"): 1,
        ("zalo", "gone"): 1,
        ("telegram", "unknown"): 1,
        ("web", "dropped"): 1,
        ("web", "sent"): 1,
    }
    assert report.reasons["dropped", "unwanted"] == 1
    assert report.reasons["failed", "refused"] == 2
    assert report.of("failed", "gone") == 3
    assert await town.many.reports.report(99) is None


async def test_recipients_by_page(town: Town) -> None:
    ident = await _mixed(town)
    reports = town.many.reports
    everyone = [one.address for n in range(0, 6, 2) for one in await reports.page(ident, offset=n, limit=2)]
    assert sorted(everyone) == ["telegram:3", "telegram:4", "web:5", "web:6", "zalo:1", "zalo:2"]
    failed = await reports.page(ident, "failed")
    assert sorted(one.address for one in failed) == ["telegram:3", "zalo:1"]
    assert {one.reason for one in failed} == {"refused"}
    assert failed[0].way == ("free", failed[0].channel)
    assert [one.address for one in await reports.page(ident, "failed", "zalo")] == ["zalo:1"]
    assert await reports.page(ident, "waiting") == []


async def test_only_what_failed_is_tried_again_and_counted_once(town: Town) -> None:
    ident = await _mixed(town)
    town.sender.failures = {"telegram:3": [SendError("refused again")]}
    before = list(town.sender.tried)
    assert await town.many.reports.retry(AUTHOR, ident) == 2
    again = await town.get(ident)
    assert (again.state, again.attempt) == (model.State.SENDING, 2)
    await town.tick()
    await town.deliver()
    await town.tick()
    assert sorted(town.sender.tried[len(before) :]) == ["telegram:3", "zalo:1"]
    report = await town.report(ident)
    assert report.recipients == 6
    assert report.of("failed") == 1
    assert report.reasons["failed", "refused again"] == 1
    exported = {one.address: one async for one in town.many.reports.rows(ident)}
    assert len(exported) == 6
    assert exported["zalo:1"].progress == "sent"
    assert exported["telegram:3"].reason == "refused again"
    assert len(await town.many.reports.page(ident)) == 6
    assert await town.many.reports.retry(AUTHOR, ident) == 1
    await town.tick()
    await town.deliver()
    await town.tick()
    assert (await town.report(ident)).of("sent") == 3
    texts = [text for who, text in town.sender.sent if who == "zalo:1"]
    assert len(texts) == 1
    assert "Quầy nghỉ từ ngày mai." in texts[0]


async def test_who_blocked_us_is_gone_and_is_not_tried_again_until_they_write(town: Town) -> None:
    """Also where the ladder called it failed because no other address was left."""
    await town.subscribe("zalo:1", "zalo:2")
    town.sender.failures = {f"zalo:{n}": [SendError("refused")] for n in (1, 2)}
    made = await town.begun(content())
    await town.deliver()
    await town.tick()
    await town.gone("zalo:1")
    report = await town.report(made.id)
    assert report.numbers == {("zalo", "gone"): 1, ("zalo", "failed"): 1}
    assert report.reasons == {("gone", "refused"): 1, ("failed", "refused"): 1}
    assert [one.address for one in await town.many.reports.page(made.id, "gone")] == ["zalo:1"]
    assert [one.address for one in await town.many.reports.page(made.id, "failed")] == ["zalo:2"]
    assert await town.many.reports.retry(AUTHOR, made.id) == 1
    await town.tick()
    await town.deliver()
    await town.tick()
    assert (await town.report(made.id)).numbers == {("zalo", "gone"): 1, ("zalo", "sent"): 1}
    await States(town.engine).put(Address("zalo", "1"), State(), MORNING + HOUR)
    assert (await town.report(made.id)).numbers == {("zalo", "failed"): 1, ("zalo", "sent"): 1}
    assert await town.many.reports.retry(AUTHOR, made.id) == 1


async def test_a_crash_while_trying_again_repeats_nothing(town: Town) -> None:
    await town.subscribe(*(f"zalo:{n}" for n in range(8)))
    town.sender.failures = {f"zalo:{n}": [SendError("refused")] for n in range(8)}
    made = await town.begun(content())
    await town.deliver()
    await town.tick()
    await town.many.reports.retry(AUTHOR, made.id)
    await town.one_step()
    await town.deliver()
    assert len(town.sent_to()) == 3
    assert (await town.report(made.id)).recipients == 8
    await town.tick()
    await town.deliver()
    assert town.sent_to() == [f"zalo:{n}" for n in range(8)]


@pytest.mark.parametrize("ended", ["cancelled", "expired", "sending"])
async def test_when_nothing_is_tried_again(town: Town, ended: str) -> None:
    ident = await _mixed(town) if ended == "expired" else (await _sending(town))
    if ended == "expired":
        town.clock.now = MORNING + 100 * HOUR
    if ended == "cancelled":
        await town.many.steering.cancel(AUTHOR, ident)
    with pytest.raises(StaffError, match="Chỉ gửi lại"):
        await town.many.reports.retry(AUTHOR, ident)


async def _sending(town: Town) -> int:
    await town.subscribe("zalo:1")
    return (await town.begun(content())).id
