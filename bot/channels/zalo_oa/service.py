"""The running channel of an Official Account: the webhook, pictures, and the token kept fresh."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, HTTPException, Request, Response

from bot.channels import bodies, pictures
from bot.channels.contract import Inbound
from bot.channels.zalo_oa.config import NAME, Config
from bot.channels.zalo_oa.inbound import Event, Receipt, RightsRequest, Unfollowed, read
from bot.channels.zalo_oa.outbound import ZaloSender
from bot.channels.zalo_oa.quota import Quota
from bot.channels.zalo_oa.signature import is_genuine
from bot.channels.zalo_oa.template import Templates
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.windows import Windows, moment
from core.conversations.inbox import Arrival
from core.db.engine import AWAY
from core.errors import SendError
from core.messages import Address, Sender

log = structlog.get_logger()
WEBHOOK_PATH = "/webhooks/zalo"
MAX_BODY = 1024 * 1024
READ_SECONDS = 5.0
KEEP_SECONDS = 1.5  # Zalo waits 2 s
OLD = dt.timedelta(hours=24)  # Zalo repeats for less than two hours
LOOK_SECONDS = 600.0

OnUnfollow = Callable[[Address], Awaitable[None]]
OnRights = Callable[[RightsRequest], Awaitable[None]]
OnReceipt = Callable[[Receipt], Awaitable[None]]


class Zalo:
    """One Official Account.

    Args:
        config: ids, secrets and addresses.
        inbound: keeps what arrives.
        sender, tokens, windows, quota: over the same account; see ``build.build``.
        client: for pictures.
        clock: the time now, with its zone.
        on_unfollow: told when somebody unfollows.
        on_rights: told when somebody asks for what the law grants about their data. Without it the request
            is logged as an error, because the law sets a time limit.
        on_receipt: told when a template message reached a telephone.
        templates: paid templates; None when the settings name none.

    Callbacks may be called twice for one event. When one raises, Zalo is told to repeat the event.
    """

    name = NAME

    def __init__(
        self,
        config: Config,
        inbound: Inbound,
        sender: ZaloSender,
        tokens: Tokens,
        windows: Windows,
        quota: Quota,
        client: httpx.AsyncClient,
        clock: Callable[[], dt.datetime],
        *,
        on_unfollow: OnUnfollow | None = None,
        on_rights: OnRights | None = None,
        on_receipt: OnReceipt | None = None,
        templates: Templates | None = None,
    ) -> None:
        self._config, self._inbound, self._clock, self._client = config, inbound, clock, client
        self.sender: Sender = sender
        self.tokens, self.windows, self.quota, self.templates = tokens, windows, quota, templates
        self._on_unfollow, self._on_rights, self._on_receipt = on_unfollow, on_rights, on_receipt
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        """Keep the token fresh in the background, also when nobody writes; look at the templates."""
        self._tasks.append(asyncio.create_task(self._keep_fresh()))
        if self.templates is None:
            log.info("zalo_templates_off", remedy="ZALO_TEMPLATES_FILE names none; that step is skipped")
        else:
            self._tasks.append(asyncio.create_task(self.templates.check()))

    async def stop(self) -> None:
        """End; a renewal under way is finished first."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.tokens.close()
        await self._client.aclose()

    async def typing(self, address: Address) -> None:
        """Official Accounts cannot show that an answer is coming."""

    async def fetch(self, file: str) -> bytes | None:
        """A picture by its address; None when it cannot be had or is too large. Never raises."""
        return await pictures.fetch(self._client, file, self._config.pictures)

    async def status(self) -> dict[str, Any]:
        """Until when the token works, whether an operator must bring another, what Zalo told of quotas and
        templates (None without any)."""
        templates = self.templates.told() if self.templates else None
        return {"token": await self.tokens.status(), "quota": self.quota.told(), "templates": templates}

    def routes(self) -> APIRouter:
        """The webhook: checks the signature, keeps the event and answers 200 at once."""
        router = APIRouter()

        @router.post(WEBHOOK_PATH, include_in_schema=False)
        async def webhook(request: Request) -> Response:
            await self._receive(request, await bodies.read(request, MAX_BODY, READ_SECONDS))
            return Response()

        return router

    async def _receive(self, request: Request, raw: bytes) -> None:
        event, header = bodies.parsed(raw), request.headers.get("X-ZEvent-Timestamp", "")
        stamps = [str(event.get("timestamp") or "")] if event else []
        given = request.headers.get("X-ZEvent-Signature", "")
        if not is_genuine(given, self._config.app_id, raw, [*stamps, header], self._config.secrets()):
            log.warning("zalo_signature_wrong", signed=bool(given))
            raise HTTPException(403)
        if event is None or not isinstance(event.get("event_name"), str):
            raise HTTPException(422)
        at = moment(event.get("timestamp")) or moment(header) or self._clock()
        if self._clock() - at > OLD:
            log.warning("zalo_event_old", name=event["event_name"][:60])  # a replay: Zalo gave up long ago
            return
        try:
            async with asyncio.timeout(KEEP_SECONDS):
                await self._keep(read(event, self._config), at)
        except Exception as error:  # whatever it was: 200 would lose the message
            log.error("zalo_event_not_kept", error=type(error).__name__)
            raise HTTPException(503) from None

    async def _keep(self, event: Event | None, at: dt.datetime) -> None:
        match event:
            case Arrival():
                await self._inbound.put(event)
                await self._touch(event, at)
            case Unfollowed() if self._on_unfollow:
                await self._on_unfollow(event.address)
            case RightsRequest() if self._on_rights:
                await self._on_rights(event)
            case RightsRequest():
                log.error("zalo_rights_request_unhandled", name=event.event, remedy="see oa.zalo.me")
            case Receipt() if self._on_receipt:
                await self._on_receipt(event)

    async def _touch(self, event: Arrival, at: dt.datetime) -> None:
        if event.incoming.kind == "payload" and event.incoming.text == "/start":
            return  # following is not known to open a window
        try:
            await self.windows.touch(event.incoming.address, min(at, self._clock()))
        except AWAY as error:
            log.warning("zalo_interaction_not_kept", error=type(error).__name__)

    async def _keep_fresh(self) -> None:
        while True:
            try:
                await self.tokens.get()
                await self.windows.forget_old(self._clock())
            except SendError as error:
                log.warning("zalo_no_token", reason=str(error))
            except AWAY as error:
                log.warning("zalo_upkeep_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)
