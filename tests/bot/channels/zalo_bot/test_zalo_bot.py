"""The Bot Platform's running channel against the simulated one; the cases are in ``cases/zalo_bot.yml``."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.pictures import Hosts
from bot.channels.web.api import install_problem_handlers
from bot.channels.zalo_bot import service
from bot.channels.zalo_bot.quota import Monthly
from bot.channels.zalo_bot.service import WEBHOOK_PATH, ZaloBot
from core.conversations.inbox import Arrival
from core.errors import SendError
from core.limits import Counters
from core.messages import Address, Message
from simulators.zalo.clock import Clock
from simulators.zalo.server import create
from simulators.zalo.world import World
from tests.conftest import NOW, until

BASE, US, SECRET = "http://zalo.test", "https://testserver", "a-secret-of-this-test"


class Kept:
    """An inbox with memory; away for as many puts as told."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.away = 0

    async def put(self, arrival: Arrival) -> bool:
        if self.away:
            self.away -= 1
            raise OSError("away")
        self.arrivals.append(arrival)
        return True

    @property
    def texts(self) -> list[str]:
        return [a.incoming.text for a in self.arrivals]


@pytest.fixture
def world() -> World:
    return World(Clock(real=lambda: NOW))


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries are short."""
    monkeypatch.setattr(service, "_FIRST", 0.01)
    monkeypatch.setattr(service, "_LONGEST", 0.01)


@pytest.fixture
def inbox() -> Kept:
    return Kept()


@pytest.fixture
async def monthly(engine: AsyncEngine, world: World) -> Monthly:
    return Monthly(Counters(engine), world.clock.now, plan=10)


@pytest.fixture
async def polling(world: World, inbox: Kept, monthly: Monthly) -> AsyncIterator[ZaloBot]:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create(world)))
    channel = ZaloBot(client, BASE, world.bot.token, inbox, monthly, photos=Hosts(base=BASE))
    yield channel
    await channel.stop()


@pytest.fixture
async def hooked(world: World, inbox: Kept, monthly: Monthly) -> AsyncIterator[ZaloBot]:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create(world)))
    channel = ZaloBot(client, BASE, world.bot.token, inbox, monthly, "http://testserver", SECRET)
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(channel.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as webhook:
        world.hooks.client = webhook
        await channel.start()
        await until(lambda: world.bot.hook is not None)
        yield channel
    await channel.stop()


async def test_polling_takes_one_event_at_a_time_and_outlives_outages(
    world: World, inbox: Kept, polling: ZaloBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "POLL", 0.05)
    chat = world.bot.chat()
    world.bot.write(chat, "một")
    await polling.start()
    await until(lambda: inbox.texts == ["một"])
    await until(lambda: world.counts()["bot.getUpdates"] > 3)  # nobody writes: it goes on asking
    assert (await polling.status())["connected"]
    world.failures.add("error_500", "bot")
    inbox.away = 3  # nobody sends it again: it is put in until it is kept
    world.bot.write(chat, "hai")
    await until(lambda: inbox.texts == ["một", "hai"])


async def test_the_webhook_is_set_and_carries_the_secret(world: World, inbox: Kept, hooked: ZaloBot) -> None:
    assert world.bot.hook is not None
    assert (world.bot.hook.url, world.bot.hook.secret) == (f"http://testserver{WEBHOOK_PATH}", SECRET)
    world.bot.write(world.bot.chat(), "qua webhook")
    assert await world.push() == 1
    assert inbox.texts == ["qua webhook"]
    assert (await hooked.status()) == {
        "mode": "webhook",
        "connected": True,
        "quota": {"used": 0, "of": 10},
    }


async def test_an_event_that_cannot_be_kept_now_is_kept_later(
    world: World, inbox: Kept, hooked: ZaloBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEEP_SECONDS", 0.001)
    monkeypatch.setattr(service, "_FIRST", 0.05)
    inbox.away = 1
    world.bot.write(world.bot.chat(), "không được mất")
    assert await world.push() == 0
    assert world.bot.hook is not None
    assert world.bot.hook.answers == [503]
    await until(lambda: inbox.texts == ["không được mất"])


async def test_typing_shows_and_what_is_sent_counts_against_the_plan(
    world: World, polling: ZaloBot, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = world.bot.chat()
    world.bot.write(chat, "chào")
    await polling.typing(Address("zalobot", chat))
    assert world.bot.typing == [chat]
    await polling.typing(Address("zalobot", "nobody"))  # a courtesy: no error
    for number in range(8):
        assert "zalo_bot_quota" not in capsys.readouterr().out
        await polling.sender.send(Address("zalobot", chat), Message(f"{number}"))
    assert "zalo_bot_quota" in capsys.readouterr().out
    assert (await polling.status())["quota"] == {"used": 8, "of": 10}
    await Counters(engine).forget_old(world.clock.now())
    world.clock.advance(days=5)
    await Counters(engine).forget_old(world.clock.now())
    assert (await polling.status())["quota"]["used"] == 8
    world.clock.advance(days=5)  # December
    assert (await polling.status())["quota"]["used"] == 0


async def test_pictures_come_from_known_hosts_only(world: World, polling: ZaloBot) -> None:
    update: dict[str, Any] = world.bot.photo(world.bot.chat(), b"\xff\xd8anh")
    assert await polling.fetch(update["message"]["photo"]) == b"\xff\xd8anh"
    for elsewhere in ("http://other.test/a", "https://evil.test/a", "file:///etc/passwd", "x"):
        assert await polling.fetch(elsewhere) is None


async def test_the_token_is_never_told(world: World, inbox: Kept, monthly: Monthly) -> None:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create(world)))
    channel = ZaloBot(client, BASE, "1:wrong-token", inbox, monthly)
    task = asyncio.create_task(channel.sender.send(Address("zalobot", "1"), Message("x")))
    (error,) = await asyncio.gather(task, return_exceptions=True)
    assert "wrong-token" not in repr(error)
    await channel.stop()


async def test_a_month_used_up_names_the_next(world: World, polling: ZaloBot, monthly: Monthly) -> None:
    chat = world.bot.chat()
    world.bot.write(chat, "chào")
    address = Address("zalobot", chat)
    world.failures.add("rate_limited", "bot")
    with pytest.raises(SendError) as busy:  # nine tenths are left: it is something else, and passes
        await polling.sender.send(address, Message("0"))
    assert (busy.value.rate, busy.value.not_before) == (True, None)
    for number in range(10):
        await polling.sender.send(address, Message(str(number)))
    world.failures.add("rate_limited", "bot")
    with pytest.raises(SendError) as used_up:
        await polling.sender.send(address, Message("10"))
    then = used_up.value.not_before
    assert then is not None
    assert not used_up.value.rate  # the channel is not paused: what waits goes by other ways
    now = world.clock.now()
    assert (then.day, then.hour, then.minute) == (1, 0, 5)
    assert dt.timedelta(0) < then - now < dt.timedelta(days=32)
