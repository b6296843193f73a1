"""The assistant on a Zalo Official Account: signed webhooks, the inbox, the worker, the same facts as elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo_oa.build import build
from bot.channels.zalo_oa.oauth import Pair
from bot.channels.zalo_oa.service import WEBHOOK_PATH
from bot.worker import Worker
from core.conversations.inbox import Inbox
from core.dossiers.model import Status
from simulators.zalo.server import create
from simulators.zalo.world import World
from tests.bot.channels.zalo_oa.conftest import CONFIG, SECRET
from tests.bot.town import Town
from tests.conftest import until


@dataclass
class Citizen:
    """Somebody on Zalo."""

    world: World
    person: Any

    async def says(self, text: str, wanted: str) -> str:
        return await self._answered(lambda: self.world.people.write(self.person, text), wanted)

    async def taps(self, title: str, wanted: str) -> str:
        shown = [b for sent in self.world.sent if sent.to == self.person.id for b in sent.buttons]
        payload = next(b["payload"] for b in reversed(shown) if b["title"].startswith(title))
        return await self._answered(lambda: self.world.people.tap(self.person, payload), wanted)

    async def _answered(self, deed: Callable[[], object], wanted: str) -> str:
        before = len(self.world.texts(self.person))

        def said() -> str:
            return "\n".join(self.world.texts(self.person)[before:])

        deed()
        await self.world.push(width=1)
        try:
            await until(lambda: wanted in said())
        except TimeoutError:
            raise AssertionError(f"wanted: {wanted}\ngot: {said()}") from None
        return said()


@pytest.fixture
async def citizen(world: World, engine: AsyncEngine, town: Town) -> AsyncIterator[Callable[[], Citizen]]:
    inbox = Inbox(engine, world.clock.now)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create(world)))
    zalo = build(CONFIG, engine, SECRET, inbox, world.clock.now, client=client)
    issued = world.tokens.issue()
    await zalo.tokens.put(Pair(issued.access, issued.refresh))
    app = FastAPI()
    app.include_router(zalo.routes())
    worker = Worker(inbox, town.talk, [zalo], world.clock.now)
    worker.start()
    numbers = iter(range(100))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as webhook:
        world.hooks.configure(f"http://bot.test{WEBHOOK_PATH}")
        world.hooks.client = webhook
        yield lambda: Citizen(world, world.people.add(f"Hoa {next(numbers)}", "84905000000"))
    await worker.stop()
    await zalo.stop()


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.PAYMENT, Status.DONE])
async def test_a_dossier_at_both_levels(town: Town, citizen: Callable[[], Citizen], status: Status) -> None:
    dossier = town.dossier("H15", status.title).dossier
    who = citizen()
    shown = await who.says(f"ho so {dossier.code.lower()} toi dau roi", f"Tình trạng: {status.title}")
    assert "Chủ hồ sơ" not in shown
    await who.taps("Xác nhận chính chủ", "4 số cuối")
    proved = await who.says(dossier.owner.identity[-4:], "Đã xác nhận")
    assert "Chủ hồ sơ: " in proved
    assert dossier.owner.name not in proved


async def test_a_question_and_a_choice_by_number(citizen: Callable[[], Citizen]) -> None:
    who = citizen()
    await who.says("đăng ký kết hôn cần giấy tờ gì", "Giấy tờ")
    await who.says("1", "Nguồn: mã")


async def test_a_repeated_event_is_answered_once(citizen: Callable[[], Citizen]) -> None:
    who = citizen()
    event = who.world.people.write(who.person, "/help")
    await who.world.push(width=1)
    await until(lambda: bool(who.world.texts(who.person)))
    count = len(who.world.texts(who.person))
    who.world.hooks.repeat(event)
    await who.world.push(width=1)
    await who.says("/thutuc", "thủ tục")
    assert len([t for t in who.world.texts(who.person) if "Tôi trả lời về thủ tục" in t]) <= count


async def test_a_shared_position_leads_to_the_communes_near_by(citizen: Callable[[], Citizen]) -> None:
    who = citizen()
    shown = await who._answered(
        lambda: who.world.people.location(who.person, 13.0955, 109.3209), "vị trí của anh/chị nhất"
    )
    assert "Phường Tuy Hòa" in shown
    assert "CHƯA phải vị trí quầy" in shown


async def test_a_code_of_the_web_page_links_it(town: Town, citizen: Callable[[], Citizen]) -> None:
    code = town.dossier("H15").dossier.code
    await town.says(code, "web:1")
    await town.presses("Lưu vào Hồ sơ của tôi", "web:1")
    await town.presses("Tôi đồng ý", "web:1")
    offered = await town.says("liên kết", "web:1")
    who = citizen()
    typed = offered.split("nhắn: ")[1].splitlines()[0]
    await who.says(typed, "có đồng ý liên kết")
    await who.taps("Đồng ý", "Đã liên kết với tài khoản trang web")
    await who.says("hồ sơ của tôi", code)
    assert "một tài khoản Zalo" in await town.says("/help", "web:1")
