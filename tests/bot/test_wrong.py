"""A citizen says that an answer is wrong; staff answer, and the citizen is told where they wrote."""

from __future__ import annotations

import datetime as dt

import pytest

from core.conversations.posting import post
from core.dossiers.desk.said import say
from core.messages import Address
from core.procedures import reports as reporting
from core.procedures.reports import A_DAY, KEEP_ADDRESS, Outcome, Reports
from core.secret import Secret
from tests.bot.town import Town, town
from tests.conftest import dump
from tests.core.procedures.editing.conftest import LAN

__all__ = ["town"]
MARRIAGE = "đăng ký kết hôn lệ phí bao nhiêu"


@pytest.fixture
def reports(town: Town) -> Reports:
    return Reports(town.first.engine, Secret("k" * 32), lambda: town.world.now().date())


async def test_in_words_after_an_answer(town: Town, reports: Reports) -> None:
    await town.says(MARRIAGE)
    asked = await town.says("thông tin sai")
    assert "“Đăng ký kết hôn”" in asked
    assert "chỗ nào chưa đúng" in asked
    told = await town.says("xã tôi thu 50.000 đồng, gọi 0905 123 456 mà hỏi")
    assert "báo sai số 1 về “Đăng ký kết hôn”" in told
    (kept,) = await reports.page(Outcome.OPEN)
    assert (kept.procedure, kept.version, kept.address) == ("dang-ky-ket-hon", 0, "web:1")
    assert kept.text == "xã tôi thu 50.000 đồng, gọi [số đã che] mà hỏi"
    assert "miễn" in (await town.says("thế lệ phí bao nhiêu")).lower(), "the procedure is still in hand"


async def test_with_the_button(town: Town, reports: Reports) -> None:
    assert "Báo thông tin sai" in titles(
        await town.talk.answer(incoming("đăng ký kết hôn cần giấy tờ gì, lệ phí bao nhiêu"))
    )
    assert "chỗ nào chưa đúng" in await town.presses("Báo thông tin sai", "1")
    assert "báo sai số 1" in await town.says("thiếu giấy khám sức khỏe")
    assert "Đã bỏ báo sai số 1" in await town.presses("Tôi không định báo sai", "1")
    assert await reports.page(None) == []
    assert "không bỏ được" in await town.says_payload("tw:undo:1", "web:1")


async def test_what_is_wrong_said_at_once(town: Town, reports: Reports) -> None:
    assert "báo sai số" not in await town.says("sai rồi phí không phải vậy"), "about what?"
    await town.says(MARRIAGE)
    assert "báo sai số 1" in await town.says("sai rồi, phí ở xã thu 50 nghìn chứ không phải miễn")
    assert (await reports.page(None))[0].procedure == "dang-ky-ket-hon"


async def test_a_question_instead_of_a_report_is_answered(town: Town, reports: Reports) -> None:
    await town.says(MARRIAGE)
    await town.says("thông tin sai")
    assert "Nơi nộp" in await town.says("thế nộp ở đâu?")
    await town.says("thông tin sai")
    assert "không ghi nhận gì" in await town.says("thôi")
    assert await reports.page(None) == []


async def test_without_a_procedure_in_hand(town: Town, reports: Reports) -> None:
    assert "về thủ tục nào" in await town.says("thông tin sai")
    assert "báo sai số 1" in await town.says("phí làm hộ chiếu nay là 200 nghìn")
    assert (await reports.page(None))[0].procedure is None


async def test_one_person_reports_only_so_much_a_day(town: Town, reports: Reports) -> None:
    await town.says(MARRIAGE)
    for _ in range(A_DAY + 1):
        await town.says("thông tin sai")
        last = await town.says("phí ở xã thu 50 nghìn")
    assert "ngày mai" in last
    assert len(await reports.page(None)) == A_DAY
    assert await reports.waiting() == {"dang-ky-ket-hon": A_DAY}


async def test_staff_answer_and_the_citizen_is_told_once(town: Town, reports: Reports) -> None:
    who = "telegram:7"
    await town.says(MARRIAGE, who)
    await town.says("thông tin sai", who)
    await town.says("xã tôi thu 50.000 đồng", who)
    for _ in range(2):
        async with town.first.engine.begin() as connection:
            done = await reporting.resolve(
                connection, LAN, 1, Outcome.FIXED, "Mức mới từ 01/12.", town.world.now()
            )
            message = say(
                "wrong_answered_fixed", number="1", title="Đăng ký kết hôn", answer="Mức mới từ 01/12."
            )
            await post(connection, Address.parse(who), "report:1", message, town.world.now())
    assert not done, "somebody else answered already"
    told = await town.told(who)
    assert told.count("Về báo sai số 1") == 1
    assert "Mức mới từ 01/12." in told
    assert "không bỏ được" in await town.says_payload("tw:undo:1", who)


async def test_on_the_web_it_waits_for_the_page(town: Town) -> None:
    address, now = Address("web", "abc"), town.world.now()
    async with town.first.engine.begin() as connection:
        assert await post(connection, address, "report:1", say("wrong_cancelled"), now)
        assert not await post(connection, Address("terminal", "x"), "report:2", say("wrong_cancelled"), now)
    (letter,) = await town.first.reminders.mail.fetch(address, 0)
    assert letter.message == say("wrong_cancelled")


async def test_the_address_is_erased_a_while_after_the_answer(town: Town, reports: Reports) -> None:
    address, now = Address("zalo", "geheim-77"), town.world.now()
    await reports.take(address, None, "phí sai", now)
    await reports.forget_old(now + KEEP_ADDRESS + dt.timedelta(days=1))
    assert "geheim-77" in await dump(town.first.engine), "an open report is answered some day"
    async with town.first.engine.begin() as connection:
        await reporting.resolve(connection, LAN, 1, Outcome.UNCLEAR, "", now)
    await reports.forget_old(now + KEEP_ADDRESS + dt.timedelta(days=1))
    assert "geheim-77" not in await dump(town.first.engine)


def incoming(text: str) -> object:
    from core.messages import Incoming

    return Incoming(Address("web", "1"), text)


def titles(reply: object) -> list[str]:
    return [b.title for m in reply.messages for b in m.buttons]  # type: ignore[attr-defined]
