"""The application: web chat, its API, the other channels and their worker in one process.

This is a composition root: the only place that builds the database engine and the HTTP client.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from bot import attached, portal_push, speaking, status
from bot.channels.contract import Channel
from bot.channels.web import api as web
from bot.parts import Given, Parts, compose
from bot.worker import Worker
from core import profile as profiles
from core import secret as secrets
from core import settings as settings_module
from core.conversations.inbox import Inbox
from core.db import engine as engines
from core.db.migrate import upgrade
from core.dossiers.portals.build import portals_of
from core.limits import Counters
from core.messages import Address
from core.procedures import catalogue
from core.procedures.choices import keep_learning
from core.procedures.guide import Guide
from core.procedures.live import Live
from core.reminders.ledger import Ledger
from core.reminders.web_mail import Letter
from core.settings import Settings

log = structlog.get_logger()
_FORGET_EVERY = 6 * 3600.0  # seconds


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@asynccontextmanager
async def parts(settings: Settings) -> AsyncIterator[Parts]:
    """The parts, with what they opened closed again. Raises CatalogueError when a procedure file is wrong."""
    async with AsyncExitStack() as stack:
        timeout = httpx.Timeout(settings.rasa_timeout, connect=1.0)
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=timeout, trust_env=False))
        engine = engines.create(settings.database_url)
        stack.push_async_callback(engine.dispose)
        await upgrade(engine)
        key = settings.secret_key.get_secret_value() if settings.secret_key else None
        secret = secrets.load(key, settings.secret_file)
        portals = portals_of(settings, engine, secret, _now)
        stack.push_async_callback(portals.close)
        profile, guide = profiles.load(settings.profile), Guide(catalogue.shipped())
        made = compose(Given(settings, profile, engine, secret, portals, client, guide, _now))
        watch = made.first.dossiers.watch
        push = portal_push.Push(portals.connections, portals.served, watch, Counters(engine), _now)
        live = Live(engine, guide.catalogue, lambda: profile.today(_now()), guide.renew)
        await live.try_look()  # nobody is answered from what was corrected long ago
        ahead = asyncio.to_thread(profile.calendar().prepare, profile.today(_now()))
        for task in (_forget_old(made.forget_old), keep_learning(engine, guide), live.keep(), ahead):
            stack.push_async_callback(_ended, asyncio.create_task(task))
        made.noting.start()
        stack.push_async_callback(made.noting.stop)
        yield replace(made, push=push)


async def _ended(task: asyncio.Task[None]) -> None:
    """Stop a task and wait until it has let go of the database."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _forget_old(deeds: Sequence[Callable[[dt.datetime], Awaitable[None]]]) -> None:
    """Delete what may no longer be kept, at the start and then a few times a day."""
    while True:
        for forget in deeds:
            try:
                await forget(_now())
            except engines.AWAY as error:
                log.warning("not_forgotten", error=type(error).__name__)
        await asyncio.sleep(_FORGET_EVERY)


def _telegram(settings: Settings, made: Parts) -> Channel | None:
    if not settings.telegram_bot_token:
        return None
    from bot.channels.telegram.service import Telegram  # half a second that most starts can save

    return Telegram(settings, made.inbox)


def _zalo_oa(settings: Settings, made: Parts) -> Channel | None:
    if not settings.zalo_app_id:
        return None
    from bot.channels.zalo_oa.build import build
    from bot.channels.zalo_oa.config import of_settings
    from bot.channels.zalo_oa.inbound import Receipt, RightsRequest
    from bot.channels.zalo_oa.rights import take_rights
    from bot.channels.zalo_oa.template_file import load

    async def left(address: Address) -> None:
        await made.inbox.drop(address)

    async def rights(request: RightsRequest) -> None:
        await take_rights(made.inbox, request)

    async def receipt(told: Receipt) -> None:
        await Ledger(made.engine).delivered(told.tracking)

    config = of_settings(settings)
    templates = load(settings.zalo_templates_file) if settings.zalo_templates_file else None
    return build(
        config,
        made.engine,
        made.secret,
        made.inbox,
        _now,
        on_unfollow=left,
        on_rights=rights,
        on_receipt=receipt,
        templates=templates,
    )


def _zalo_bot(settings: Settings, made: Parts) -> Channel | None:
    if not settings.zalo_bot_token:
        return None
    from bot.channels.zalo_bot.quota import Monthly
    from bot.channels.zalo_bot.service import build

    return build(settings, made.inbox, Monthly(Counters(made.engine), _now))


# Every channel that calls back or is polled: builds it, or gives None when its settings are empty.
CHANNELS: list[Callable[[Settings, Parts], Channel | None]] = [_telegram, _zalo_oa, _zalo_bot]


@asynccontextmanager
async def _running(app: FastAPI, made: Parts, channels: Sequence[Channel]) -> AsyncIterator[None]:
    """The channels taking in, the worker answering, and what speaks first; whoever sends by them stops first."""
    worker = Worker(made.inbox, made.answerer, channels, _now, replies=made.first.replies)
    first = speaking.assemble(made.first, channels, made.ticks)
    async with AsyncExitStack() as stack:
        for channel in channels:
            if router := channel.routes():
                app.include_router(router)
            stack.push_async_callback(channel.stop)
            await channel.start()
        stack.push_async_callback(worker.stop)
        stack.push_async_callback(first.stop)
        worker.start()
        first.start()
        yield


class _Lazy:
    """Stands for the conversation until the application has started."""

    def __init__(self) -> None:
        self.parts: Parts | None = None
        self.channels: list[Channel] = []

    @property
    def inbox(self) -> Inbox:
        assert self.parts is not None, "the application has not started"
        return self.parts.inbox

    async def answer(self, incoming: Any) -> Any:
        assert self.parts is not None, "the application has not started"
        return await self.parts.answerer.answer(incoming)

    async def fetch(self, address: Address, after: int) -> Sequence[Letter]:
        assert self.parts is not None, "the application has not started"
        return await self.parts.mail.fetch(address, after)

    async def staffed(self, address: Address) -> bool:
        assert self.parts is not None, "the application has not started"
        return await self.parts.handing_over.staffed(address)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application."""
    settings = settings or settings_module.load()
    lazy = _Lazy()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts(settings) as made:
            lazy.parts = made
            if made.push:
                app.include_router(portal_push.routes(made.push))
            app.include_router(attached.routes(made.first.notices.files))
            gc.collect()
            gc.freeze()  # catalogue and modules never become garbage: looking through them makes somebody wait
            lazy.channels = [channel for build in CHANNELS if (channel := build(settings, made))]
            async with _running(app, made, lazy.channels):
                yield

    app = FastAPI(title="Trợ lý Một cửa", lifespan=lifespan, docs_url=None, redoc_url=None)
    web.install_problem_handlers(app)
    app.include_router(web.routes(lazy, profiles.load(settings.profile).province, lazy))
    app.include_router(_health(lazy))
    app.include_router(status.routes(lambda: lazy if lazy.parts else None))
    return app


def _health(lazy: _Lazy) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        understood = lazy.parts is not None and await lazy.parts.rasa.ready()
        body = {"chat": lazy.parts is not None, "understanding": understood}
        return JSONResponse(body, 200 if understood else 503)

    return router
