"""Sending to an Official Account's followers. Every failure becomes a SendError that says what to do about it."""

from __future__ import annotations

from bot.channels.zalo_oa.api import Api
from core.messages import Address, Message
from core.rendering.zalo import render

PATH = "/v3.0/oa/message/cs"


class ZaloSender:
    """Delivers messages as consultation messages ("tin tư vấn").

    Args:
        api: the account.
        contact_image: https address of the picture over the form that asks for the telephone number.
    """

    def __init__(self, api: Api, contact_image: str | None = None) -> None:
        self._api, self._contact_image = api, contact_image

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message, in parts where Zalo's limit asks for it. Raises SendError only.

        When a later part fails, the earlier ones have arrived and a repeat shows them again.
        """
        for body in render(message, self._contact_image):
            await self._api.post(PATH, {"recipient": {"user_id": address.id}, "message": body})
