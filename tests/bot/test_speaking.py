"""From a change at the portal to the message in somebody's hands: watch, rules, outbox, writer, delivery."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import speaking
from core.broadcasts.model import Audience, Content, Reason
from core.db.reminder_tables import OutboxRow
from core.db.turn_tables import MoveRow
from core.dossiers.model import Status
from core.messages import Address, Message
from core.staff.rights import Role, Staff
from simulators.portal.dossiers import Dossier
from tests.bot.reminding import follow
from tests.bot.test_worker import FakeChannel
from tests.bot.town import Town

WHO = "zalo:77"


class Zalo(FakeChannel):
    """Keeps whole messages."""

    name = "zalo"

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    async def send(self, address: Address, message: Message) -> None:
        await super().send(address, message)
        self.messages.append(message)


class Day:
    """A town at some hour of a working day, one followed dossier, and what comes of it."""

    def __init__(self, town: Town, dossier: Dossier) -> None:
        self.town, self.dossier, self.zalo = town, dossier, Zalo()
        self.speaking = speaking.assemble(town.first, [self.zalo])

    async def passes(self, hours: float = 0.0) -> list[Message]:
        """Time goes by, and what is due is done; gives what was said."""
        said = len(self.zalo.messages)
        self.town.world.advance(hours=hours)
        for _ in range(3):  # a message may ask for another look first
            await self.speaking.once()
            self.town.world.advance(hours=2 / 60)
        return self.zalo.messages[said:]


def _at(town: Town, hour: int) -> None:
    """The next working day at an hour of the province."""
    calendar = town.first.profile.calendar()
    day = calendar.add_days(town.world.now().astimezone(calendar.zone).date(), 1)
    town.world.set_clock(dt.datetime.combine(day, dt.time(hour), calendar.zone))


@pytest.fixture
async def day(town: Town) -> Day:
    _at(town, 9)
    dossier = town.dossier("H15").dossier
    await follow(town, dossier.code, WHO)
    day = Day(town, dossier)
    assert await day.passes() == [], "they have just seen it"
    return day


async def rows(engine: AsyncEngine) -> list[tuple[str, str, str | None]]:
    query = select(OutboxRow.kind, OutboxRow.state, OutboxRow.reason).order_by(OutboxRow.due_at, OutboxRow.id)
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def test_a_fee_is_told_at_once_reminded_and_no_more_once_paid(
    day: Day, town: Town, engine: AsyncEngine
) -> None:
    town.world.change(day.dossier, Status.PAYMENT)
    [told] = await day.passes(hours=6)
    assert day.dossier.code in told.text
    assert "Mã kiểm tra" in told.text
    assert "simul" not in told.text
    assert "mô phỏng" in told.text or "thử nghiệm" in told.text, "it is a simulated portal's dossier"
    assert ("payment", "pending", None) in await rows(engine)
    town.world.pay(day.dossier)
    later = await day.passes(hours=24)
    assert all("nộp tiền" not in m.text.split("\n")[0] or "đã" in m.text for m in later)
    assert not [row for row in await rows(engine) if row[0] == "payment" and row[1] == "pending"]


async def test_a_change_at_night_comes_at_once_and_a_reminder_waits_for_the_morning(
    day: Day, town: Town
) -> None:
    _at(town, 23)
    await day.passes()
    town.world.change(day.dossier, Status.DONE)
    [told] = await day.passes(hours=1)
    assert "có kết quả" in told.text
    seen = []
    for _ in range(24 * 8):
        for message in await day.passes(hours=1):
            hour = town.world.now().astimezone(day.town.first.profile.calendar().zone)
            seen.append((hour.hour, message.text))
    assert seen, "a result that waits is reminded of"
    assert all(7 <= hour <= 20 for hour, _ in seen)


async def test_stop_is_heard(day: Day, town: Town, engine: AsyncEngine) -> None:
    town.world.change(day.dossier, Status.SUPPLEMENT, "Bổ sung bản vẽ")
    assert len(await day.passes(hours=6)) == 1
    await town.says("dừng", WHO)
    town.world.change(day.dossier, Status.PROCESSING)
    assert await day.passes(hours=30) == []
    assert not [row for row in await rows(engine) if row[1] == "pending" and row[0] == "supplement"]


async def test_what_was_said_can_be_checked_and_explained(day: Day, town: Town) -> None:
    town.world.change(day.dossier, Status.DONE)
    [told] = await day.passes(hours=6)
    check = told.text.split("Mã kiểm tra ")[1][:4]
    assert "không phải" not in (await town.says(f"kiểm tra {check}", WHO)).split("\n")[0].lower()
    assert day.dossier.code in await town.says("vì sao tôi nhận tin này", WHO)
    stranger = await town.says(f"kiểm tra {check}", "zalo:78")
    assert day.dossier.code not in stranger


async def test_an_unproved_follower_is_told_no_amount(day: Day, town: Town) -> None:
    town.world.change(day.dossier, Status.PAYMENT)
    [told] = await day.passes(hours=6)
    assert "đồng" not in told.text.replace("anh/chị đồng ý", "")


async def test_a_portal_that_is_away_sends_nothing_untrue(day: Day, town: Town, engine: AsyncEngine) -> None:
    town.world.change(day.dossier, Status.DONE)
    assert len(await day.passes(hours=6)) == 1
    town.world.change(day.dossier, Status.RETURNED)
    texts = [m.text for m in await day.passes(hours=24 * 9)]
    assert all("chờ anh/chị nhận" not in text for text in texts), "it was collected meanwhile"
    assert all(state != "pending" for kind, state, _ in await rows(engine) if kind == "pickup")


async def test_what_a_message_led_to_is_counted(day: Day, town: Town, engine: AsyncEngine) -> None:
    town.world.change(day.dossier, Status.DONE)
    assert await day.passes(hours=6)
    town.world.change(day.dossier, Status.RETURNED)
    await day.passes(hours=26)
    query = select(MoveRow.kind, MoveRow.channel, MoveRow.on_time).order_by(MoveRow.id)
    async with engine.connect() as connection:
        found = {row.kind: row.channel for row in await connection.execute(query)}
        hours = await connection.scalar(select(MoveRow.hours).where(MoveRow.kind == "collected"))
    assert found == {"finished": "", "collected": "zalo"}
    assert 0 <= hours <= 27


async def test_a_notice_about_the_dossiers_somebody_follows(day: Day, town: Town) -> None:
    """It comes, can be checked and explained, and is turned off by what it says itself."""
    many, clerk = town.first.notices, Staff(1, "an", "An", frozenset({Role.ADMIN}), everywhere=True)
    words = Content("Nghỉ lễ", "Quầy nghỉ từ ngày mai.", Audience("followers", statuses=(Status.PROCESSING,)))
    draft = await many.drafts.create(clerk, words)
    assert (await many.approval.submit(clerk, draft.id, draft.version)).state == "approved"
    [told] = await day.passes()
    assert "Quầy nghỉ từ ngày mai." in told.text
    assert "Thông báo của tỉnh Đắk Lắk." in told.text
    check = told.text.split("Mã kiểm tra ")[1][:4]
    assert "đúng" in (await town.says(f"kiểm tra {check}", WHO)).lower()
    assert "thông báo" in (await town.says("vì sao tôi nhận tin này", WHO)).lower()
    report = await many.reports.report(draft.id)
    assert report
    assert report.numbers == {("zalo", "sent"): 1}
    await town.says("tắt thông báo chung", WHO)
    assert (await many.audiences.count(words)).left_out == {Reason.TURNED_OFF: 1}
