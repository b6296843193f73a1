"""Sending over the Bot Platform: text of at most 2,000 letters, choices as numbers. SendError only."""

from __future__ import annotations

from typing import Any

import httpx

from bot.channels import transport
from bot.channels.zalo_bot.quota import Monthly
from core.errors import SendError
from core.messages import Address, Message
from core.rendering.zalobot import render

_NOBODY_WROTE = 408  # how a long poll ends that brought nothing
_GONE = 403  # the person blocked the bot or never wrote to it


class Api:
    """The platform's methods. Its address holds the token, so no address is ever logged or raised.

    Args:
        base: such as ``https://bot-api.zaloplatforms.com``.
    """

    def __init__(self, client: httpx.AsyncClient, base: str, token: str) -> None:
        self._client, self._base = client, f"{base.rstrip('/')}/bot{token}"

    async def call(self, method: str, body: dict[str, Any], seconds: float = 10.0) -> Any:
        """The ``result`` of a method.

        Raises:
            SendError: refused (HTTP 200 may carry ``ok: false``), out of reach, or no answer.
        """
        try:
            response = await self._client.post(f"{self._base}/{method}", json=body, timeout=seconds)
        except httpx.HTTPError as error:
            raise transport.failure("Zalo bot", error) from None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            said = f"Zalo bot: HTTP {response.status_code} without JSON"
            if response.is_success:  # something between us and the platform; it may have been delivered
                raise SendError(said, unknown=True)
            raise SendError(said, retry_after=transport.SOON)
        if answer.get("ok") is True:
            return answer.get("result")
        code = answer.get("error_code") or response.status_code
        if method == "getUpdates" and code == _NOBODY_WROTE:
            return None
        raise _refusal(code)


def _refusal(code: object) -> SendError:
    """What a refusal means for the sender."""
    if code == 429:
        # The month's messages or the fifty people of the free plan are used up: not a matter of seconds.
        return SendError("Zalo bot: 429, the plan's limit is reached", retry_after=3600.0, rate=True)
    if code == 401:
        return SendError("ZALO_BOT_TOKEN was refused by Zalo", configuration=True)
    if isinstance(code, int) and code >= 500:
        return SendError(f"Zalo bot: {code}", retry_after=transport.SOON)
    return SendError(f"Zalo bot: refused with {code}", gone=code == _GONE)


class ZaloBotSender:
    """Delivers messages as plain text; ``monthly`` counts them."""

    def __init__(self, api: Api, monthly: Monthly | None = None) -> None:
        self._api, self._monthly = api, monthly

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message. Raises SendError only."""
        for part in render(message):
            try:
                await self._api.call("sendMessage", {"chat_id": address.id, "text": part})
            except SendError as error:
                if error.rate and self._monthly and (then := await self._monthly.next_month()):
                    raise SendError("Zalo bot: 429, the month is used up", not_before=then) from None
                raise
            if self._monthly:
                await self._monthly.spend()
