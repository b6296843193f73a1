"""From a Telegram update to what the conversation takes."""

from __future__ import annotations

from telegram import Message as TelegramMessage
from telegram import Update
from telegram.constants import ChatType

from core.messages import Address, Incoming, Kind

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("sticker", "sticker"),
    ("animation", "sticker"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("video", "file"),
    ("video_note", "file"),
    ("photo", "photo"),
    ("document", "file"),
    ("location", "location"),
    ("contact", "contact"),
)


def incoming(update: Update) -> Incoming | None:
    """The message or pressed button of a private chat; None for everything that wants no answer.

    Groups are left alone: an answer there could show one person's business to others.
    """
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    address = Address("telegram", str(chat.id))
    if update.callback_query:
        return Incoming(address, update.callback_query.data or "", "payload")
    if update.message is None:
        return None  # edits, membership changes, polls
    text, kind = _read(update.message)
    return Incoming(address, text, kind)


def _read(message: TelegramMessage) -> tuple[str, Kind]:
    if message.text:
        return message.text, "text"
    kind: Kind = next((kind for name, kind in _KINDS if getattr(message, name)), "file")
    if message.caption:
        return message.caption, "text"  # a question under a picture is still a question
    return "", kind
