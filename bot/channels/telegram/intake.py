"""From Telegram's updates into the inbox. What cannot be kept is not confirmed: Telegram sends it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot, Update
from telegram.constants import ChatType

from bot.channels.telegram.inbound import CHANNEL, arrival, edited, group_spoken_to, reachable
from bot.channels.telegram.outbound import TelegramSender
from core.conversations.inbox import Arrival, Inbox
from core.messages import Address, Incoming
from core.sentences import sentence

log = structlog.get_logger()
OnMembership = Callable[[Address, bool], Awaitable[None]]


async def nobody_told(address: Address, reachable: bool) -> None:
    """Stands where nobody wants to know who blocks the bot."""


class Intake:
    """Keeps updates.

    Args:
        on_membership: told who blocked (False) or unblocked (True) the bot.
    """

    def __init__(
        self, bot: Bot, inbox: Inbox, sender: TelegramSender, on_membership: OnMembership = nobody_told
    ) -> None:
        self._bot, self._inbox, self._sender, self._on_membership = bot, inbox, sender, on_membership

    async def take(self, data: dict[str, Any]) -> Update | None:
        """Keep one update; gives it back when it was kept now. Raises when the inbox is out of reach."""
        try:
            update = Update.de_json(data, self._bot)
            group = group_spoken_to(update)
            change, said = edited(update), arrival(update)
        except Exception as error:  # a field Telegram changed: sending it again would not help
            log.error("telegram_update_unreadable", error=type(error).__name__)
            return None
        if group:
            await self._decline(group)
        elif update.my_chat_member:
            await self._membership(update)
        elif change:
            await self._inbox.edit(*change)
        elif said:
            return update if await self._keep(said) else None
        return None

    async def _keep(self, said: Arrival) -> bool:
        if said.incoming.kind in ("contact", "location"):
            self._sender.shared(said.incoming.address, said.incoming.kind)
        return await self._inbox.put(said)

    async def _decline(self, group: Address) -> None:
        """Ask to be written to privately, once a group for as long as the inbox remembers."""
        asked = Arrival(f"group:{group.id}", Incoming(group, ""))
        await self._inbox.put(asked, (sentence("group"),))

    async def _membership(self, update: Update) -> None:
        change = update.my_chat_member
        if change is None or change.chat.type != ChatType.PRIVATE:
            return
        address, can_write = Address(CHANNEL, str(change.chat.id)), reachable(change)
        dropped = 0 if can_write else await self._inbox.drop(address)
        log.info("telegram_membership", reachable=can_write, dropped=dropped)
        await self._on_membership(address, can_write)
