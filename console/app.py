"""The console's application: a process of its own that shares only the database with the assistant.

This is a composition root. It sends nothing itself: what staff write is put into the outbox and the inbox, and the
assistant's processes deliver it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from console import parts as parts_module
from console import problems
from console.auth import routes as auth
from console.catalogue.trying import Trying
from console.headers import Headers
from console.limits import Limits
from console.parts import Parts
from console.screens import all_screens
from console.shell import FOLDER, Shell
from core import profile as profiles
from core import secret as secrets
from core import settings as settings_module
from core.db import engine as engines
from core.db.migrate import upgrade
from core.procedures import catalogue as catalogues
from core.procedures.live import Live
from core.settings import Settings

log = structlog.get_logger()
_FORGET_EVERY = 3600.0  # seconds


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def create_app(settings: Settings | None = None, now: Callable[[], dt.datetime] = _now) -> FastAPI:
    """The ASGI application. The database is opened, and brought to the newest schema, when it starts."""
    settings = settings or settings_module.load()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = engines.create(settings.database_url)
        try:
            await upgrade(engine)
            key = settings.secret_key.get_secret_value() if settings.secret_key else None
            secret = secrets.load(key, settings.secret_file)
            profile = profiles.load(settings.profile)
            live = Live(engine, catalogues.shipped(), lambda: profile.today(now()))
            made = parts_module.assemble(settings, profile, engine, secret, now, lambda: live.catalogue)
            app.state.parts, app.state.shell = made, Shell(made, all_screens())
            app.state.live, app.state.trying = live, Trying()
            tasks = [asyncio.create_task(_forget_old(made)), asyncio.create_task(live.keep())]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await made.portals.close()
        finally:
            await engine.dispose()

    app = FastAPI(title="Trang cán bộ", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(auth.router)
    for screen in all_screens():
        app.include_router(screen.router)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    problems.install(app)
    app.add_middleware(Headers)
    app.add_middleware(Limits)

    @app.get("/healthz", include_in_schema=False)
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return app


async def _forget_old(parts: Parts) -> None:
    while True:
        try:
            await parts.sessions.forget_old(parts.now())
        except engines.AWAY as error:
            log.warning("not_forgotten", error=type(error).__name__)
        await asyncio.sleep(_FORGET_EVERY)
