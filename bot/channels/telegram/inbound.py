"""From a Telegram update to what the conversation takes."""

from __future__ import annotations

from telegram import Contact, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatType

from core.messages import MAX_PHOTO, Address, Incoming, Kind

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("sticker", "sticker"),
    ("animation", "sticker"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("video", "file"),
    ("video_note", "file"),
    ("document", "file"),
    ("location", "location"),
    ("contact", "contact"),
)
_PICTURES = ("image/jpeg", "image/png", "image/webp")
_MAX_SIZE = 5 * 1024 * 1024  # of the sizes Telegram makes of a photo


def incoming(update: Update) -> Incoming | None:
    """The message or pressed button of a private chat; None for everything that wants no answer.

    Groups are left alone: an answer there could show one person's business to others. A picture comes
    without its bytes; see :func:`picture`.
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
    return Incoming(address, text, kind, phone=_own_phone(update.message))


def picture(update: Update) -> str | None:
    """The file id of the picture in an update; None without one, or when it is too large."""
    message = update.message
    if message is None:
        return None
    if message.photo:
        sizes = [size for size in message.photo if (size.file_size or 0) <= _MAX_SIZE]
        return max(sizes, key=lambda size: size.width * size.height).file_id if sizes else None
    document = message.document
    if document and _is_picture(message) and (document.file_size or 0) <= MAX_PHOTO:
        return document.file_id
    return None


def _read(message: TelegramMessage) -> tuple[str, Kind]:
    if message.text:
        return message.text, "text"
    caption = message.caption or ""
    if message.photo or _is_picture(message):
        return caption, "photo"
    if caption:
        return caption, "text"  # a question under a film is still a question
    return "", next((kind for name, kind in _KINDS if getattr(message, name)), "file")


def _is_picture(message: TelegramMessage) -> bool:
    """Whether it is a picture sent as a file, as people do to keep it sharp."""
    return message.document is not None and message.document.mime_type in _PICTURES


def _own_phone(message: TelegramMessage) -> str | None:
    """The sender's own number, ``+84…``. Anybody can send another person's contact, or forward an old one."""
    contact: Contact | None = message.contact
    if contact is None or message.from_user is None or message.forward_origin is not None:
        return None
    if contact.user_id != message.from_user.id:
        return None
    number = contact.phone_number
    return number if number.startswith(("+", "0")) else f"+{number}"
