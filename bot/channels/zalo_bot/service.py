"""The running channel: a webhook where there is a public address, else getUpdates (for development)."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, HTTPException, Request, Response

from bot.channels import pictures
from bot.channels.bodies import json_object
from bot.channels.contract import Inbound
from bot.channels.pictures import NOWHERE, Hosts, hosts
from bot.channels.zalo_bot.inbound import CHANNEL, read
from bot.channels.zalo_bot.outbound import Api, ZaloBotSender
from bot.channels.zalo_bot.quota import Monthly
from core.errors import SendError
from core.messages import Address, Sender
from core.settings import Settings

log = structlog.get_logger()
WEBHOOK_PATH = "/webhooks/zalo-bot"
MAX_BODY = 1024 * 1024
POLL = 30  # seconds one getUpdates waits
KEEP_SECONDS = 1.5  # the platform is answered by then
_FIRST, _LONGEST = 1.0, 60.0  # seconds between tries when Zalo is out of reach


class ZaloBot:
    """Implements :class:`bot.channels.contract.Channel`.

    Args:
        public_url: the address Zalo calls; None: polling.
        secret: sent back by Zalo with every event, 8 to 256 letters; needed with ``public_url``.
        photos: where pictures may be fetched from.
        monthly: counts what is sent against the plan.
    """

    name = CHANNEL

    def __init__(
        self,
        client: httpx.AsyncClient,
        base: str,
        token: str,
        inbox: Inbound,
        monthly: Monthly,
        public_url: str | None = None,
        secret: str | None = None,
        photos: Hosts = NOWHERE,
    ) -> None:
        self._client, self._api, self._inbox = client, Api(client, base, token), inbox
        self._public_url, self._secret, self._pictures = public_url, secret or "", photos
        self._monthly, self._connected = monthly, False
        self.sender: Sender = ZaloBotSender(self._api, monthly)
        self._task: asyncio.Task[None] | None = None
        self._keeping: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect in the background."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the polling; what was taken in stays in the inbox."""
        tasks = [*self._keeping, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    async def typing(self, address: Address) -> None:
        """Show that an answer is coming; a courtesy that may fail."""
        try:
            await self._api.call("sendChatAction", {"chat_id": address.id, "action": "typing"})
        except SendError as error:
            log.info("zalo_bot_courtesy_failed", reason=str(error))

    async def fetch(self, file: str) -> bytes | None:
        """A picture from one of the known hosts; None when it cannot be had or is too large."""
        return await pictures.fetch(self._client, file, self._pictures)

    async def status(self) -> dict[str, Any]:
        """How it takes messages in, and what of the month's plan is used."""
        mode = "webhook" if self._public_url else "polling"
        return {"mode": mode, "connected": self._connected, "quota": await self._monthly.told()}

    def routes(self) -> APIRouter:
        """The webhook: checks the secret, keeps the event and answers 200."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            given = request.headers.get("X-Bot-Api-Secret-Token", "")
            if not self._secret or not hmac.compare_digest(given.encode(), self._secret.encode()):
                raise HTTPException(403)
            await self._keep_in_time((await json_object(request, MAX_BODY)).get("result"))
            return Response()

        return router

    async def _keep_in_time(self, event: Any) -> None:
        """Keep an event; one that cannot be kept now is answered 503 and kept as soon as it can be."""
        keeping = asyncio.create_task(self._keep(event))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)
        await asyncio.wait([keeping], timeout=KEEP_SECONDS)
        if not keeping.done():
            raise HTTPException(503)

    async def _keep(self, event: Any) -> None:
        """Put an event into the inbox, however long that takes: the platform is not known to send it again."""
        arrival, wait = read(event), _FIRST
        while arrival:
            try:
                await self._inbox.put(arrival)
                return
            except Exception as error:  # whatever the database's driver raises
                log.error("zalo_bot_event_not_kept", error=type(error).__name__, again_in_seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST)

    async def _run(self) -> None:
        wait = _FIRST
        while True:
            try:
                if self._public_url:
                    await self._set_webhook()
                    self._connected = True
                    return
                await self._api.call("deleteWebhook", {})
                self._connected = True
                log.info("zalo_bot_ready", mode="polling")
                while True:
                    event = await self._api.call("getUpdates", {"timeout": POLL}, seconds=POLL + 10)
                    await self._keep(event)
                    wait = _FIRST
            except SendError as error:
                self._connected = False
                log.warning("zalo_bot_unreachable", reason=str(error), again_in_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST)

    async def _set_webhook(self) -> None:
        assert self._public_url
        url = self._public_url.rstrip("/") + WEBHOOK_PATH
        await self._api.call("setWebhook", {"url": url, "secret_token": self._secret})
        log.info("zalo_bot_ready", mode="webhook")


def build(settings: Settings, inbox: Inbound, monthly: Monthly) -> ZaloBot:
    """The channel, ready to start; ``zalo_bot_token`` must be set."""
    assert settings.zalo_bot_token
    secret = settings.zalo_bot_secret
    return ZaloBot(
        httpx.AsyncClient(follow_redirects=False),
        settings.zalo_bot_api_base_url,
        settings.zalo_bot_token.get_secret_value(),
        inbox,
        monthly,
        settings.public_url,
        secret.get_secret_value() if secret else None,
        hosts(settings.zalo_media_hosts, settings.zalo_media_base_url),
    )
