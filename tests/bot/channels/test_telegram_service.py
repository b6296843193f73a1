"""The running channel against the simulated Bot API: polling, webhook, repeats, outages."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.telegram import service
from bot.channels.telegram.service import WEBHOOK_PATH, Telegram
from bot.channels.web.api import install_problem_handlers
from bot.worker import Worker
from core.conversations.inbox import Inbox, now_utc
from core.messages import MAX_PHOTO, Address, Answerer, Incoming, Reply
from core.sentences import sentence
from core.settings import Settings
from simulators.telegram.server import create, push
from simulators.telegram.state import World
from tests.bot.fakes import FakeConversation
from tests.conftest import free_port, until

TOKEN = "123456:simulated"
SECRET = "a-secret-of-this-test"
Serve = Callable[[object], Awaitable[str]]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Storing may take longer on a busy machine than Telegram should be kept waiting."""
    monkeypatch.setattr(service, "KEEP_SECONDS", 10.0)


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


class Channel:
    """The channel with its inbox and a worker."""

    def __init__(self, base: str, engine: AsyncEngine, echo: Answerer, **more: object) -> None:
        self.members: list[tuple[str, bool]] = []
        self.inbox = Inbox(engine, now_utc)
        self.telegram = Telegram(settings(base, **more), self.inbox, self._member)
        self.worker = Worker(self.inbox, echo, [self.telegram], now_utc)

    async def _member(self, address: Address, reachable: bool) -> None:
        self.members.append((str(address), reachable))

    async def start(self) -> None:
        await self.telegram.start()
        self.worker.start()

    async def stop(self) -> None:
        await self.worker.stop()
        await self.telegram.stop()


def channel(base: str, engine: AsyncEngine, echo: Answerer, **more: object) -> Channel:
    return Channel(base, engine, echo, **more)


async def test_polling_answers_text_buttons_and_stickers(
    world: World, serve: Serve, engine: AsyncEngine
) -> None:
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    await telegram.start()
    world.write(5, text="làm khai sinh cần gì")
    world.press(5, "tt:a:2")
    world.write(5, sticker={"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 1,
                            "height": 1, "is_animated": False, "is_video": False})  # fmt: skip
    await until(lambda: len(world.texts(5)) == 3)
    assert world.texts(5) == ["text: làm khai sinh cần gì", "payload: tt:a:2", "sticker: "]
    await until(lambda: len(world.answered_callbacks) == 1)
    assert world.calls["sendChatAction"] == 0  # nothing took a second
    await telegram.stop()


async def test_a_picture_comes_with_its_bytes(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = FakeConversation()
    telegram = channel(await serve(create(world)), engine, talk)
    await telegram.start()
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
    await telegram.start()
    await until(lambda: bool(world.texts(5)))
    assert [(a.kind, a.photo) for a in talk.asked] == [("photo", None)]
    world.slow_files = 0.0
    await telegram.stop()


async def test_a_contact_takes_the_key_away(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = FakeConversation()
    telegram = channel(await serve(create(world)), engine, talk)
    await telegram.start()
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
    await telegram.start()
    update = world.write(5, text="một lần thôi")
    await until(lambda: len(world.texts(5)) == 1)
    world.repeat(update)
    world.write(5, text="câu sau")
    await until(lambda: len(world.texts(5)) == 2)
    assert world.texts(5) == ["text: một lần thôi", "text: câu sau"]
    await telegram.stop()


async def test_a_group_is_declined_once(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = FakeConversation()
    telegram = channel(await serve(create(world)), engine, talk)
    await telegram.start()
    world.write(-9, text="hồ sơ của tôi đâu", chat_type="group")
    world.write(-9, text="có ai không", chat_type="group")
    world.write(5, text="riêng")
    await until(lambda: bool(world.texts(5) and world.texts(-9)))
    assert world.texts(-9) == [sentence("group").text]
    assert [a.text for a in talk.asked] == ["riêng"]
    await telegram.stop()


def edit(world: World, update: dict[str, Any], text: str) -> None:
    """The person edits the message of ``update``."""
    number = world.write(5, text="")["update_id"]
    world.updates.pop()
    world.repeat({"update_id": number, "edited_message": {**update["message"], "text": text}})


async def test_an_edit_counts_until_the_answer(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = Slow()
    telegram = channel(await serve(create(world)), engine, talk)
    await telegram.start()
    first, second = world.write(5, text="một"), world.write(5, text="hai")
    await until(lambda: bool(talk.asked))
    edit(world, first, "một, sửa")  # it is being answered: the edit is a message of its own
    edit(world, second, "hai, sửa")  # it waits: the edit takes its place
    world.write(6, text="x")
    await until(lambda: len(talk.asked) == 2)
    talk.go.set()
    await until(lambda: len(world.texts(5)) == 3)
    edit(world, first, "một, lần nữa")  # it was answered
    world.write(5, text="ba")
    await until(lambda: len(world.texts(5)) == 4)
    assert world.texts(5) == ["text: một", "text: hai, sửa", "text: một, sửa", "text: ba"]
    await telegram.stop()


class Slow(FakeConversation):
    """Answers when told to go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def answer(self, incoming: Incoming) -> Reply:
        reply = await super().answer(incoming)
        await self.go.wait()
        return reply


def _member(world: World, status: str) -> None:
    update = world.write(5, text="")
    world.updates.pop()
    bot = {"user": {"id": 1, "is_bot": True, "first_name": "M"}, "until_date": 0}
    change = {"chat": update["message"]["chat"], "from": update["message"]["from"], "date": 1}
    states = {"old_chat_member": {**bot, "status": "left"}, "new_chat_member": {**bot, "status": status}}
    world.repeat({"update_id": update["update_id"], "my_chat_member": {**change, **states}})


async def test_typing_shows_while_an_answer_takes_long(
    world: World, serve: Serve, engine: AsyncEngine
) -> None:
    talk = Slow()
    telegram = channel(await serve(create(world)), engine, talk)
    telegram.worker = Worker(telegram.inbox, talk, [telegram.telegram], now_utc, typing_after=0.01)
    await telegram.start()
    world.write(5, text="câu khó")
    await until(lambda: world.typing == [5])
    talk.go.set()
    await until(lambda: world.texts(5) == ["text: câu khó"])
    await telegram.stop()


async def test_who_blocks_the_bot_is_sent_nothing_more(
    world: World, serve: Serve, engine: AsyncEngine
) -> None:
    talk = Slow()
    telegram = channel(await serve(create(world)), engine, talk)
    await telegram.start()
    world.write(5, text="một")
    world.write(5, text="hai")
    await until(lambda: bool(talk.asked))
    _member(world, "kicked")
    await until(lambda: bool(telegram.members))
    talk.go.set()
    _member(world, "member")
    world.write(5, text="ba")
    await until(lambda: bool(world.texts(5)))
    assert world.texts(5) == ["text: ba"]
    assert telegram.members == [("telegram:5", False), ("telegram:5", True)]
    await telegram.stop()
    assert (await telegram.inbox.waiting()).waiting == 0


async def test_an_update_nobody_can_read_does_not_stop_the_rest(
    world: World, serve: Serve, engine: AsyncEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    await telegram.start()
    broken = world.write(5, text="bí mật")
    broken["message"]["chat"] = "not a chat"
    world.write(5, text="chào")
    await until(lambda: world.texts(5) == ["text: chào"])
    out = capfd.readouterr()
    assert "telegram_update_unreadable" in out.out
    assert "bí mật" not in out.out + out.err
    await telegram.stop()


async def test_polling_confirms_only_what_is_kept(
    world: World, serve: Serve, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    put, tries = telegram.inbox.put, itertools.count(1)

    async def refuse_first(*arguments: Any) -> bool:
        if next(tries) == 1:
            raise OSError("away")
        return await put(*arguments)

    monkeypatch.setattr(telegram.inbox, "put", refuse_first)
    await telegram.start()
    world.write(5, text="chào")
    await until(lambda: world.texts(5) == ["text: chào"])
    await telegram.stop()


async def test_too_many_requests_is_waited_for(world: World, serve: Serve, engine: AsyncEngine) -> None:
    world.fail("502")
    world.fail("429")
    telegram = channel(await serve(create(world)), engine, FakeConversation())
    await telegram.start()
    world.write(5, text="chào")
    await until(lambda: world.texts(5) == ["text: chào"], seconds=15)
    await telegram.stop()


async def test_telegram_away_at_start_is_tried_again(world: World, serve: Serve, engine: AsyncEngine) -> None:
    port = free_port()
    telegram = channel(f"http://127.0.0.1:{port}", engine, FakeConversation())
    await telegram.start()
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
    await telegram.start()
    await until(lambda: telegram.telegram._task is not None and telegram.telegram._task.done())
    assert "TELEGRAM_BOT_TOKEN" in capsys.readouterr().out
    await telegram.stop()


async def _webhook(
    world: World, serve: Serve, engine: AsyncEngine, echo: FakeConversation
) -> tuple[Channel, str]:
    app = FastAPI()
    install_problem_handlers(app)
    public = await serve(app)
    telegram = channel(
        await serve(create(world)), engine, echo, public_url=public, telegram_webhook_secret=SECRET
    )
    app.include_router(telegram.telegram.routes())
    await telegram.start()
    await until(lambda: world.webhook is not None)
    return telegram, public


async def test_webhook_carries_the_secret_and_answers(
    world: World, serve: Serve, engine: AsyncEngine
) -> None:
    telegram, public = await _webhook(world, serve, engine, FakeConversation())
    assert world.webhook is not None
    assert (world.webhook.url, world.webhook.secret) == (public + WEBHOOK_PATH, SECRET)
    assert list(world.commands) == [
        "thutuc",
        "hoso",
        "lienket",
        "nhacnho",
        "nhanthongbao",
        "kiemtra",
        "help",
        "start",
    ]
    assert await telegram.telegram.status() == {
        "mode": "webhook",
        "connected": True,
        "waiting": 0,
        "last_error": None,
    }
    world.write(5, text="qua webhook")
    async with httpx.AsyncClient(trust_env=False) as client:
        await push(world, client)
    await until(lambda: world.texts(5) == ["text: qua webhook"])
    await telegram.stop()


@pytest.mark.parametrize("trouble", ["refuses", "hangs"])
async def test_webhook_answers_at_once_when_the_inbox_does_not(
    world: World, serve: Serve, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    talk = FakeConversation()
    telegram, _ = await _webhook(world, serve, engine, talk)
    assert world.webhook is not None
    put, ready = telegram.inbox.put, asyncio.Event()

    async def troubled(*arguments: Any) -> bool:
        if trouble == "refuses" and not ready.is_set():
            raise OSError("away")
        await ready.wait()
        return await put(*arguments)

    monkeypatch.setattr(telegram.inbox, "put", troubled)
    update = world.write(5, text="chào")
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(world.webhook.url, content=b"[]", headers=headers)  # the connection stands
        monkeypatch.setattr(service, "KEEP_SECONDS", 0.05)
        # That an answer comes at all, while the inbox hangs, is that nobody waits for it.
        assert (await client.post(world.webhook.url, json=update, headers=headers)).status_code == 503
        monkeypatch.setattr(service, "KEEP_SECONDS", 10.0)
        ready.set()
        assert (await client.post(world.webhook.url, json=update, headers=headers)).status_code == 200
    await until(lambda: bool(world.texts(5)))
    await asyncio.sleep(0.1)
    assert world.texts(5) == ["text: chào"]
    await telegram.stop()


async def test_webhook_does_not_wait_for_the_answer(world: World, serve: Serve, engine: AsyncEngine) -> None:
    talk = Slow()
    telegram, _ = await _webhook(world, serve, engine, talk)
    assert world.webhook is not None
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(trust_env=False) as client:
        for chat in range(30):  # none is answered before `go`, yet every call is
            update = world.write(chat, text="chào")
            assert (await client.post(world.webhook.url, json=update, headers=headers)).status_code == 200
    await until(lambda: len(talk.asked) == 16)  # the slots of the worker; the others wait
    talk.go.set()
    await telegram.stop()
