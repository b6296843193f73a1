"""Agreeing to general notices in the chat, on every channel and without Rasa, and taking it back."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.subscribers import Subscribers
from core.messages import Address
from core.reminders.model import Kind
from tests.bot.reminding import put, states
from tests.bot.test_linking import link
from tests.bot.test_reminder_wishes import TELEGRAM, WEB, ZALO, each_channel, wishes
from tests.bot.town import Town
from tests.conftest import rows

HOA_THINH = "Xã Hòa Thịnh"


async def unit_of(engine: AsyncEngine, who: str) -> str | None:
    """The commune somebody gets notices of; "" when they get none."""
    found = await Subscribers(engine).get(Address.parse(who))
    return found.unit if found else ""


async def consents(engine: AsyncEngine) -> list[tuple[str, str, bool]]:
    query = "SELECT address, wording, withdrawn_at IS NULL FROM consent WHERE purpose = 'notices' ORDER BY id"
    return [(address, wording, bool(open_)) for address, wording, open_ in await rows(engine, query)]


async def subscribe(town: Town, who: str, place: str = "xã Hòa Thịnh") -> str:
    assert "Anh/chị có đồng ý" in await town.says(f"nhận thông báo {place}", who)
    return await town.presses("Tôi đồng ý", who)


@each_channel
async def test_asked_which_commune_then_for_consent(town: Town, engine: AsyncEngine, who: str) -> None:
    assert "xã, phường nào" in await town.says("đăng ký nhận thông báo", who)
    asked = await town.says("hoà thịnh", who)
    assert HOA_THINH in asked
    assert "Anh/chị có đồng ý" in asked
    assert await unit_of(engine, who) == "", "nobody agreed yet"
    done = await town.presses("Tôi đồng ý", who)
    assert HOA_THINH in done
    assert ("30 ngày" in done) == (who == WEB)
    assert await unit_of(engine, who) not in ("", None)
    assert await consents(engine) == [(who, "2026-11-notices", True)]
    assert "đang nhận thông báo của " + HOA_THINH in await town.says("nhận thông báo", who)


async def test_the_province_alone_and_another_commune_later(town: Town, engine: AsyncEngine) -> None:
    await town.says("nhận thông báo", ZALO)
    await town.presses("Chỉ thông báo chung của tỉnh", ZALO)
    assert "Đắk Lắk" in await town.presses("Tôi đồng ý", ZALO)
    assert await unit_of(engine, ZALO) is None
    await town.says("nhận thông báo", ZALO)
    await town.presses("Đổi xã, phường", ZALO)
    assert HOA_THINH in await town.says("xã Hòa Thịnh", ZALO)
    assert await unit_of(engine, ZALO)
    assert len(await consents(engine)) == 1, "the consent was given before"


async def test_a_name_that_fits_several_is_asked_back(town: Town, engine: AsyncEngine) -> None:
    assert "nhiều nơi" in await town.says("nhận thông báo xã Hòa Phú", ZALO)
    assert "Anh/chị có đồng ý" in await town.says("1", ZALO)
    await town.presses("Tôi đồng ý", ZALO)
    assert await unit_of(engine, ZALO)


async def test_what_is_no_commune_is_asked_again_and_a_question_is_answered(town: Town) -> None:
    await town.says("nhận thông báo", ZALO)
    assert "chưa tìm thấy" in await town.says("xã Không Đâu", ZALO)
    assert "khai sinh" in await town.says("làm khai sinh cần giấy tờ gì", ZALO)


async def test_refusing_keeps_nothing(town: Town, engine: AsyncEngine) -> None:
    await town.says("nhận thông báo xã Hòa Thịnh", ZALO)
    assert "không đăng ký gì" in await town.presses("Không", ZALO)
    assert await unit_of(engine, ZALO) == ""
    assert await consents(engine) == []


@each_channel
async def test_taking_it_back_is_at_once_and_leaves_reminders(
    town: Town, engine: AsyncEngine, who: str
) -> None:
    await subscribe(town, who)
    now = town.world.now()
    later = now + dt.timedelta(hours=3)
    for state, check in (("pending", "AAAA"), ("held", "CCCC"), ("claimed", "DDDD"), ("sent", "EEEE")):
        await put(engine, who, "broadcast:1", later, Kind.NOTICE, state, check)
    await put(engine, who, "H15.1", later, Kind.PICKUP, "pending", "FFFF")
    answer = await town.says("thôi nhận thông báo", who)
    assert "Đã thôi gửi thông báo chung" in answer
    assert await unit_of(engine, who) == ""
    assert await consents(engine) == [(who, "2026-11-notices", False)]
    dropped = ("dropped", "no_consent")
    assert await states(engine) == {
        "AAAA": dropped, "CCCC": dropped, "DDDD": dropped, "EEEE": ("sent", None), "FFFF": ("pending", None),
    }  # fmt: skip
    assert not (await wishes(engine, who)).stopped
    assert "Đã dừng mọi tin nhắc" in await town.says("thôi nhận thông báo", who), (
        "of nobody's notices it means all"
    )


async def test_it_holds_for_every_address_of_the_person(town: Town, engine: AsyncEngine) -> None:
    await subscribe(town, ZALO)
    await link(town, ZALO, TELEGRAM)
    assert HOA_THINH in await town.says("nhận thông báo", TELEGRAM)
    await town.says("không nhận thông báo nữa", TELEGRAM)
    assert await unit_of(engine, ZALO) == ""
    assert [open_ for *_, open_ in await consents(engine)] == [False]


async def test_the_menu_of_reminders_offers_it_and_shows_what_holds(town: Town, engine: AsyncEngine) -> None:
    assert "Thông báo chung: chưa đăng ký." in await town.says("cài đặt nhắc", ZALO)
    assert "xã, phường nào" in await town.presses("Thông báo chung", ZALO)
    await subscribe(town, ZALO)
    assert f"Thông báo chung: đang nhận của {HOA_THINH}" in await town.says("cài đặt nhắc", ZALO)


async def test_turned_off_or_stopped_before(town: Town, engine: AsyncEngine) -> None:
    await town.says("tắt loại tin thông báo chung", ZALO)
    await town.says("không nhận thông báo chung", ZALO)
    assert Kind.NOTICE in (await wishes(engine, ZALO)).off
    await subscribe(town, ZALO)
    assert Kind.NOTICE not in (await wishes(engine, ZALO)).off, "they have just asked for it"
    await town.says("dừng nhắc", ZALO)
    assert "đang dừng" in await town.says_payload("nt:yes:all", ZALO)


@pytest.mark.parametrize("payload", ["nt:yes:99999", "nt:unit:x", "nt:fly"])
async def test_a_button_of_another_time_does_nothing(town: Town, engine: AsyncEngine, payload: str) -> None:
    assert "không còn dùng được" in await town.says_payload(payload, ZALO)
    assert await unit_of(engine, ZALO) == ""


async def test_the_command(town: Town, engine: AsyncEngine) -> None:
    assert "xã, phường nào" in await town.says("/nhanthongbao", ZALO)
    assert HOA_THINH in await town.says("/nhanthongbao xã Hòa Thịnh", ZALO)
