"""From a Telegram update to what the conversation takes."""

from __future__ import annotations

from telegram import ChatMemberUpdated, Contact, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType

from core.conversations.inbox import Arrival
from core.messages import MAX_PHOTO, Address, Incoming, Kind

CHANNEL = "telegram"
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


def arrival(update: Update) -> Arrival | None:
    """What an update says, named so that a repeat and an edit find it; None when it wants no answer.

    A message is named by its chat and number, which its edits share; a pressed button by the update.
    """
    said = incoming(update)
    if said is None:
        return None
    return Arrival(name(update.message) if update.message else f"update:{update.update_id}", said)


def edited(update: Update) -> tuple[str, Arrival] | None:
    """The name of the message that was edited, and the new wording as an arrival of its own."""
    message = update.edited_message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    return name(message), Arrival(f"update:{update.update_id}", _said(message))


def name(message: TelegramMessage) -> str:
    """The name of a message within Telegram."""
    return f"{message.chat.id}:{message.message_id}"


def incoming(update: Update) -> Incoming | None:
    """The message or pressed button of a private chat; None for everything else.

    Groups are not answered: an answer there could show one person's business to others. A picture comes
    by reference, see :func:`picture`.
    """
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    if update.callback_query:
        return Incoming(Address(CHANNEL, str(chat.id)), update.callback_query.data or "", "payload")
    return _said(update.message) if update.message else None


def group_spoken_to(update: Update) -> Address | None:
    """The group in which somebody wrote something or to which the bot was added; None elsewhere."""
    chat = update.effective_chat
    if chat is None or chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    message, change = update.message, update.my_chat_member
    written = message is not None and bool(message.text or message.caption)
    added = change is not None and reachable(change)
    return Address(CHANNEL, str(chat.id)) if written or added else None


def reachable(change: ChatMemberUpdated) -> bool:
    """Whether the bot may write after a change of its membership: not when it was blocked or removed."""
    return change.new_chat_member.status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def picture(update: Update) -> str | None:
    """The file id of the picture in an update; None without one, or when it is too large."""
    message = update.message
    return _picture(message) if message else None


def _picture(message: TelegramMessage) -> str | None:
    if message.photo:
        sizes = [size for size in message.photo if (size.file_size or 0) <= _MAX_SIZE]
        return max(sizes, key=lambda size: size.width * size.height).file_id if sizes else None
    document = message.document
    if document and _is_picture(message) and (document.file_size or 0) <= MAX_PHOTO:
        return document.file_id
    return None


def _said(message: TelegramMessage) -> Incoming:
    text, kind = _read(message)
    place = message.location
    return Incoming(
        Address(CHANNEL, str(message.chat.id)),
        text,
        kind,
        phone=_own_phone(message),
        file=_picture(message),
        location=(place.latitude, place.longitude) if place and kind == "location" else None,
    )


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
