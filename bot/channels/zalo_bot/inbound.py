"""From an event of the Bot Platform to what the conversation takes. Pure."""

from __future__ import annotations

from typing import Any

from core.conversations.inbox import Arrival
from core.messages import Address, Incoming, Kind

CHANNEL = "zalobot"
_KINDS: dict[str, Kind] = {
    "message.text.received": "text",
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": "file",
}


def read(event: Any) -> Arrival | None:
    """The message of a private chat; None for everything that wants no answer or cannot be understood.

    Groups are left alone: an answer there could show one person's business to others. The platform has
    no id of updates; the message's own id tells a repeat.
    """
    if not isinstance(event, dict):
        return None
    message = event.get("message")
    kind = _KINDS.get(str(event.get("event_name")))
    if kind is None or not isinstance(message, dict):
        return None
    chat, sender = _part(message, "chat"), _part(message, "from")
    ident, number = chat.get("id"), message.get("message_id")
    if sender.get("is_bot") or chat.get("chat_type") != "PRIVATE":
        return None
    if not isinstance(ident, str) or not isinstance(number, str) or not ident or not number:
        return None
    text = message.get("text") or message.get("caption") or ""
    photo = message.get("photo") or message.get("photo_url")
    return Arrival(
        number,
        Incoming(
            Address(CHANNEL, ident),
            text if isinstance(text, str) else "",
            kind,
            file=photo if kind == "photo" and isinstance(photo, str) else None,
        ),
    )


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    return value if isinstance(value, dict) else {}
