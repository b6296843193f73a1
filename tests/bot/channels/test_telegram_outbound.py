"""The sender against the simulated Bot API; the cases are in ``cases/telegram.yml``."""

from __future__ import annotations

import itertools

import pytest
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.channels.telegram.outbound import (
    CONTACT_RECEIVED,
    PLACE_RECEIVED,
    TelegramSender,
)
from core.messages import Address, Button, Kind, Message
from core.rendering.telegram import PLACE_HINT
from simulators.telegram.server import create
from simulators.telegram.state import World

TOKEN = "123456:simulated"
CITIZEN = Address("telegram", "42")


@pytest.fixture
def world() -> World:
    ticks = itertools.count(0, 10)
    made = World(TOKEN, lambda: float(next(ticks)))
    made.people.add(42)
    return made


@pytest.fixture
async def sender(world: World, serve):
    base = await serve(create(world))
    bot = ExtBot(TOKEN, base_url=f"{base}/bot", request=HTTPXRequest(read_timeout=0.5))
    async with bot:
        yield TelegramSender(bot)


async def test_everything_we_send_is_taken_by_telegram(world: World, sender: TelegramSender) -> None:
    text = "\n".join(f"{n}. {'giấy tờ ' * 20}".strip() for n in range(60))
    await sender.send(CITIZEN, Message(text, (Button("Tiếp", "x" * 64), Button("Cổng", url="https://a.vn"))))
    assert len(world.sent) > 1
    assert "\n".join(world.texts(42)) == text
    await sender.send(CITIZEN, Message("😀" * 3000))
    assert "".join(world.texts(42)).endswith("😀" * 3000)


PHONE = Button("Gửi số điện thoại của tôi", contact=True)
KEY = {"text": "Gửi số điện thoại của tôi", "request_contact": True}


async def test_asking_for_the_place_puts_a_key_below_the_input(world: World, sender: TelegramSender) -> None:
    share = Button("Chia sẻ vị trí", location=True)
    await sender.send(CITIZEN, Message("Anh/chị ở đâu?", (share,)))
    assert world.keyboards[42] == [{"text": "Chia sẻ vị trí", "request_location": True}]
    await sender.send(CITIZEN, Message("Anh/chị ở đâu?", (Button("Thôi", "stop"), share)))
    assert world.texts(42) == ["Anh/chị ở đâu?", "Anh/chị ở đâu?", PLACE_HINT]


@pytest.mark.parametrize(
    ("kind", "buttons", "texts", "left"),
    [
        ("contact", (), ["Cảm ơn."], False),
        ("contact", (Button("Xem", "x"),), [CONTACT_RECEIVED, "Cảm ơn."], False),
        ("contact", (PHONE,), ["Cảm ơn."], True),
        ("location", (), ["Cảm ơn."], False),
        ("location", (Button("Xem", "x"),), [PLACE_RECEIVED, "Cảm ơn."], False),
    ],
    ids=["plain", "with buttons", "asked again", "place", "place with buttons"],
)
async def test_the_key_is_taken_away(
    world: World,
    sender: TelegramSender,
    kind: Kind,
    buttons: tuple[Button, ...],
    texts: list[str],
    left: bool,
) -> None:
    world.keyboards[42] = [KEY]
    sender.shared(CITIZEN, kind)
    await sender.send(CITIZEN, Message("Cảm ơn.", buttons))
    await sender.send(CITIZEN, Message("Xem thêm.", (Button("Xem", "x"),)))
    assert world.texts(42) == [*texts, "Xem thêm."]
    assert (42 in world.keyboards) is left
