"""The running channel against the simulated Bot API: polling, webhook, repeats, outages."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.telegram import service
from bot.channels.telegram.service import WEBHOOK_PATH, Telegram
from bot.channels.web.api import install_problem_handlers
from core.conversations.received import Received
from core.messages import MAX_PHOTO
from core.settings import Settings
from simulators.telegram.server import create, push
from simulators.telegram.state import World
from tests.bot.fakes import FakeConversation
from tests.conftest import NOW, free_port, until

TOKEN = "123456:simulated"
SECRET = "a-secret-of-this-test"
Serve = Callable[[object], Awaitable[str]]


@pytest.fixture
def world() -> World:
    ticks = itertools.count(0, 10)
    return World(TOKEN, lambda: float(next(ticks)))


def settings(base: str, **more: object) -> Settings:
    return Settings(
        _env_file=None,
        telegram_bot_token=TOKEN,
        telegram_api_base_url=base,
        **more,  # type: ignore[call-arg, arg-type]
    )


def channel(base: str, engine: AsyncEngine, echo: FakeConversation, **more: object) -> Telegram:
    return Telegram(settings(base, **more), echo, Received(engine), lambda: NOW)


async def test_polling_answers_text_buttons_and_stickers(
    world: World, serve: Serve, engine: AsyncEngine
) -> None:
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    telegram.start()
    world.write(5, text="làm khai sinh cần gì")
    world.press(5, "tt:a:2")
    world.write(5, sticker={"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 1,
                            "height": 1, "is_animated": False, "is_video": False})  # fmt: skip
    await until(lambda: len(world.texts(5)) == 3)
    assert sorted(world.texts(5)) == ["payload: tt:a:2", "sticker: ", "text: làm khai sinh cần gì"]
    assert len(world.answered_callbacks) == 1
    assert world.calls["sendChatAction"] == 3
    await telegram.stop()


async def test_a_picture_comes_with_its_bytes(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = FakeConversation()
    telegram = channel(await serve(create(world)), engine, talk)
    telegram.start()
    world.send_photo(5, b"the largest", caption="hồ sơ này")
    world.send_document(6, b"sharp", "image/png")
    await until(lambda: bool(world.texts(5) and world.texts(6)))
    assert {(a.kind, a.text, a.photo) for a in talk.asked} == {
        ("photo", "hồ sơ này", b"the largest"),
        ("photo", "", b"sharp"),
    }
    await telegram.stop()


@pytest.mark.parametrize("trouble", ["lost", "slow", "larger than said"])
async def test_a_picture_that_does_not_come_is_still_answered(
    world: World, serve: Serve, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    talk = FakeConversation()
    telegram = channel(await serve(create(world)), engine, talk)
    update = world.send_photo(5, b"photo")
    ident = update["message"]["photo"][-1]["file_id"]
    if trouble == "lost":
        del world.files[ident]
    elif trouble == "slow":
        world.slow_files = 30.0
        monkeypatch.setattr(service, "DOWNLOAD_SECONDS", 0.3)
    else:
        world.files[ident] = bytes(MAX_PHOTO + 1)
    telegram.start()
    await until(lambda: bool(world.texts(5)))
    assert [(a.kind, a.photo) for a in talk.asked] == [("photo", None)]
    world.slow_files = 0.0
    await telegram.stop()


async def test_a_contact_takes_the_key_away(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = FakeConversation()
    telegram = channel(await serve(create(world)), engine, talk)
    telegram.start()
    world.keyboards[5] = [{"text": "Gửi số", "request_contact": True}]
    world.send_contact(5, "84912345678", 5)
    await until(lambda: "contact: " in world.texts(5))
    assert 5 not in world.keyboards
    world.send_contact(5, "84987654321", 8)
    await until(lambda: world.texts(5).count("contact: ") == 2)
    assert [a.phone for a in talk.asked] == ["+84912345678", None]
    await telegram.stop()


async def test_a_repeated_update_is_answered_once(world: World, serve: Serve, engine: AsyncEngine) -> None:
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    telegram.start()
    update = world.write(5, text="một lần thôi")
    await until(lambda: len(world.texts(5)) == 1)
    world.repeat(update)
    world.write(5, text="câu sau")
    await until(lambda: len(world.texts(5)) == 2)
    assert world.texts(5) == ["text: một lần thôi", "text: câu sau"]
    await telegram.stop()


async def test_groups_are_left_alone(world: World, serve: Serve, engine: AsyncEngine) -> None:
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    telegram.start()
    world.write(-9, text="hồ sơ của tôi đâu", chat_type="group")
    world.write(5, text="riêng")
    await until(lambda: bool(world.texts(5)))
    assert world.texts(-9) == []
    await telegram.stop()


async def test_too_many_requests_is_waited_for(world: World, serve: Serve, engine: AsyncEngine) -> None:
    world.fail("502")
    world.fail("429")
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    telegram.start()
    world.write(5, text="chào")
    await until(lambda: world.texts(5) == ["text: chào"], seconds=15)
    await telegram.stop()


async def test_telegram_away_at_start_is_tried_again(world: World, serve: Serve, engine: AsyncEngine) -> None:
    port = free_port()
    telegram = channel(f"http://127.0.0.1:{port}", engine, FakeConversation())
    telegram.start()
    await asyncio.sleep(0.3)
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(create(world), port=port, log_level="critical", timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(server.serve())
    world.write(5, text="còn đó không")
    await until(lambda: world.texts(5) == ["text: còn đó không"], seconds=20)
    await telegram.stop()
    server.should_exit = True
    await running


async def test_wrong_token_stops_quietly_and_names_the_setting(
    world: World, serve: Serve, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    world.token = "another:token"
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    telegram.start()
    await until(lambda: telegram._task is not None and telegram._task.done())
    assert "TELEGRAM_BOT_TOKEN" in capsys.readouterr().out
    await telegram.stop()


async def _webhook(
    world: World, serve: Serve, engine: AsyncEngine, echo: FakeConversation
) -> tuple[Telegram, str]:
    app = FastAPI()
    install_problem_handlers(app)
    public = await serve(app)
    telegram = channel(
        await serve(create(world)), engine, echo, public_url=public, telegram_webhook_secret=SECRET
    )
    app.include_router(telegram.routes())
    telegram.start()
    await until(lambda: world.webhook is not None)
    return telegram, public


async def test_webhook_carries_the_secret_and_answers(
    world: World, serve: Serve, engine: AsyncEngine
) -> None:
    telegram, public = await _webhook(world, serve, engine, FakeConversation())
    assert world.webhook is not None
    assert (world.webhook.url, world.webhook.secret) == (public + WEBHOOK_PATH, SECRET)
    world.write(5, text="qua webhook")
    async with httpx.AsyncClient(trust_env=False) as client:
        await push(world, client)
    await until(lambda: world.texts(5) == ["text: qua webhook"])
    await telegram.stop()


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "wrong"}, b'{"update_id": 1}', 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "sai-dấu".encode()}, b'{"update_id": 1}', 403),
        ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, b"not json", 422),
        ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, b"[1]", 422),
        ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, b'{"update_id": "x"}', 422),
        ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_webhook_refuses_what_is_not_telegrams(
    world: World, serve: Serve, engine: AsyncEngine, headers: dict[str, str], body: bytes, status: int
) -> None:
    echo = FakeConversation()
    telegram, public = await _webhook(world, serve, engine, echo)
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(public + WEBHOOK_PATH, content=body, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert echo.asked == []
    await telegram.stop()


async def test_received_forgets_after_days(engine: AsyncEngine) -> None:
    received = Received(engine)
    assert await received.first_time("telegram", "1", NOW)
    assert not await received.first_time("telegram", "1", NOW)
    await received.forget_old(NOW + dt.timedelta(days=4))
    assert await received.first_time("telegram", "1", NOW)
