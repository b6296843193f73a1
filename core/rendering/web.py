"""From our messages to those of the web chat: whole, and a page has no telephone number to give. Pure."""

from __future__ import annotations

from typing import Any

from core.messages import Message


def render(message: Message) -> dict[str, Any]:
    """What the page is told of one message."""
    return {"text": message.text, "buttons": [b.as_dict() for b in message.buttons if not b.contact]}
