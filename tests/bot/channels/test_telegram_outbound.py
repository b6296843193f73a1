"""What the sender makes of Telegram's limits and errors, against the simulated Bot API."""

from __future__ import annotations

import itertools

import pytest
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.channels.telegram.outbound import (
    CONTACT_HINT,
    CONTACT_RECEIVED,
    PLACE_HINT,
    PLACE_RECEIVED,
    TelegramSender,
)
from core.errors import SendError
from core.messages import Address, Button, Kind, Message
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


async def test_text_is_sent_as_it_is_and_never_as_markup(world: World, sender: TelegramSender) -> None:
    await sender.send(CITIZEN, Message("<b>8.000 đồng</b> *x* _y_", (Button("Lệ phí", "tt:a:1"),)))
    assert world.texts(42) == ["<b>8.000 đồng</b> *x* _y_"]
    assert world.sent[0].buttons == [{"text": "Lệ phí", "callback_data": "tt:a:1"}]


async def test_long_text_is_split_at_a_line_and_keeps_its_buttons_last(
    world: World, sender: TelegramSender
) -> None:
    text = "\n".join(f"{n}. {'giấy tờ ' * 20}".strip() for n in range(60))
    await sender.send(CITIZEN, Message(text, (Button("Tiếp", "x"),)))
    assert len(world.sent) > 1
    assert "\n".join(world.texts(42)) == text
    assert [bool(s.buttons) for s in world.sent] == [False] * (len(world.sent) - 1) + [True]


async def test_emoji_count_double_as_telegram_counts_them(world: World, sender: TelegramSender) -> None:
    await sender.send(CITIZEN, Message("😀" * 3000))
    assert "".join(world.texts(42)) == "😀" * 3000


async def test_blocked_means_gone(world: World, sender: TelegramSender) -> None:
    world.blocked.add(42)
    with pytest.raises(SendError) as caught:
        await sender.send(CITIZEN, Message("chào"))
    assert caught.value.gone
    assert caught.value.retry_after is None


async def test_unknown_chat_means_gone(sender: TelegramSender) -> None:
    with pytest.raises(SendError) as caught:
        await sender.send(Address("telegram", "999"), Message("chào"))
    assert caught.value.gone


async def test_too_many_says_when_to_come_back(world: World, sender: TelegramSender) -> None:
    world.fail("429")
    with pytest.raises(SendError) as caught:
        await sender.send(CITIZEN, Message("chào"))
    assert caught.value.retry_after == 1


async def test_html_502_may_be_tried_again(world: World, sender: TelegramSender) -> None:
    world.fail("502")
    with pytest.raises(SendError) as caught:
        await sender.send(CITIZEN, Message("chào"))
    assert caught.value.retry_after
    assert not caught.value.unknown


async def test_lost_connection_is_unknown_not_failed(world: World, sender: TelegramSender) -> None:
    world.fail("drop")
    with pytest.raises(SendError) as caught:
        await sender.send(CITIZEN, Message("chào"))
    assert caught.value.unknown
    assert world.texts(42) == ["chào"]


async def test_moved_chat_is_followed_once(world: World, sender: TelegramSender) -> None:
    world.moved[42] = -100
    await sender.send(CITIZEN, Message("chào"))
    assert world.texts(-100) == ["chào"]


async def test_bad_request_is_permanent(sender: TelegramSender) -> None:
    with pytest.raises(SendError) as caught:
        await sender.send(CITIZEN, Message("chào", (Button("dài", "x" * 65),)))
    assert (caught.value.retry_after, caught.value.gone) == (None, False)


PHONE = Button("Gửi số điện thoại của tôi", contact=True)
KEY = {"text": "Gửi số điện thoại của tôi", "request_contact": True}


async def test_asking_for_the_number_puts_a_key_below_the_input(world: World, sender: TelegramSender) -> None:
    await sender.send(CITIZEN, Message("Anh/chị xác nhận giúp.", (PHONE,)))
    assert world.texts(42) == ["Anh/chị xác nhận giúp."]
    assert world.keyboards[42] == [KEY]
    assert (world.sent[0].markup["one_time_keyboard"], world.sent[0].markup["resize_keyboard"]) == (
        True,
        True,
    )


async def test_buttons_and_the_key_go_in_two_messages(world: World, sender: TelegramSender) -> None:
    await sender.send(CITIZEN, Message("Anh/chị xác nhận giúp.", (Button("Thôi", "stop"), PHONE)))
    assert world.texts(42) == ["Anh/chị xác nhận giúp.", CONTACT_HINT]
    assert [b["text"] for b in world.sent[0].buttons] == ["Thôi"]
    assert world.keyboards[42] == [KEY]


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
