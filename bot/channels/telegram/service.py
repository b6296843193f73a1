"""The running Telegram channel: polling without a public address, a webhook with one."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Coroutine
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from telegram import BotCommand
from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.channels.bodies import json_object
from bot.channels.telegram.inbound import CHANNEL
from bot.channels.telegram.intake import Intake, OnMembership, nobody_told
from bot.channels.telegram.outbound import TelegramSender
from core.conversations.inbox import Inbox
from core.messages import MAX_PHOTO, Address, Sender
from core.settings import Settings

log = structlog.get_logger()
WEBHOOK_PATH = "/webhooks/telegram"
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
MAX_BODY = 1024 * 1024
DOWNLOAD_SECONDS = 10.0
POLL_SECONDS = 10  # one getUpdates waits for so long
KEEP_SECONDS = 0.08  # the inbox has so long; then Telegram is asked to send the update again
STATUS_SECONDS = 3.0
_LONGEST = 60.0  # seconds between tries when Telegram is out of reach
COMMANDS = (
    ("thutuc", "Thủ tục thường gặp, hoặc /thutuc kèm việc cần làm"),
    ("hoso", "Hồ sơ của tôi, hoặc /hoso kèm mã hồ sơ"),
    ("lienket", "Liên kết với tài khoản Zalo hoặc trang web của anh/chị"),
    ("nhacnho", "Nhắc việc: loại nào, giờ nào, tạm dừng, dừng"),
    ("nhanthongbao", "Nhận thông báo của xã, phường"),
    ("kiemtra", "Kiểm tra một tin có phải do tỉnh gửi, kèm mã kiểm tra"),
    ("help", "Tôi giúp được gì"),
    ("start", "Bắt đầu lại"),
)


class Telegram:
    """Implements :class:`bot.channels.contract.Channel`; starts again by itself when Telegram is away."""

    name = CHANNEL

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        on_membership: OnMembership = nobody_told,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings, self._connected = settings, False
        self._bot = build(settings, transport)
        sender = TelegramSender(self._bot)
        self.sender: Sender = sender
        self._intake = Intake(self._bot, inbox, sender, on_membership)
        self._offset: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Connect in the background: the web chat never waits for Telegram."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take in nothing more. What was taken but not confirmed comes again and is known as a repeat."""
        tasks = [*self._background, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._bot.shutdown()

    async def typing(self, address: Address) -> None:
        """Show "đang nhập…"."""
        await _quietly(self._bot.send_chat_action(int(address.id), ChatAction.TYPING))

    async def fetch(self, file: str) -> bytes | None:
        """The bytes of a picture; None when they do not come in time or are too many."""
        try:
            async with asyncio.timeout(DOWNLOAD_SECONDS):
                found = await self._bot.get_file(file)
                if (found.file_size or 0) > MAX_PHOTO:
                    return None
                photo = bytes(await found.download_as_bytearray())
        except (TelegramError, TimeoutError) as error:
            log.warning("telegram_photo_not_fetched", error=type(error).__name__)
            return None
        return photo if len(photo) <= MAX_PHOTO else None

    async def status(self) -> dict[str, Any]:
        """How updates come in; with a webhook also what Telegram says about it."""
        told: dict[str, Any] = {"mode": self._mode, "connected": self._connected}
        if self._mode == "webhook" and self._connected:
            try:
                async with asyncio.timeout(STATUS_SECONDS):
                    info = await self._bot.get_webhook_info()
                told |= {"waiting": info.pending_update_count, "last_error": info.last_error_message}
            except (TelegramError, TimeoutError) as error:
                told |= {"connected": False, "last_error": type(error).__name__}
        return told

    @property
    def _mode(self) -> str:
        return "webhook" if self._settings.public_url else "polling"

    def routes(self) -> APIRouter:
        """The webhook: checks the secret, keeps the update and answers 200, or 503 when it is not kept."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            secret = self._settings.telegram_webhook_secret
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if secret is None or not hmac.compare_digest(given.encode(), secret.get_secret_value().encode()):
                raise HTTPException(403)
            await self._keep_in_time(await _body(request))
            return Response()

        return router

    async def _keep_in_time(self, data: dict[str, Any]) -> None:
        """Keep an update. When that takes long it goes on, and the repeat Telegram sends is known as one."""
        keeping = self._begin(self._take(data))
        await asyncio.wait([keeping], timeout=KEEP_SECONDS)
        if not keeping.done() or keeping.exception() is not None:
            raise HTTPException(503)

    async def _take(self, data: dict[str, Any]) -> None:
        """Keep an update; a pressed button shows no waiting any more."""
        try:
            update = await self._intake.take(data)
        except Exception as error:  # whatever the database's driver raises; the update comes again
            log.error("telegram_update_not_kept", error=type(error).__name__)
            raise
        if update and update.callback_query:
            self._begin(_quietly(update.callback_query.answer()))

    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """A failure was logged where it happened; looked at, asyncio does not log it again, with a traceback."""
        self._background.discard(task)
        if not task.cancelled():
            task.exception()

    async def _run(self) -> None:
        """Connect, and poll where there is no webhook; once more after every failure, for as long as it takes."""
        wait = 1.0
        while True:
            try:
                if not self._connected:
                    await self._connect()
                    self._connected = True
                if self._settings.public_url:
                    return
                await self._poll()
            except InvalidToken:
                log.error("telegram_token_refused", remedy="check TELEGRAM_BOT_TOKEN")
                return
            except TelegramError as error:
                # 409: another process polls with the same token.
                log.warning("telegram_unreachable", error=type(error).__name__, again_in_seconds=wait)
            except Exception as error:  # the inbox is out of reach: nothing was confirmed
                log.warning("telegram_waits", error=type(error).__name__, again_in_seconds=wait)
            else:
                wait = 1.0
                continue
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST)

    async def _connect(self) -> None:
        await self._bot.initialize()
        await self._bot.set_my_commands([BotCommand(*c) for c in COMMANDS])
        if self._settings.public_url and self._settings.telegram_webhook_secret:
            await self._bot.set_webhook(
                self._settings.public_url.rstrip("/") + WEBHOOK_PATH,
                secret_token=self._settings.telegram_webhook_secret.get_secret_value(),
                allowed_updates=ALLOWED,
            )
        else:
            await self._bot.delete_webhook()
        log.info("telegram_ready", mode=self._mode)

    async def _poll(self) -> None:
        """One long poll. The offset, which confirms, moves on only behind what was kept."""
        asked = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED, "offset": self._offset}
        # Bot.get_updates would log what citizens wrote when PTB cannot read one update, and never get past it.
        updates = await self._bot._post("getUpdates", asked, read_timeout=POLL_SECONDS + 5.0)
        for data in updates if isinstance(updates, list) else []:
            await self._take(data)
            self._offset = int(data["update_id"]) + 1


def build(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> ExtBot[Any]:
    """The client of the Bot API; ``transport`` carries its requests in place of the network."""
    assert settings.telegram_bot_token is not None
    base = (settings.telegram_api_base_url or "https://api.telegram.org").rstrip("/")
    more: dict[str, Any] = {"httpx_kwargs": {"transport": transport}} if transport else {}
    return ExtBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(connection_pool_size=64, proxy=settings.telegram_proxy, **more),
        get_updates_request=HTTPXRequest(connection_pool_size=1, proxy=settings.telegram_proxy, **more),
        rate_limiter=AIORateLimiter(max_retries=1),
    )


async def _body(request: Request) -> dict[str, Any]:
    data = await json_object(request, MAX_BODY)
    if not isinstance(data.get("update_id"), int):
        raise HTTPException(422)
    return data


async def _quietly(call: Coroutine[Any, Any, Any]) -> None:
    """A courtesy (typing, the button's clock) that must not cost the answer when it fails."""
    try:
        await call
    except TelegramError as error:
        log.info("telegram_courtesy_failed", error=type(error).__name__)
