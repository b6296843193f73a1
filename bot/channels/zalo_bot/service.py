"""The running channel: a webhook where there is a public address, else getUpdates (for development)."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from fastapi import APIRouter, HTTPException, Request, Response

from bot.channels.bodies import json_object
from bot.channels.contract import Inbound
from bot.channels.zalo_bot.inbound import CHANNEL, read
from bot.channels.zalo_bot.outbound import Api, ZaloBotSender
from core.errors import SendError
from core.messages import MAX_PHOTO, Address, Sender
from core.settings import Settings

log = structlog.get_logger()
WEBHOOK_PATH = "/webhooks/zalo-bot"
MAX_BODY = 1024 * 1024
POLL = 30  # seconds one getUpdates waits
_FIRST, _LONGEST = 1.0, 60.0  # seconds between tries when Zalo is out of reach


class ZaloBot:
    """Implements :class:`bot.channels.contract.Channel`.

    Args:
        public_url: the address Zalo calls; None: polling.
        secret: sent back by Zalo with every event, 8 to 256 letters; needed with ``public_url``.
        photo_hosts: hosts pictures may be fetched from.
    """

    name = CHANNEL

    def __init__(
        self,
        client: httpx.AsyncClient,
        base: str,
        token: str,
        inbox: Inbound,
        public_url: str | None = None,
        secret: str | None = None,
        photo_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._client, self._api, self._inbox = client, Api(client, base, token), inbox
        self._public_url, self._secret, self._hosts = public_url, secret or "", photo_hosts
        self.sender: Sender = ZaloBotSender(self._api)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the polling; what was taken in stays in the inbox."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._client.aclose()

    async def typing(self, address: Address) -> None:
        """Show that an answer is coming; a courtesy that may fail."""
        try:
            await self._api.call("sendChatAction", {"chat_id": address.id, "action": "typing"})
        except SendError as error:
            log.info("zalo_bot_courtesy_failed", reason=str(error))

    async def fetch(self, file: str) -> bytes | None:
        """A picture from one of the known hosts; None when it cannot be had or is too large."""
        address = urlsplit(file)
        if address.scheme != "https" or address.hostname not in self._hosts:
            return None
        data = bytearray()
        try:
            async with asyncio.timeout(10), self._client.stream("GET", file) as response:
                response.raise_for_status()
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > MAX_PHOTO:
                        return None
        except (httpx.HTTPError, TimeoutError):
            return None
        return bytes(data)

    def routes(self) -> APIRouter:
        """The webhook: checks the secret, keeps the event and answers 200."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            given = request.headers.get("X-Bot-Api-Secret-Token", "")
            if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
                raise HTTPException(403)
            await self._take((await json_object(request, MAX_BODY)).get("result"))
            return Response()

        return router

    async def _take(self, event: Any) -> None:
        """Keep an event; the platform does not repeat a failed call, so a failure is an error worth an alarm."""
        if arrival := read(event):
            await self._inbox.put(arrival)

    async def _run(self) -> None:
        wait = _FIRST
        while True:
            try:
                if self._public_url:
                    await self._set_webhook()
                    return
                await self._api.call("deleteWebhook", {})
                log.info("zalo_bot_ready", mode="polling")
                while True:
                    event = await self._api.call("getUpdates", {"timeout": POLL}, seconds=POLL + 10)
                    await self._take(event)
                    wait = _FIRST
            except SendError as error:
                log.warning("zalo_bot_unreachable", reason=str(error), again_in_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST)

    async def _set_webhook(self) -> None:
        assert self._public_url
        url = self._public_url.rstrip("/") + WEBHOOK_PATH
        await self._api.call("setWebhook", {"url": url, "secret_token": self._secret})
        log.info("zalo_bot_ready", mode="webhook")


def build(settings: Settings, inbox: Inbound) -> ZaloBot:
    """The channel, ready to start; ``zalo_bot_token`` must be set."""
    assert settings.zalo_bot_token
    secret = settings.zalo_bot_secret
    return ZaloBot(
        httpx.AsyncClient(follow_redirects=False),
        settings.zalo_bot_api_base_url,
        settings.zalo_bot_token.get_secret_value(),
        inbox,
        settings.public_url,
        secret.get_secret_value() if secret else None,
    )
