"""One Official Account on the simulated Zalo, its clock moved by hand."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.pictures import Hosts
from bot.channels.web.api import install_problem_handlers
from bot.channels.zalo_oa.build import build
from bot.channels.zalo_oa.config import PICTURES, Config
from bot.channels.zalo_oa.inbound import Receipt, RightsRequest
from bot.channels.zalo_oa.oauth import Pair
from bot.channels.zalo_oa.service import WEBHOOK_PATH, Zalo
from core.conversations.inbox import Arrival
from core.messages import Address
from core.secret import Secret
from simulators.zalo.clock import Clock
from simulators.zalo.hooks import Identity
from simulators.zalo.server import create
from simulators.zalo.world import World

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)  # 08:00 in Vietnam
SECRET = Secret("0123456789abcdef" * 4)
IDENTITY = Identity()
BASE = "http://zalo.test"
CONFIG = Config(
    app_id=IDENTITY.app,
    oa_id=IDENTITY.oa,
    app_secret=IDENTITY.app_secret,
    oa_secret=IDENTITY.oa_secret,
    api_base=BASE,
    oauth_base=BASE,
    pictures=Hosts(PICTURES.names, BASE),
    contact_image="https://motcua.test/so-dien-thoai.png",
)


@dataclass
class Kept:
    """An inbox with memory; fails or dawdles on demand."""

    arrivals: dict[str, Arrival] = field(default_factory=dict)
    failure: Exception | None = None
    seconds: float = 0.0

    async def put(self, arrival: Arrival) -> bool:
        await asyncio.sleep(self.seconds)
        if self.failure:
            raise self.failure
        new = arrival.update not in self.arrivals
        self.arrivals.setdefault(arrival.update, arrival)
        return new


@dataclass
class Told:
    """What the callbacks were told."""

    gone: list[Address] = field(default_factory=list)
    rights: list[RightsRequest] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    failure: Exception | None = None

    async def unfollow(self, address: Address) -> None:
        self.gone.append(address)

    async def right(self, request: RightsRequest) -> None:
        if self.failure:
            raise self.failure
        self.rights.append(request)

    async def receipt(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)


@dataclass
class Shop:
    """The channel and the Zalo it talks to."""

    world: World
    zalo: Zalo
    kept: Kept
    told: Told
    webhook: httpx.AsyncClient


@pytest.fixture
def world() -> World:
    made = World(Clock(real=lambda: NOW))
    made.hooks.configure(f"http://bot.test{WEBHOOK_PATH}")
    return made


@pytest.fixture
async def shop(world: World, engine: AsyncEngine) -> AsyncIterator[Shop]:
    kept, told = Kept(), Told()
    client = httpx.AsyncClient(transport=httpx.ASGITransport(create(world)))
    zalo = build(
        CONFIG,
        engine,
        SECRET,
        kept,
        world.clock.now,
        client=client,
        on_unfollow=told.unfollow,
        on_rights=told.right,
        on_receipt=told.receipt,
    )
    issued = world.tokens.issue()
    await zalo.tokens.put(Pair(issued.access, issued.refresh))
    app = FastAPI()
    router = zalo.routes()
    install_problem_handlers(app)
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as webhook:
        world.hooks.client = webhook
        yield Shop(world, zalo, kept, told, webhook)
    await zalo.stop()
