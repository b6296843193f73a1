"""Somebody wants a person: on the web and on Zalo; the assistant passes on, helps while they wait, keeps silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from bot.worker import Worker
from core.conversations.inbox import Arrival
from core.conversations.talks.deeds import Deeds
from core.conversations.talks.lists import Lists
from core.conversations.talks.model import Direction, Stand, Talk
from core.errors import SendError
from core.messages import Address, Incoming, Message
from core.paths import ROOT
from core.places import units
from core.profile import load
from core.staff.audit import Audit
from core.staff.offices import Offices
from core.staff.rights import Role, Staff
from tests.bot.test_worker import FakeChannel
from tests.bot.town import Town
from tests.conftest import dump

HERE, THERE = "citizen", "zalo:42"
LAN = Staff(1, "lan", "Nguyễn Thị Lan", frozenset({Role.COUNTER}), everywhere=True)
MORNING = dt.datetime(2026, 11, 23, 9, 0)  # a Monday, by the province's clock
QUESTION = "tôi muốn hỏi chuyện ranh đất nhà tôi với hàng xóm"


@dataclass
class Counter:
    """What the console does, without its pages."""

    town: Town
    deeds: Deeds
    lists: Lists

    async def only(self, which: Any = "all") -> Talk:
        """The only conversation of a list."""
        (talk,) = await self.lists.page(LAN, which)
        return talk

    async def said(self, direction: Direction = Direction.CITIZEN, which: Any = "all") -> list[str]:
        """The lines of the only conversation in one direction."""
        talk = await self.only(which)
        return [line.text for line in await self.lists.lines(talk.id) if line.direction is direction]

    async def claimed(self) -> Talk:
        """The only conversation, after Lan took it up."""
        talk = await self.only()
        await self.deeds.claim(LAN, talk.id)
        return talk


@pytest.fixture
async def counter(town: Town) -> Counter:
    """Offices of all communes and a clerk on a Monday morning."""
    town.world.set_clock(MORNING)
    engine, profile = town.talks.engine, load("dak-lak")
    await Offices(engine).seed(units.load(ROOT / profile.units))
    return Counter(town, Deeds(engine, Audit(engine, town.world.now), profile, town.world.now), Lists(engine))


class Zalo(FakeChannel):
    """A pushed channel that somebody writes on, with the worker that answers."""

    name = "zalo"

    def __init__(self, town: Town, *failures: Exception | None) -> None:
        super().__init__(*failures)
        self.town, self.number = town, 0
        self.worker = Worker(town.inbox, town.talk, [self], town.world.now)

    async def says(self, text: str, kind: Any = "text") -> list[str]:
        """Write something; gives what came back of it."""
        self.number += 1
        arrival = Arrival(str(self.number), Incoming(Address.parse(THERE), text, kind))
        assert await self.town.inbox.put(arrival)
        return await self.comes()

    async def comes(self) -> list[str]:
        """What is sent now."""
        before = len(self.sent)
        while claimed := await self.town.inbox.claim("test", self.town.world.now(), ["zalo"]):
            await self.worker._handle(claimed, self)
        return [text for _, text in self.sent[before:]]


async def test_a_person_on_the_web(town: Town, counter: Counter) -> None:
    assert "xã, phường nào" in await town.says("gặp cán bộ", HERE)
    opened = await town.says("xã Hòa Thịnh", HERE)
    assert "tới Trung tâm Phục vụ hành chính công xã Hòa Thịnh" in opened
    assert "Chưa có ai chờ" in opened
    assert "07:00–11:30 và 13:30–17:00" in opened
    assert "số căn cước" in opened
    assert "thôi gặp cán bộ" in opened
    talk = await counter.only("waiting")
    assert (talk.stand, talk.address) == (Stand.WAITING, Address("web", HERE))
    assert await counter.said() == ["gặp cán bộ", "xã Hòa Thịnh"]

    await town.says(f"{QUESTION}, gọi tôi 0912 345 678", HERE)
    assert (await counter.said())[-1] == f"{QUESTION}, gọi tôi [số đã che]"
    await counter.deeds.claim(LAN, talk.id)
    assert await town.says("lệ phí đăng ký khai sinh bao nhiêu", HERE) == ""
    (suggested,) = (await counter.said(Direction.SUGGESTION))[-1:]
    assert "Đăng ký khai sinh" in suggested

    await counter.deeds.reply(LAN, talk.id, "Chào bác, bác mang sổ đỏ tới nhé.", "key-1")
    await counter.deeds.reply(LAN, talk.id, "Chào bác, bác mang sổ đỏ tới nhé.", "key-1")
    (letter,) = await town.first.reminders.mail.fetch(Address("web", HERE), 0)
    assert letter.message.text == "Chào bác, bác mang sổ đỏ tới nhé."
    assert letter.message.by == "Cán bộ Trung tâm Phục vụ hành chính công xã Hòa Thịnh"
    await counter.deeds.close(LAN, talk.id, "Cảm ơn bác.", "key-2")
    goodbye = [x.message.text for x in await town.first.reminders.mail.fetch(Address("web", HERE), letter.id)]
    assert goodbye[0] == "Cảm ơn bác."
    assert "đã kết thúc" in goodbye[1]
    assert "Đăng ký khai sinh" in await town.says("lệ phí đăng ký khai sinh bao nhiêu", HERE)


async def test_a_person_on_zalo(town: Town, counter: Counter) -> None:
    zalo = Zalo(town)
    await zalo.says("gặp cán bộ")
    (opened,) = await zalo.says("bỏ qua")
    assert "tới Bộ phận Một cửa tỉnh Đắk Lắk" in opened
    talk = await counter.claimed()
    assert await zalo.says(QUESTION) == []
    assert await zalo.says("1") == [], "a number answers the person, not our buttons"
    assert (await counter.said())[-2:] == [QUESTION, "1"]
    await counter.deeds.reply(LAN, talk.id, "Dạ, bác chờ tôi xem.", "key")
    assert await zalo.comes() == ["Cán bộ Bộ phận Một cửa tỉnh Đắk Lắk:\nDạ, bác chờ tôi xem."]
    line = (await counter.lists.lines(talk.id))[-1]
    assert (line.direction, line.delivery) == (Direction.STAFF, "sent")
    await counter.deeds.hand_back(LAN, talk.id, "", "key-2")
    (handed,) = await zalo.comes()
    assert "trợ lý tự động" in handed
    assert await zalo.says("lệ phí đăng ký khai sinh bao nhiêu")


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (SendError("blocked", gone=True), ("failed", "gone")),
        (SendError("closed", outside_window=True), ("failed", "window")),
        (SendError("bad"), ("failed", "refused")),
        (SendError("silence", unknown=True), ("sent", "unknown")),
    ],
)
async def test_staff_see_that_it_could_not_be_sent(
    town: Town, counter: Counter, failure: SendError, told: tuple[str, str]
) -> None:
    zalo = Zalo(town)
    await zalo.says("gặp cán bộ")
    await zalo.says("bỏ qua")
    talk = await counter.claimed()
    zalo.failures = [failure]
    await counter.deeds.reply(LAN, talk.id, "Dạ", "key")
    came = await zalo.comes()
    line = (await counter.lists.lines(talk.id))[-1]
    assert (line.delivery, line.reason) == told
    assert not any("chưa xử lý được" in text for text in came), "no apology for what staff wrote"


async def test_two_failures_offer_a_person_with_the_questions(town: Town, counter: Counter) -> None:
    first = await town.says("con gà nhà tôi hay gáy", HERE)
    assert "chuyển sang cán bộ" not in first
    assert "chuyển sang cán bộ" in await town.says("hàng xóm nuôi chim cút ồn quá", HERE)
    assert not await counter.lists.page(LAN, "all"), "offered, not forced"
    await town.presses("Chuyển cán bộ", HERE)
    await town.presses("Bỏ qua, nơi nào cũng được", HERE)
    said = await counter.said()
    assert said[:2] == ["con gà nhà tôi hay gáy", "hàng xóm nuôi chim cút ồn quá"]
    assert (await counter.only()).why == "failures"


async def test_what_is_understood_ends_the_counting(town: Town, counter: Counter) -> None:
    await town.says("con gà nhà tôi hay gáy", HERE)
    await town.says("lệ phí đăng ký khai sinh", HERE)
    await town.says("con gà nhà tôi hay gáy", "other")
    assert "chuyển sang cán bộ" not in await town.says("/thutuc", HERE)
    assert "chim cút" not in await dump(town.talks.engine)


async def test_emergency_and_stop_are_answered_whoever_has_it(town: Town, counter: Counter) -> None:
    zalo = Zalo(town)
    await zalo.says("gặp cán bộ")
    await zalo.says("bỏ qua")
    await counter.claimed()
    (told,) = await zalo.says("cháy nhà rồi cứu với")
    assert "114" in told
    (stopped,) = await zalo.says("dừng")
    assert "dừng mọi tin nhắc" in stopped
    assert (await counter.said())[-2:] == ["cháy nhà rồi cứu với", "dừng"]
    (back,) = await zalo.says("thôi gặp cán bộ")
    assert "trợ lý tự động trả lời" in back
    assert await counter.lists.page(LAN, "all") == []
    assert (await counter.only("closed")).ended == "citizen"


async def test_while_waiting_buttons_are_answered_and_text_is_passed_on(town: Town, counter: Counter) -> None:
    zalo = Zalo(town)
    await zalo.says("gặp cán bộ")
    await zalo.says("bỏ qua")
    assert await zalo.says("/thutuc") != []
    assert await zalo.says(QUESTION) == [], "they were told just now"
    town.world.advance(hours=0.5)
    (told,) = await zalo.says("còn ai đó không ạ")
    assert "chuyển tin này vào phần chờ" in told
    assert await zalo.says("alo") == []
    (again,) = await zalo.says("gặp cán bộ")
    assert "Chưa có ai chờ" in again
    (picture,) = await zalo.says("", "voice")
    assert "chỉ đọc được chữ" in picture


async def test_outside_hours_a_number_is_left_for_whoever_claims_it(town: Town, counter: Counter) -> None:
    town.world.set_clock(dt.datetime(2026, 11, 27, 18, 0))  # a Friday evening
    await town.says("gặp cán bộ", HERE)
    opened = await town.says("phường Tuy Hòa", HERE)
    assert "ngoài giờ" in opened
    assert "07:00 thứ Hai, 30/11/2026" in opened
    asked = await town.presses("Để lại số điện thoại", HERE)
    assert "mã hóa" in asked
    assert "90 ngày" in asked
    assert "chuyển tin này" not in await town.says(QUESTION, HERE), "they were told just now"
    await town.says("để lại số điện thoại", HERE)
    assert "chưa đọc được" in await town.says("12345", HERE)
    reply = await town.talk.answer(Incoming(Address("web", HERE), "0912 345 678"))
    assert reply.said == "[số đã che]"
    assert "Đã ghi số" in reply.messages[0].text
    everything = await dump(town.talks.engine)
    assert "345678" not in everything.replace(" ", "")
    assert "talk-phone" in everything
    talk = await counter.only()
    assert talk.phone
    assert town.secret.decrypt(talk.phone) == "0912345678"
    assert (await counter.said())[-3:] == ["để lại số điện thoại", "[số đã che]", "[số đã che]"]
    assert QUESTION in await counter.said(), "a question in between is for staff"


async def test_the_office_is_that_of_the_dossier_in_hand(town: Town, counter: Counter) -> None:
    dossier = town.dossier("H15")
    offices = Offices(town.talks.engine)
    async with town.talks.engine.begin() as connection:
        (first, *_) = await offices.all()
        identifiers = (dossier.dossier.code.rpartition("-")[0].rpartition("-")[0],)
        await offices.put(connection, type(first)(first.id, first.name, first.unit, identifiers))
    await town.says(dossier.dossier.code, HERE)
    assert f"tới {first.name}" in await town.says("gặp cán bộ", HERE)
    assert (await counter.only()).dossier == dossier.dossier.code
    await town.says("thôi gặp cán bộ", HERE)
    assert f"tới {first.name}" in await town.says("cho tôi gặp nhân viên với", HERE), "as the last time"


async def test_the_bot_is_silenced_in_the_transaction_that_stores_its_answer(
    town: Town, counter: Counter
) -> None:
    """A clerk takes the conversation up while the assistant thinks."""
    zalo = Zalo(town)
    await zalo.says("gặp cán bộ")
    await zalo.says("bỏ qua")
    assert await town.inbox.put(Arrival("late", Incoming(Address.parse(THERE), "/thutuc")))
    claimed = await town.inbox.claim("test", town.world.now())
    assert claimed
    reply = await town.talk.answer(claimed.incoming)
    assert reply.messages, "it has an answer"
    await counter.claimed()
    assert await town.inbox.answered(claimed, reply.messages, reply.aside) == ()
    assert (await counter.said())[-1] == "/thutuc"
    assert "thủ tục" in (await counter.said(Direction.SUGGESTION))[-1]
    await town.inbox.done(claimed)
    assert zalo.texts("42")[-1].startswith("Tôi đã chuyển")


async def test_a_web_message_sent_again_is_one_line(town: Town, counter: Counter) -> None:
    await town.says("gặp cán bộ", HERE)
    await town.says("bỏ qua", HERE)
    for _ in range(2):
        await town.talk.answer(Incoming(Address("web", HERE), QUESTION, ref="page-1"))
    assert (await counter.said()).count(QUESTION) == 1


async def test_a_process_that_dies_leaves_one_line_and_one_conversation(town: Town, counter: Counter) -> None:
    """Killed after thinking, before storing; then after storing, before sending."""
    zalo = Zalo(town)
    await zalo.says("gặp cán bộ")
    for text in ("bỏ qua", QUESTION):
        assert await town.inbox.put(Arrival(text, Incoming(Address.parse(THERE), text)))
        killed = await town.inbox.claim("dies", town.world.now())
        assert killed
        await town.talk.answer(killed.incoming)
        await town.inbox.release(killed)
        killed = await town.inbox.claim("dies", town.world.now())
        assert killed
        reply = await town.talk.answer(killed.incoming)
        await town.inbox.answered(killed, reply.messages, reply.aside)
        await town.inbox.release(killed)
        await zalo.comes()
    assert await counter.said() == ["gặp cán bộ", "bỏ qua", QUESTION]


async def test_with_talks_off_the_old_sentence_stays(town: Town, counter: Counter) -> None:
    town.talks.side._terms = town.talks.side._terms.model_copy(update={"enabled": False})
    assert "chưa nối máy được" in await town.says_payload("person", THERE)
    assert "không hiểu" not in await town.says("gặp cán bộ", HERE)
    assert await counter.lists.page(LAN, "all") == []


async def test_nobody_opens_conversations_without_end(town: Town, counter: Counter) -> None:
    for _ in range(town.talks.profile.talks.opens_per_day):
        await town.says("gặp cán bộ", HERE)
        await town.says("bỏ qua", HERE)
        await town.says("thôi gặp cán bộ", HERE)
    await town.says("gặp cán bộ", HERE)
    assert "tạm chưa mở thêm" in await town.says("bỏ qua", HERE)


def test_messages_name_who_writes() -> None:
    message = Message("Chào", by="Cán bộ phường")
    assert Message.from_dict(message.as_dict()) == message
