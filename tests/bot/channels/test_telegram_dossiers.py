"""All ten statuses at both levels of proof in Telegram, over the simulated portals and Bot API."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import segno
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.telegram.service import Telegram
from bot.worker import Worker
from core.conversations.inbox import Inbox
from core.dossiers.model import Status
from core.settings import Settings
from simulators.telegram.server import create
from simulators.telegram.state import World
from tests.bot.town import Town
from tests.conftest import until

TOKEN = "123456:simulated"


@dataclass
class Chat:
    """One citizen in Telegram."""

    world: World
    id: int

    async def says(self, text: str, wanted: str) -> str:
        return await self._answered(lambda: self.world.write(self.id, text=text), wanted)

    async def presses(self, title: str, wanted: str) -> str:
        buttons = [b for m in self.world.sent if m.chat == self.id for b in m.buttons]
        data = next(b["callback_data"] for b in reversed(buttons) if b["text"].startswith(title))
        return await self._answered(lambda: self.world.press(self.id, data), wanted)

    async def shares_contact(self, phone: str, wanted: str, of: int | None = None) -> str:
        return await self._answered(lambda: self.world.send_contact(self.id, phone, of or self.id), wanted)

    async def shares_place(self, latitude: float, longitude: float, wanted: str) -> str:
        place = {"latitude": latitude, "longitude": longitude}
        return await self._answered(lambda: self.world.write(self.id, location=place), wanted)

    async def photographs(self, text: str, wanted: str) -> str:
        out = io.BytesIO()
        segno.make(text).save(out, kind="png", scale=8)
        return await self._answered(lambda: self.world.send_photo(self.id, out.getvalue()), wanted)

    async def _answered(self, deed: Callable[[], object], wanted: str) -> str:
        """Do something and wait for the answer that holds ``wanted``; gives everything said since."""
        before = len(self.world.texts(self.id))

        def said() -> str:
            return "\n".join(self.world.texts(self.id)[before:])

        deed()
        try:
            await until(lambda: wanted in said(), seconds=60)
        except TimeoutError:
            raise AssertionError(f"wanted: {wanted}\ngot: {said()}") from None
        return said()


@pytest.fixture
async def chats(
    town: Town, serve: Callable[[object], Awaitable[str]], engine: AsyncEngine
) -> AsyncIterator[Callable[[], Chat]]:
    ticks, people = itertools.count(0, 10), itertools.count(1000)
    world = World(TOKEN, lambda: float(next(ticks)))
    settings = Settings(
        _env_file=None,
        telegram_bot_token=TOKEN,
        telegram_api_base_url=await serve(create(world)),
    )
    inbox = Inbox(engine, town.world.now)
    telegram = Telegram(settings, inbox)
    worker = Worker(inbox, town.talk, [telegram], town.world.now)
    await telegram.start()
    worker.start()
    yield lambda: Chat(world, next(people))
    await worker.stop()
    await telegram.stop()


@pytest.mark.parametrize("root", ["H15", "H45"])
async def test_ten_statuses_at_both_levels(town: Town, chats: Callable[[], Chat], root: str) -> None:
    await asyncio.gather(*(_both_levels(town, chats(), status, root) for status in Status))


async def _both_levels(town: Town, chat: Chat, status: Status, root: str) -> None:
    dossier = town.dossier(root, status.title).dossier
    named, phone = f"Tình trạng: {status.title}", f"84{dossier.owner.phone[1:]}"
    shown = await chat.says(f"hồ sơ {dossier.code.lower()} tới đâu rồi", named)
    assert "Chủ hồ sơ" not in shown
    assert "mô phỏng" in shown
    await chat.presses("Xác nhận chính chủ", "4 số cuối")
    await chat.shares_contact(phone, "chính tài khoản", of=7)
    proved = await chat.shares_contact(phone, "Đã xác nhận")
    assert named in proved
    assert "Chủ hồ sơ: " in proved
    assert dossier.owner.name not in proved
    assert dossier.owner.identity not in proved


async def test_a_link_and_a_photo(town: Town, chats: Callable[[], Chat]) -> None:
    code, chat = town.dossier("H15").dossier.code, chats()
    await chat.says(f"/start {code.replace('.', '_')}", "Tình trạng: Đang xử lý")
    await chats().photographs(code, "Tình trạng: Đang xử lý")


async def test_a_shared_place_takes_its_key_away(chats: Callable[[], Chat]) -> None:
    chat = chats()
    await chat.says("quầy một cửa gần nhất ở đâu", "chia sẻ vị trí")
    assert chat.world.keyboards[chat.id] == [{"text": "Chia sẻ vị trí", "request_location": True}]
    shown = await chat.shares_place(13.0955, 109.3209, "Phường Tuy Hòa")
    assert "13.09" not in shown
    assert chat.id not in chat.world.keyboards


async def test_who_gave_a_code_is_told_that_it_was_used(town: Town, chats: Callable[[], Chat]) -> None:
    chat = chats()
    offered = await chat.says("/lienket", "Mã liên kết của anh/chị")
    await town.says(offered.split("nhắn: ")[1].splitlines()[0], "web:1")
    await town.presses("Đồng ý", "web:1")
    await until(lambda: "vừa được liên kết với một tài khoản trang web" in chat.world.texts(chat.id)[-1])
    await chat.says("hủy liên kết", "Đã hủy liên kết")
    assert "một tài khoản Telegram đã được hủy" in await town.says("/help", "web:1")
