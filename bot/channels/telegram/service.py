"""The running Telegram channel: polling without a public address, a webhook with one."""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from telegram import BotCommand, Update
from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, ContextTypes, TypeHandler

from bot.channels.telegram.inbound import incoming, picture
from bot.channels.telegram.outbound import TelegramSender
from core.conversations.received import Received
from core.errors import SendError
from core.messages import MAX_PHOTO, Address, Answerer, Message
from core.settings import Settings

log = structlog.get_logger()
WEBHOOK_PATH = "/webhooks/telegram"
ALLOWED = ["message", "callback_query"]
MAX_BODY = 1024 * 1024
DOWNLOAD_SECONDS = 10.0
COMMANDS = (
    ("thutuc", "Thủ tục thường gặp, hoặc /thutuc kèm việc cần làm"),
    ("hoso", "Hồ sơ của tôi, hoặc /hoso kèm mã hồ sơ"),
    ("help", "Tôi giúp được gì"),
    ("start", "Bắt đầu lại"),
)


class Telegram:
    """Takes updates in, answers them, and starts again by itself when Telegram is out of reach."""

    def __init__(
        self,
        settings: Settings,
        answerer: Answerer,
        received: Received,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._settings, self._answerer, self._received, self._clock = settings, answerer, received, clock
        self._app = _build(settings)
        self._app.add_handler(TypeHandler(Update, self._handle))
        self._app.add_error_handler(_on_error)
        self._sender = TelegramSender(self._app.bot)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect in the background: the web chat never waits for Telegram."""
        self._task = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        """Stop taking updates and finish those being answered."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._app.updater and self._app.updater.running:
            await self._app.updater.stop()
        if self._app.running:
            await self._app.stop()
        await self._app.shutdown()

    async def _connect(self) -> None:
        wait = 1.0
        while True:
            try:
                await self._open()
            except InvalidToken:
                log.error("telegram_token_refused", remedy="check TELEGRAM_BOT_TOKEN")
                return
            except TelegramError as error:
                log.warning("telegram_unreachable", error=type(error).__name__, again_in_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60.0)
            else:
                log.info("telegram_ready", mode="webhook" if self._settings.public_url else "polling")
                return

    async def _open(self) -> None:
        await self._app.initialize()
        await self._app.bot.set_my_commands([BotCommand(*c) for c in COMMANDS])
        if self._settings.public_url and self._settings.telegram_webhook_secret:
            await self._app.bot.set_webhook(
                self._settings.public_url.rstrip("/") + WEBHOOK_PATH,
                secret_token=self._settings.telegram_webhook_secret.get_secret_value(),
                allowed_updates=ALLOWED,
            )
        elif self._app.updater:
            await self._app.updater.start_polling(
                allowed_updates=ALLOWED, bootstrap_retries=-1, error_callback=_on_polling_error
            )
        await self._app.start()
        await self._received.forget_old(self._clock())

    def routes(self) -> APIRouter:
        """The webhook: checks the secret, hands the update on and answers 200 at once."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            secret = self._settings.telegram_webhook_secret
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if secret is None or not hmac.compare_digest(given.encode(), secret.get_secret_value().encode()):
                raise HTTPException(403)
            update = Update.de_json(await _body(request), self._app.bot)
            await self._app.update_queue.put(update)
            return Response()

        return router

    async def _handle(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        asked = incoming(update)
        if asked is None:
            return
        if not await self._received.first_time("telegram", str(update.update_id), self._clock()):
            return
        if update.callback_query:
            await _quietly(update.callback_query.answer())
        await _quietly(self._app.bot.send_chat_action(int(asked.address.id), ChatAction.TYPING))
        if file_id := picture(update):
            asked = replace(asked, photo=await self._download(file_id))
        reply = await self._answerer.answer(asked)
        remove = asked.kind == "contact"
        for message in reply.messages:
            if not await self._deliver(asked.address, message, remove):
                return
            remove = False

    async def _download(self, file_id: str) -> bytes | None:
        """The bytes of a picture; None when they do not come in time or are too many."""
        try:
            async with asyncio.timeout(DOWNLOAD_SECONDS):
                file = await self._app.bot.get_file(file_id)
                if (file.file_size or 0) > MAX_PHOTO:
                    return None
                photo = bytes(await file.download_as_bytearray())
        except (TelegramError, TimeoutError) as error:
            log.warning("telegram_photo_not_fetched", error=type(error).__name__)
            return None
        return photo if len(photo) <= MAX_PHOTO else None

    async def _deliver(self, address: Address, message: Message, remove_keyboard: bool = False) -> bool:
        """Send, once more after a short wait where the error says that helps."""
        for last in (False, True):
            try:
                await self._sender.send(address, message, remove_keyboard=remove_keyboard)
            except SendError as error:
                if last or error.retry_after is None or error.retry_after > 30:
                    log.warning("telegram_not_sent", reason=str(error), gone=error.gone)
                    return False
                await asyncio.sleep(error.retry_after)
            else:
                return True
        return False


def _build(settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
    assert settings.telegram_bot_token is not None
    # PTB's builder changes type with every step; its methods are what is checked here.
    builder: Any = ApplicationBuilder().token(settings.telegram_bot_token.get_secret_value())
    builder = builder.rate_limiter(AIORateLimiter(max_retries=1)).concurrent_updates(32).job_queue(None)
    if settings.telegram_api_base_url:
        base = settings.telegram_api_base_url.rstrip("/")
        builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
    if settings.telegram_proxy:
        builder = builder.proxy(settings.telegram_proxy).get_updates_proxy(settings.telegram_proxy)
    if settings.public_url:
        builder = builder.updater(None)
    built: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    return built


async def _body(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    try:
        data = json.loads(bytes(body))
    except ValueError:
        raise HTTPException(422) from None
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        raise HTTPException(422)
    return data


async def _quietly(call: Any) -> None:
    """A courtesy (typing, the button's clock) that must not cost the answer when it fails."""
    try:
        await call
    except TelegramError as error:
        log.info("telegram_courtesy_failed", error=type(error).__name__)


def _on_polling_error(error: TelegramError) -> None:
    # 409: another process polls with the same token, or a webhook is still set.
    log.warning("telegram_polling", error=type(error).__name__)


async def _on_error(_: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    # The update itself is never logged: it holds what a citizen wrote.
    log.error("telegram_update_failed", error=type(context.error).__name__)
