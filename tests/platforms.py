"""Telegram and Zalo, simulated on a thread of their own: real HTTP for a running assistant."""

from __future__ import annotations

import asyncio
import itertools
import pathlib
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import httpx
import uvicorn

from bot.channels.zalo_oa.build import build
from bot.channels.zalo_oa.config import of_settings
from bot.channels.zalo_oa.oauth import Pair
from core import secret as secrets
from core.conversations.inbox import now_utc
from core.db import engine as engines
from core.db.migrate import upgrade
from core.settings import Settings
from simulators.telegram.server import create as telegram
from simulators.telegram.state import World as TelegramWorld
from simulators.zalo.server import create as zalo
from simulators.zalo.world import World as ZaloWorld
from tests.conftest import free_port

TOKEN, SECRET = "123456:simulated", "a-secret-of-this-test"
PUMP = 0.01  # seconds between looks for events to post
Result = TypeVar("Result")


class Platforms:
    """One Telegram and one Zalo. What they know is touched on their own thread only: see :meth:`run`."""

    def __init__(self) -> None:
        ticks = itertools.count(0, 10)  # a test is no place for Telegram's limits of messages a second
        self.telegram = TelegramWorld(TOKEN, lambda: float(next(ticks)))
        self.zalo = ZaloWorld()
        self.zalo.bot.users = 10_000
        self.zalo.hooks.client = httpx.AsyncClient(trust_env=False)
        self.zalo.hooks.seconds = 30.0  # nor for Zalo's patience: the machine may be busy
        self.loop = asyncio.new_event_loop()
        self.bases = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
        self.zalo.media.base = self.bases[1]
        apps = (telegram(self.telegram, pump=PUMP), zalo(self.zalo, pump=PUMP))
        self._servers = [_server(app, base) for app, base in zip(apps, self.bases, strict=True)]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        deadline = time.monotonic() + 30
        while not all(server.started for server in self._servers):
            assert time.monotonic() < deadline, "the simulated platforms did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """End."""
        for server in self._servers:
            server.should_exit = True
        self._thread.join(timeout=10)

    def run(self, deed: Callable[[], Result]) -> Result:
        """Do something on the thread of the platforms and give its result."""

        async def done() -> Result:
            return deed()

        return self.wait(done())

    def wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of a coroutine on the thread of the platforms."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    def environment(self, port: str) -> dict[str, str]:
        """Settings for an assistant on all channels, called back at a port of this machine."""
        public, identity = f"http://127.0.0.1:{port}", self.zalo.identity
        self.zalo.hooks.configure(f"{public}/webhooks/zalo")
        return {
            "PUBLIC_URL": public,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_BASE_URL": self.bases[0],
            "ZALO_APP_ID": identity.app,
            "ZALO_OA_ID": identity.oa,
            "ZALO_APP_SECRET": identity.app_secret,
            "ZALO_OA_SECRET": identity.oa_secret,
            "ZALO_API_BASE_URL": self.bases[1],
            "ZALO_OAUTH_BASE_URL": self.bases[1],
            "ZALO_MEDIA_BASE_URL": self.bases[1],
            "ZALO_CONTACT_IMAGE": "https://motcua.test/so-dien-thoai.png",
            "ZALO_BOT_TOKEN": self.zalo.bot.token,
            "ZALO_BOT_SECRET": SECRET,
            "ZALO_BOT_API_BASE_URL": self.bases[1],
        }

    def authorize(self, environment: Mapping[str, str]) -> None:
        """What ``python -m bot zalo-authorize`` leaves behind: a pair of tokens in the assistant's database."""
        known = {k.lower(): v for k, v in environment.items() if k.lower() in Settings.model_fields}
        settings = Settings(_env_file=None, **known)  # type: ignore[call-arg, arg-type]
        self.wait(self._authorize(settings))

    async def _authorize(self, settings: Settings) -> None:
        engine = engines.create(settings.database_url)
        await upgrade(engine)
        secret = secrets.load(None, pathlib.Path(settings.secret_file))
        channel = build(of_settings(settings), engine, secret, _Nowhere(), now_utc)
        issued = self.zalo.tokens.issue()
        await channel.tokens.put(Pair(issued.access, issued.refresh))
        await channel.stop()
        await engine.dispose()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.gather(*(server.serve() for server in self._servers)))


class _Nowhere:
    """The inbox of a channel that takes nothing in."""

    async def put(self, arrival: object) -> bool:
        raise AssertionError(arrival)


class _Server(uvicorn.Server):
    """A server that leaves signals to the main thread."""

    def install_signal_handlers(self) -> None:
        return


def _server(app: Any, base: str) -> uvicorn.Server:
    port = int(base.rpartition(":")[2])
    return _Server(uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1))
