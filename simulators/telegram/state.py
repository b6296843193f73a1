"""What the simulated Telegram knows: people, updates, what was sent, and what goes wrong next."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class BotApiError(Exception):
    """An ``{"ok": false}`` answer."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass(slots=True)
class Webhook:
    """Where updates are posted to, and how that went."""

    url: str
    secret: str | None
    last_error: str | None = None


@dataclass(slots=True)
class Sent:
    """One message the bot sent; ``markup`` is its keyboard as it came."""

    chat: int
    text: str
    markup: dict[str, Any]
    message_id: int

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons under the message."""
        return _keys(self.markup, "inline_keyboard")


@dataclass
class World:
    """The memory of one bot.

    Args:
        token: the bot's token; another one is answered 401.
        clock: seconds; the send limits count on it.
        files: what can be downloaded, by file id.
        slow_files: seconds before a download begins.
        keyboards: the keyboard now shown below the input of a chat.
        commands: the menu, by name: the description.
        typing: chats that were shown "typing…", in order.
        trouble: what goes wrong with the next sends to a chat, in order: as ``fail``, or ``lost`` (no answer,
            not delivered either).
        stars: whether the bot has Stars to pay with; without them a paid broadcast is like any message.
    """

    token: str
    clock: Callable[[], float]
    files: dict[str, bytes] = field(default_factory=dict)
    slow_files: float = 0.0
    stars: bool = False
    keyboards: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    commands: dict[str, str] = field(default_factory=dict)
    typing: list[int] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    updates: deque[dict[str, Any]] = field(default_factory=deque)
    blocked: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    answered_callbacks: list[str] = field(default_factory=list)
    failures: deque[str] = field(default_factory=deque)
    trouble: dict[int, deque[str]] = field(default_factory=dict)
    webhook: Webhook | None = None
    poller: asyncio.Task[Any] | None = None

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._recent: dict[bool, deque[float]] = {False: deque(), True: deque()}
        self._recent_of: dict[int, deque[float]] = {}
        self.arrived = asyncio.Event()

    def write(self, chat: int, **content: Any) -> dict[str, Any]:
        """A person sends a message: ``text="…"``, ``sticker={…}``, ``chat_type="group"``…"""
        self.people.add(chat)
        return self._arrive({"message": self._message(chat, content)})

    def send_photo(self, chat: int, photo: bytes, caption: str | None = None) -> dict[str, Any]:
        """A person sends a photo: Telegram adds a thumbnail."""
        sizes = [
            {**self._keep(b"thumbnail"), "width": 90, "height": 120},
            {**self._keep(photo), "width": 960, "height": 1280},
        ]
        return self.write(chat, photo=sizes, **({"caption": caption} if caption else {}))

    def send_document(self, chat: int, data: bytes, mime: str, caption: str | None = None) -> dict[str, Any]:
        """A person sends a file."""
        document = {**self._keep(data), "mime_type": mime, "file_name": "anh"}
        return self.write(chat, document=document, **({"caption": caption} if caption else {}))

    def send_contact(self, chat: int, phone: str, user_id: int | None) -> dict[str, Any]:
        """A person sends a contact; ``user_id`` is whose it is, None for one without an account."""
        contact: dict[str, Any] = {"phone_number": phone, "first_name": "Hoa"}
        return self.write(chat, contact={**contact, "user_id": user_id} if user_id else contact)

    def press(self, chat: int, data: str) -> dict[str, Any]:
        """A person presses a button."""
        number = next(self._ids)
        sender = _person(chat)
        query = {"id": str(number), "from": sender, "chat_instance": "1", "data": data}
        return self._arrive({"callback_query": {**query, "message": self._message(chat, {"text": "…"})}})

    def repeat(self, update: dict[str, Any]) -> None:
        """Deliver an update again, as Telegram does when it saw no 2xx."""
        self.updates.append(update)
        self.arrived.set()

    def fail(self, *kinds: str) -> None:
        """What happens to the next sends: ``502``, ``429``, ``drop`` (delivered, connection lost)."""
        self.failures.extend(kinds)

    def failure(self, chat: int) -> str | None:
        """What goes wrong with this send."""
        waiting = self.trouble.get(chat) or self.failures
        return waiting.popleft() if waiting else None

    def texts(self, chat: int) -> list[str]:
        """What was sent to one chat, in order."""
        return [s.text for s in self.sent if s.chat == chat]

    def deliver(self, chat: int, text: str, markup: dict[str, Any], *, paid: bool = False) -> Sent:
        """Check a send against the limits and keep it. Raises BotApiError."""
        if chat in self.moved:
            raise BotApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[chat],
            )
        if chat in self.blocked:
            raise BotApiError(403, "Forbidden: bot was blocked by the user")
        if chat not in self.people and chat not in self.moved.values():
            raise BotApiError(400, "Bad Request: chat not found")
        self._check(text, _keys(markup, "inline_keyboard"))
        self._check_below(chat, _keys(markup, "keyboard"))
        self._limit(chat, paid)
        sent = Sent(chat, text, markup, next(self._ids))
        self.sent.append(sent)
        if "keyboard" in markup:
            self.keyboards[chat] = _keys(markup, "keyboard")
        elif markup.get("remove_keyboard"):
            self.keyboards.pop(chat, None)
        return sent

    def _check(self, text: str, buttons: list[dict[str, Any]]) -> None:
        if not text.strip():
            raise BotApiError(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise BotApiError(400, "Bad Request: message is too long")
        for button in buttons:
            data = button.get("callback_data")
            if data is None and "url" not in button:
                raise BotApiError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
            if data is not None and not 1 <= len(data.encode()) <= 64:
                raise BotApiError(400, "Bad Request: BUTTON_DATA_INVALID")

    def _check_below(self, chat: int, buttons: list[dict[str, Any]]) -> None:
        if chat < 0 and any(b.get("request_contact") for b in buttons):
            raise BotApiError(400, "Bad Request: phone number can be requested in private chats only")
        if any(not b.get("text") for b in buttons):
            raise BotApiError(400, "Bad Request: keyboard button text must be non-empty")

    def _keep(self, data: bytes) -> dict[str, Any]:
        """A file the bot can ask for."""
        ident = f"file-{next(self._ids)}"
        self.files[ident] = data
        return {"file_id": ident, "file_unique_id": f"unique-{ident}", "file_size": len(data)}

    def _limit(self, chat: int, paid: bool) -> None:
        """30 a second, 1,000 of paid ones; one a second to a chat, with a small burst."""
        now, paid = self.clock(), paid and self.stars
        recent, mine = self._recent[paid], self._recent_of.setdefault(chat, deque())
        for times in (recent, mine):
            while times and now - times[0] >= 1.0:
                times.popleft()
        if len(recent) >= (1000 if paid else 30) or len(mine) >= 4:
            raise BotApiError(429, "Too Many Requests: retry after 1", retry_after=1)
        recent.append(now)
        mine.append(now)

    def _message(self, chat: int, content: dict[str, Any]) -> dict[str, Any]:
        kind = content.pop("chat_type", "private")
        base: dict[str, Any] = {
            "message_id": next(self._ids),
            "date": 1_795_000_000,
            "chat": {"id": chat, "type": kind},
        }
        if kind != "private":
            base["chat"]["title"] = "Nhóm"
        return {**base, "from": _person(abs(chat)), **content}

    def _arrive(self, content: dict[str, Any]) -> dict[str, Any]:
        update = {"update_id": next(self._ids), **content}
        self.updates.append(update)
        self.arrived.set()
        return update


def _keys(markup: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The buttons of a keyboard; a key below the input may be text alone."""
    return [b if isinstance(b, dict) else {"text": b} for row in markup.get(name, []) for b in row]


def _person(ident: int) -> dict[str, Any]:
    return {"id": ident, "is_bot": False, "first_name": "<b>Nguyễn</b> *Thị* _Hoa_", "language_code": "vi"}
