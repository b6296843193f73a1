"""Sending over the Bot Platform: text of at most 2,000 letters, choices as numbers. SendError only."""

from __future__ import annotations

import unicodedata
from typing import Any

import httpx

from core.errors import SendError
from core.messages import Address, Message, split

LIMIT = 2_000
_LATER = 5.0  # seconds until another try after a failure on their side
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
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendError(f"Zalo bot: {type(error).__name__}", retry_after=_LATER) from None
        except httpx.HTTPError as error:
            raise SendError(f"Zalo bot: {type(error).__name__}", unknown=True) from None
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise SendError(f"Zalo bot: HTTP {response.status_code} without JSON", retry_after=_LATER)
        if answer.get("ok") is True:
            return answer.get("result")
        raise _refusal(answer.get("error_code") or response.status_code)


def _refusal(code: object) -> SendError:
    """What a refusal means for the sender."""
    if code == 429:
        # The month's messages or the fifty people of the free plan are used up: not a matter of seconds.
        return SendError("Zalo bot: 429, the plan's limit is reached", retry_after=3600.0, rate=True)
    if code == 401:
        return SendError("ZALO_BOT_TOKEN was refused by Zalo", configuration=True)
    if isinstance(code, int) and code >= 500:
        return SendError(f"Zalo bot: {code}", retry_after=_LATER)
    return SendError(f"Zalo bot: refused with {code}", gone=code == _GONE)


class ZaloBotSender:
    """Delivers messages as plain text."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message. Raises SendError only."""
        for part in split(Message(rendered(message)), LIMIT):
            await self._api.call("sendMessage", {"chat_id": address.id, "text": part.text})


def rendered(message: Message) -> str:
    """The message as one text in NFC (NFD would be longer): links written out, choices numbered.

    The conversation takes the number of a choice for the choice, counting those that come back only.
    """
    lines, number = [message.text], 0
    for button in message.buttons:
        if button.url:
            lines.append(f"→ {button.title}: {button.url}")
        elif button.payload:
            number += 1
            lines.append(f"{number}. {button.title}")
    if number:
        lines.append("(Trả lời bằng số của mục anh/chị chọn.)")
    return unicodedata.normalize("NFC", "\n".join(lines))
