"""Wishes about our messages in conversation, on the web, Telegram and Zalo, while Rasa is away."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.messages import Address
from core.reminders.model import Kind, Wishes
from core.reminders.wishes import WishBook
from tests.bot.reminding import follow, put, states
from tests.bot.test_linking import link
from tests.bot.town import Town

WEB, TELEGRAM, ZALO = "web:r1", "telegram:11", "zalo:22"
CHANNELS = (WEB, TELEGRAM, ZALO)
each_channel = pytest.mark.parametrize("who", CHANNELS)


async def wishes(engine: AsyncEngine, who: str) -> Wishes:
    return await WishBook(engine).get(Address.parse(who))


@each_channel
async def test_stop_drops_what_waits_and_says_how_to_begin_again(
    town: Town, engine: AsyncEngine, who: str
) -> None:
    now, code = town.world.now(), town.dossier("H15").dossier.code
    await follow(town, code, who)
    await put(engine, who, code, now + dt.timedelta(2), state="pending", check="AAAA")
    await put(engine, who, "H15.3", now + dt.timedelta(2), state="pending", check="EEEE")
    await put(engine, who, code, now + dt.timedelta(2), state="claimed", check="FFFF", worker="w")
    await put(engine, who, code, now, state="sending", check="GGGG", worker="w")
    await put(engine, who, "H15.2", now - dt.timedelta(hours=1), state="pending", check="CCCC")
    await put(engine, "zalo:other", "H15.1", now, state="pending", check="DDDD")
    answer = await town.says("thôi đừng nhắn nữa", who)
    assert "Đã dừng mọi tin nhắc" in answer
    assert "nhắc lại" in answer
    assert (await wishes(engine, who)).stopped
    dropped = ("dropped", "stopped")
    assert await states(engine) == {
        "AAAA": dropped, "CCCC": dropped, "DDDD": ("pending", None), "EEEE": dropped, "FFFF": dropped,
        "GGGG": ("sending", None),
    }  # fmt: skip
    assert "Đang DỪNG" in await town.says("/nhacnho", who)
    assert "nhắc lại từ bây giờ" in await town.says("nhắc lại", who)
    assert not (await wishes(engine, who)).stopped
    found = await states(engine)
    assert (found["AAAA"][0], found["CCCC"][0]) == ("pending", "dropped")  # nobody is flooded
    assert found["EEEE"][0] == "dropped"  # not followed any more


@each_channel
async def test_the_menu_shows_what_holds_and_changes_it_by_choices(
    town: Town, engine: AsyncEngine, who: str
) -> None:
    menu = await town.says("cài đặt nhắc", who)
    for line in ("Tin nhắc đang bật", "07:30–20:00 (giờ chung)", "báo ngay, kể cả ban đêm", "nhận tất cả"):
        assert line in menu
    assert "Tắt" not in menu
    assert "Nhắc nộp tiền: bật" in await town.presses("Chọn loại tin", who)
    assert "Đã tắt loại tin “Nhắc nộp tiền”" in await town.presses("Tắt “Nhắc nộp tiền”", who)
    assert "Loại tin đã tắt: Nhắc nộp tiền" in await town.presses("Cài đặt nhắc", who)
    await town.presses("Đổi giờ nhắc", who)
    assert "17:00–20:00" in await town.presses("Sau 17 giờ (17:00–20:00)", who)
    assert "17:00–20:00 (anh/chị chọn)" in await town.presses("Cài đặt nhắc", who)
    assert "ban đêm tôi không nhắn" in await town.presses("Đừng nhắn ban đêm", who)
    held = await wishes(engine, who)
    assert held == Wishes(frozenset({Kind.PAYMENT}), (dt.time(17), dt.time(20)), quiet_changes=True)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("nhắc tôi sau 9 giờ", Wishes(hours=(dt.time(9), dt.time(20)))),
        ("nhac luc 18h", Wishes(hours=(dt.time(18), dt.time(19)))),
        ("chỉ nhắn từ 8h đến 17h", Wishes(hours=(dt.time(8), dt.time(17)))),
        ("đừng nhắn ban đêm", Wishes(quiet_changes=True)),
        ("dung nhac nop tien nua", Wishes(off=frozenset({Kind.PAYMENT}))),
        ("STOP", Wishes(stopped=True)),
    ],
)
async def test_words_are_understood_without_rasa(
    town: Town, engine: AsyncEngine, said: str, expected: Wishes
) -> None:
    answer = await town.says(said, ZALO)
    assert "từ khóa" not in answer
    assert await wishes(engine, ZALO) == expected


@pytest.mark.parametrize(
    "said", ["nhắc lúc 3 giờ sáng", "nhắc sau 22h", "nhắc lúc 25h", "nhắc từ 20h đến 23h"]
)
async def test_hours_that_do_not_meet_the_provinces_day_are_refused(
    town: Town, engine: AsyncEngine, said: str
) -> None:
    answer = await town.says(said, ZALO)
    assert "07:30–20:00" in answer
    assert "chưa đổi được" in answer
    assert await wishes(engine, ZALO) == Wishes()
    assert "09:00–20:00" in await town.says("sau 9 giờ", ZALO)  # asked again, answered without more words


async def test_a_pause_has_an_end_and_a_limit(town: Town, engine: AsyncEngine) -> None:
    today = town.world.now().astimezone(dt.timezone(dt.timedelta(hours=7))).date()
    said = f"{today + dt.timedelta(7):%d/%m/%Y}"
    assert said in await town.says("tạm dừng nhắc 7 ngày", TELEGRAM)
    assert f"nhắc lại từ {said}" in await town.says("cài đặt nhắc", TELEGRAM)
    assert "180 ngày" in await town.says("tạm dừng nhắc 12 tháng", TELEGRAM)
    assert said in await town.says("cài đặt nhắc", TELEGRAM)
    assert "đến khi nào" in await town.presses("Tạm dừng", TELEGRAM)
    assert f"{today + dt.timedelta(14):%d/%m/%Y}" in await town.says("2 tuần", TELEGRAM)
    assert "từ bây giờ" in await town.says("nhắc lại", TELEGRAM)
    assert await wishes(engine, TELEGRAM) == Wishes()


async def test_repeat_is_no_resume_while_nothing_is_stopped(town: Town) -> None:
    assert "nhắc lại từ bây giờ" not in await town.says("nhắc lại", ZALO)


@pytest.mark.parametrize("said", ["thôi", "phiền quá", "dung"])
async def test_short_words_stop_only_after_a_message_of_ours(
    town: Town, engine: AsyncEngine, said: str
) -> None:
    assert "Đã dừng" not in await town.says(said, ZALO)
    assert not (await wishes(engine, ZALO)).stopped
    await put(engine, ZALO, "H15.1", town.world.now() - dt.timedelta(minutes=5))
    assert "Đã dừng mọi tin nhắc" in await town.says(said, ZALO)


async def test_stop_while_a_question_is_open_is_asked_back(town: Town, engine: AsyncEngine) -> None:
    code = town.dossier("H15").dossier.code
    await town.says(code, ZALO)
    await town.presses("Xác nhận chính chủ", ZALO)
    assert "hay chỉ bỏ câu đang hỏi" in await town.says("dừng", ZALO)
    assert "bỏ câu đang hỏi" in await town.presses("Chỉ bỏ câu đang hỏi", ZALO)
    assert not (await wishes(engine, ZALO)).stopped
    await put(engine, ZALO, code, town.world.now())
    await town.says(code, ZALO)
    await town.presses("Xác nhận chính chủ", ZALO)
    assert "Đã dừng mọi tin nhắc" in await town.says("dừng", ZALO)


async def test_a_wish_holds_on_every_address_of_the_person(town: Town, engine: AsyncEngine) -> None:
    await link(town, ZALO, TELEGRAM)
    await put(engine, ZALO, "H15.1", town.world.now() + dt.timedelta(1), state="pending", check="AAAA")
    await town.says("dừng nhắc", TELEGRAM)
    assert (await wishes(engine, ZALO)).stopped
    assert (await states(engine))["AAAA"] == ("dropped", "stopped")
    await town.says("hủy liên kết", TELEGRAM)
    assert (await wishes(engine, ZALO)).stopped
    assert (await wishes(engine, TELEGRAM)).stopped


async def test_stop_said_before_linking_holds_for_both(town: Town, engine: AsyncEngine) -> None:
    await town.says("dừng nhắc", ZALO)
    await town.says("đừng nhắn ban đêm", TELEGRAM)
    await link(town, ZALO, TELEGRAM)
    assert (await wishes(engine, TELEGRAM)).stopped


@each_channel
async def test_following_tells_that_messages_will_come(town: Town, who: str) -> None:
    code = town.dossier("H15").dossier.code
    confirmation = await follow(town, code, who)
    assert "cài đặt nhắc" in confirmation
    assert ("mở trang này" in confirmation) == (who == WEB)
    await town.says("dừng nhắc", who)
    other = next(s.dossier.code for s in _others(town, code))
    assert "đang dừng" in await follow(town, other, who)


async def test_the_list_shows_what_comes_when(town: Town, engine: AsyncEngine) -> None:
    done = town.dossier("H15", "Đã xử lý xong").dossier.code
    running = town.dossier("H15").dossier.code
    for code in (done, running):
        await follow(town, code, ZALO)
    at = town.world.now() + dt.timedelta(3)
    await put(engine, ZALO, done, at, state="pending", check="AAAA")
    listed = await town.says("/hoso", ZALO)
    assert "sẽ nhắc ngày" in listed
    assert "nhận kết quả" in listed
    assert "Cài đặt nhắc" in list(await _titles(town, ZALO))
    await town.says("tắt nhắc nhận kết quả", ZALO)
    line = next(x for x in (await town.says("/hoso", ZALO)).splitlines() if done in x)
    assert "sẽ nhắc" not in line
    await town.says("dừng nhắc", ZALO)
    stopped = await town.says("/hoso", ZALO)
    assert "sẽ nhắc ngày" not in stopped
    assert "đang dừng" in stopped


def _others(town: Town, code: str) -> list[object]:
    found = [town.world.state(one) for one in town.world.newest()]
    return [s for s in found if s.dossier.code != code and s.dossier.code.startswith("H15")]


async def _titles(town: Town, who: str) -> list[str]:
    from core.messages import Incoming

    reply = await town.talk.answer(Incoming(Address.parse(who), "/hoso"))
    return [b.title for m in reply.messages for b in m.buttons]
