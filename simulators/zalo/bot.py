"""What the Bot Platform knows of one bot: docs.zaloplatforms.com/docs/BOT.

Basic plan: 50 people a bot, 3,000 messages a month; then a real 429. A failed webhook call is not repeated.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

import httpx

from simulators.zalo.clock import Clock, Ids
from simulators.zalo.hooks import post
from simulators.zalo.media import Media
from simulators.zalo.refusals import Refusal
from simulators.zalo.switches import Switches

USERS, MONTHLY, TEXT = 50, 3000, 2000


@dataclass(slots=True)
class BotHook:
    """Where updates are posted to, and how that went."""

    url: str
    secret: str
    updated_at: int
    answers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BotSent:
    """One message of the bot; ``content`` is the body of the call as it came."""

    method: str
    chat: str
    content: dict[str, Any]
    id: str

    @property
    def text(self) -> str:
        """Its text, or the caption of a picture."""
        return str(self.content.get("text") or self.content.get("caption") or "")


@dataclass
class Bot:
    """One bot.

    Args:
        users, monthly: the limits of the plan.
        chats: people who wrote, oldest first, by chat id: the name.
        updates: waiting for ``getUpdates`` or for the webhook.
        blocked: chats that refuse the bot.
    """

    clock: Clock
    ids: Ids
    media: Media
    switches: Switches
    token: str = "1234567890:bot-token-of-the-simulator"  # noqa: S105
    users: int = USERS
    monthly: int = MONTHLY
    chats: dict[str, str] = field(default_factory=dict)
    sent: list[BotSent] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    updates: deque[dict[str, Any]] = field(default_factory=deque)
    events: list[dict[str, Any]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    hook: BotHook | None = None
    used: Counter[str] = field(default_factory=Counter)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def chat(self) -> str:
        """The id of somebody who has not written yet."""
        return self.ids.hexadecimal()

    def write(self, chat: str, text: str, **more: Any) -> dict[str, Any]:
        """A text; ``more`` as in :meth:`update`."""
        return self.update(chat, "text", {"text": text}, **more)

    def photo(self, chat: str, data: bytes, caption: str = "", mime: str = "image/jpeg") -> dict[str, Any]:
        """A picture, to be had at the address in the update."""
        url = self.media.keep(data, mime)
        return self.update(chat, "image", {self.switches.bot_photo_key: url, "caption": caption})

    def sticker(self, chat: str) -> dict[str, Any]:
        """A sticker."""
        url = self.media.keep(b"GIF89a", "image/gif")
        return self.update(chat, "sticker", {"sticker": "bfe458bf64fa8da4d4eb", "url": url})

    def voice(self, chat: str) -> dict[str, Any]:
        """A voice message."""
        return self.update(chat, "voice", {"voice_url": self.media.keep(b"\xff\xf1", "audio/aac")})

    def unsupported(self, chat: str) -> dict[str, Any]:
        """Something bots are not shown."""
        return self.update(chat, "unsupported", {})

    def update(
        self, chat: str, kind: str, content: dict[str, Any], name: str = "Hoa", group: bool = False
    ) -> dict[str, Any]:
        """Something arrives: ``message.<kind>.received``."""
        self.chats.setdefault(chat, name)
        message = {
            "from": {"id": chat, "display_name": self.chats[chat], "is_bot": False},
            "chat": {"id": chat, "chat_type": "GROUP" if group else "PRIVATE"},
            **content,
            "message_id": self.ids.hexadecimal(),
            "date": int(self.clock.ms()),
        }
        update = {"event_name": f"message.{kind}.received", "message": message}
        self.events.append(update)
        self.repeat(update)
        return update

    def repeat(self, update: dict[str, Any]) -> None:
        """Deliver an update again."""
        self.updates.append(update)
        self.arrived.set()

    def texts(self, chat: str) -> list[str]:
        """What was sent to one chat, in order."""
        return [s.text for s in self.sent if s.chat == chat]

    def spend(self, chat: str) -> None:
        """Take one message from the plan. Raises Refusal, 429 with that status."""
        if chat not in self.chats:
            if not self.switches.bot_writes_first:
                raise Refusal(400, "Bad Request: chat not found")
            self.chats[chat] = ""
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        month = f"{self.clock.now():%Y-%m}"
        if list(self.chats).index(chat) >= self.users or self.used[month] >= self.monthly:
            raise Refusal(429, "Too Many Requests: quota exceeded", 429)
        self.used[month] += 1

    async def push(self, client: httpx.AsyncClient | None = None, seconds: float = 2.0) -> int:
        """Post every waiting update to the webhook, once each; gives how many were taken with 2xx."""
        if self.hook is None or not self.updates:
            return 0
        if client is None:
            async with httpx.AsyncClient() as own:
                return await self._push(self.hook, own, seconds)
        return await self._push(self.hook, client, seconds)

    async def _push(self, hook: BotHook, client: httpx.AsyncClient, seconds: float) -> int:
        taken = 0
        while self.updates:
            raw, headers = self.posted(self.updates.popleft(), hook.secret)
            status = await post(client, hook.url, raw, headers, seconds)
            hook.answers.append(status)
            taken += 200 <= status < 300
        return taken

    def posted(self, update: dict[str, Any], secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers of an update as they are posted."""
        known = secret if secret is not None else self.hook.secret if self.hook else ""
        headers = {"Content-Type": "application/json", "X-Bot-Api-Secret-Token": known}
        return httpx.Request("POST", "http://x", json={"ok": True, "result": update}).content, headers
