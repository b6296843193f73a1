"""The nearest counter in conversation, and that a position is kept nowhere."""

from __future__ import annotations

import httpx
import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.rasa import Rasa
from bot.worker import Worker
from core.conversations.inbox import Arrival
from core.messages import Address, Incoming, Message
from core.procedures.guide import Guide
from tests.bot.fakes import FakeRasa
from tests.bot.test_conversation import conversation
from tests.bot.test_worker import FakeChannel
from tests.bot.town import Town, said
from tests.conftest import dump, until

HERE = (13.09551234, 109.32094321)
CHANNELS = ("web", "telegram", "zalo", "zalobot")


async def shares(town: Town, channel: str, place: tuple[float, float] | None = HERE) -> str:
    return said(await town.talk.answer(Incoming(Address(channel, "1"), "", "location", location=place)))


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_shared_position_is_answered_on_every_channel(town: Town, channel: str) -> None:
    answer = await shares(town, channel)
    assert "Phường Tuy Hòa" in answer
    assert "tỉnh Đắk Lắk" in answer
    assert "$" not in answer


@pytest.mark.parametrize("place", [None, (21.03, 105.85)])
@pytest.mark.parametrize("channel", CHANNELS)
async def test_where_nothing_is_near_the_commune_is_asked_for_and_taken(
    town: Town, channel: str, place: tuple[float, float] | None
) -> None:
    assert "tên xã, phường" in await shares(town, channel, place)
    answer = await town.says("tôi ở xã Hòa Thịnh, huyện Tây Hòa", f"{channel}:1")
    assert "Trung tâm Phục vụ hành chính công Xã Hòa Thịnh" in answer


async def test_another_question_is_not_taken_for_a_commune(town: Town) -> None:
    await shares(town, "web", None)
    assert "Đăng ký kết hôn" in await town.says("đăng ký kết hôn cần giấy tờ gì", "web:1")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_nearest_counter_is_asked_for_without_rasa(town: Town, channel: str) -> None:
    assert "chia sẻ vị trí" in await town.says("quầy một cửa gần nhất ở đâu", f"{channel}:1")
    assert "công Phường Tuy Hòa" in await town.says("phường Tuy Hòa", f"{channel}:1")


async def test_what_rasa_hands_back_asks_for_the_position(guide: Guide, engine: AsyncEngine) -> None:
    fake = FakeRasa(lambda _: httpx.Response(200, json=[{"custom": {"subject": "nearest"}}]))
    talk = conversation(guide, engine, fake, rasa=Rasa(fake.client(), "http://rasa"))
    asked = await talk.answer(Incoming(Address("web", "1"), "uỷ ban gần nhất"))
    assert [b.title for m in asked.messages for b in m.buttons if b.location] == ["Chia sẻ vị trí"]
    named = await talk.answer(Incoming(Address("web", "1"), "số điện thoại một cửa phường Tuy Hòa"))
    assert "chưa có dữ liệu đã xác minh" in said(named)


@pytest.mark.both_databases
async def test_a_position_is_in_no_table_and_no_log(town: Town, engine: AsyncEngine) -> None:
    answered = FakeChannel()
    worker = Worker(town.inbox, town.talk, [answered], town.world.now)
    with structlog.testing.capture_logs() as logs:
        await shares(town, "web")
        await town.inbox.put(Arrival("1", Incoming(Address("fake", "1"), "", "location", location=HERE)))
        assert "13.0955" not in await dump(engine)  # while it waits it is kept, but only roughly
        worker.start()
        await until(lambda: bool(answered.sent))
        await worker.stop()
    assert "Phường Tuy Hòa" in answered.texts()[0]
    for part in ("13.0955", "109.32"):  # "13.09" may be the second of a moment
        assert part not in await dump(engine)
        assert part not in str(logs)


def test_a_position_is_in_no_representation() -> None:
    assert "13.09" not in repr(Incoming(Address("zalo", "1"), "", "location", location=HERE))


def test_buttons_for_a_position_survive_the_wire() -> None:
    message = Message.from_dict({"text": "a", "buttons": [{"title": "Chia sẻ vị trí", "location": True}]})
    assert message.buttons[0].location
    assert Message.from_dict(message.as_dict()) == message
