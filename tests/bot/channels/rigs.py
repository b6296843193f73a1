"""What the runner of cases needs of each channel: the real channel between an inbox and a wire that remember."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote

import httpx
from fastapi import APIRouter, FastAPI

from bot.channels.pictures import Hosts
from bot.channels.telegram.service import Telegram
from bot.channels.web.api import install_problem_handlers, routes
from bot.channels.zalo_bot.service import ZaloBot
from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.config import Config
from bot.channels.zalo_oa.outbound import ZaloSender
from bot.channels.zalo_oa.service import Zalo
from core.messages import Address, Incoming, Message, Reply, Sender
from core.settings import Settings
from simulators.zalo.hooks import sign
from tests.bot.channels.memory import Log, Wire

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)  # 08:00 in Vietnam
SECRET = "a-secret-of-this-test"
IMAGE = "https://motcua.test/so-dien-thoai.png"


class Rig(Protocol):
    """One channel, built anew for every case."""

    log: Log
    wire: Wire
    router: APIRouter
    path: str

    def signed(self, raw: bytes, case: dict[str, Any]) -> dict[str, str]:
        """The headers a body is posted with; ``by`` of the case says by whom: right, wrong or nobody."""
        ...

    async def send(self, address: Address, message: Message) -> list[Any]:
        """Send; gives the calls that went out as ``{"call": …, "body": …}``."""
        ...


class _Sends:
    """Channels that call a platform."""

    log: Log
    wire: Wire
    sender: Sender
    _base: str

    async def send(self, address: Address, message: Message) -> list[Any]:
        await self.sender.send(address, message)
        return self.calls()

    def calls(self) -> list[Any]:
        return [
            {"call": str(r.url).removeprefix(self._base), "body": self.decoded(r.content)}
            for r in self.wire.requests
        ]

    def decoded(self, body: bytes) -> Any:
        return json.loads(body)


def _secret_of(case: dict[str, Any], header: str) -> dict[str, str]:
    by = case.get("by", "right")
    return {} if by == "nobody" else {header: SECRET if by == "right" else quote(by)}


class TelegramRig(_Sends):
    """Over the Bot API's own host."""

    path = "/webhooks/telegram"
    _base = "https://api.telegram.org/bot123456:simulated/"

    def __init__(self) -> None:
        sent = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}
        self.log, self.wire = Log(), Wire("api.telegram.org", {"ok": True, "result": sent})
        settings = Settings(
            _env_file=None,
            telegram_bot_token="123456:simulated",
            public_url="https://motcua.test",
            telegram_webhook_secret=SECRET,
        )
        channel = Telegram(settings, self.log, self.log.member, self.wire)
        self.sender, self.router = channel.sender, channel.routes()

    def signed(self, raw: bytes, case: dict[str, Any]) -> dict[str, str]:
        return _secret_of(case, "X-Telegram-Bot-Api-Secret-Token")

    def decoded(self, body: bytes) -> Any:
        form = dict(parse_qsl(body.decode()))
        return {
            k: json.loads(v) if v.startswith(("{", "[")) else v for k, v in form.items() if k != "text"
        } | ({"text": form["text"]} if "text" in form else {})


class ZaloBotRig(_Sends):
    """Over the Bot Platform's own host."""

    path = "/webhooks/zalo-bot"
    _base = "https://bot-api.zaloplatforms.com/bot12:tok/"

    def __init__(self) -> None:
        self.log = Log()
        self.wire = Wire("bot-api.zaloplatforms.com", {"ok": True, "result": {"message_id": "1", "date": 1}})
        client = httpx.AsyncClient(transport=self.wire)
        base = "https://bot-api.zaloplatforms.com"
        channel = ZaloBot(client, base, "12:tok", self.log, Uncounted(), "https://motcua.test", SECRET)
        self.sender, self.router = channel.sender, channel.routes()

    def signed(self, raw: bytes, case: dict[str, Any]) -> dict[str, str]:
        return _secret_of(case, "X-Bot-Api-Secret-Token")


class Uncounted:
    """A plan without end."""

    async def spend(self) -> None: ...

    async def told(self) -> dict[str, Any]:
        return {"used": 0, "of": 0}

    async def next_month(self) -> dt.datetime | None:
        return None


CONFIG = Config(
    app_id="360846524940903967",
    oa_id="388613280878808645",
    app_secret="app-secret-of-this-test",
    oa_secret="oa-secret-of-this-test",
    pictures=Hosts(("zdn.vn",), "http://zalo.test"),
    contact_image=IMAGE,
)


class Purse:
    """Tokens: the next one whenever one was refused; also when people wrote."""

    def __init__(self) -> None:
        self.given = 1

    async def get(self, refused: str | None = None) -> str:
        self.given += refused is not None
        return f"token-{self.given}"

    async def touch(self, address: Address, at: dt.datetime) -> None: ...


class ZaloOaRig(_Sends):
    """Over the OpenAPI's own host."""

    path = "/webhooks/zalo"
    _base = "https://openapi.zalo.me"

    def __init__(self) -> None:
        good = {"data": {"message_id": "8dbb", "quota": {}}, "error": 0, "message": "Success"}
        self.log, self.wire, purse = Log(), Wire("openapi.zalo.me", good), Purse()
        client = httpx.AsyncClient(transport=self.wire)
        api = Api(client, CONFIG.api_base, purse, lambda: NOW)
        self.sender = ZaloSender(api, IMAGE)
        parts: Any = (purse, purse, api.quota, client, lambda: NOW)
        told_of = {"on_unfollow": self.log.left, "on_rights": self.log.right, "on_receipt": self.log.receipt}
        self.router = Zalo(CONFIG, self.log, self.sender, *parts, **told_of).routes()

    def signed(self, raw: bytes, case: dict[str, Any]) -> dict[str, str]:
        by, secret = (
            case.get("by", "right"),
            CONFIG.app_secret if case.get("secret") == "app" else CONFIG.oa_secret,
        )
        if by == "nobody":
            return {}
        event = case.get("event")
        stamp = str(event.get("timestamp")) if isinstance(event, dict) else "1795395600000"
        headers = {}
        if case.get("stamp") == "header" or not isinstance(event, dict):
            stamp = "1795395600007"
            headers["X-ZEvent-Timestamp"] = stamp
        mac = sign(CONFIG.app_id, raw, stamp, secret if by == "right" else by)
        return {**headers, "X-ZEvent-Signature": mac}

    def calls(self) -> list[Any]:
        for request in self.wire.requests:
            assert "authorization" not in request.headers
        tokens = [r.headers["access_token"] for r in self.wire.requests]
        return [
            {**call, **({"token": token} if token != "token-1" else {})}
            for call, token in zip(super().calls(), tokens, strict=True)
        ]


class WebRig:
    """The page: what would be sent is what the request is answered."""

    path = "/api/chat"

    def __init__(self) -> None:
        self.log, self.wire = Log(), Wire("nowhere.test", None)
        self.router = routes(self.log, "tỉnh Đắk Lắk")

    def signed(self, raw: bytes, case: dict[str, Any]) -> dict[str, str]:
        return {"Content-Type": "application/json"}

    async def send(self, address: Address, message: Message) -> list[Any]:
        class Says:
            async def answer(self, _: Incoming) -> Reply:
                return Reply((message,))

        async with client_of(routes(Says(), "tỉnh Đắk Lắk")) as client:
            answer = await client.post("/api/chat", json={"session": address.id, "text": "x"})
        return [{"call": "answer", "body": answer.json()}]


RIGS: dict[str, Callable[[], Rig]] = {
    "web": WebRig,
    "telegram": TelegramRig,
    "zalo_oa": ZaloOaRig,
    "zalo_bot": ZaloBotRig,
}


def client_of(router: APIRouter) -> httpx.AsyncClient:
    """A client of an application with these routes."""
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(router)
    transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
    return httpx.AsyncClient(transport=transport, base_url="https://motcua.test")
