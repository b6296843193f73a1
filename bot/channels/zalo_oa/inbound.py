"""From an event of Zalo's webhook to what the conversation takes. Pure; odd JSON never raises."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from typing import Any

from bot.channels.pictures import is_allowed
from bot.channels.zalo_oa.config import NAME, Config
from core.conversations.inbox import Arrival
from core.dossiers.portals.reading import part, phones, rows
from core.messages import Address, Incoming, Kind

_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_PAYLOAD = re.compile(r"#[!-~]{1,64}")  # ours are ASCII without blanks; "#hỏi gì đó" is a question
_LONGEST = 10_000
_KINDS: dict[str, Kind] = {
    "user_send_text": "text",
    "user_send_link": "text",
    "user_send_image": "photo",
    "user_send_gif": "sticker",
    "user_send_sticker": "sticker",
    "user_send_audio": "voice",
    "user_send_video": "file",
    "user_send_file": "file",
    "user_send_business_card": "contact",
    "user_send_location": "location",
    "user_submit_info": "contact",
}
# No source is sure of the name of the event; all of these are taken for it.
_RIGHTS = re.compile(
    r"user_withdraw|data_?subject|personal_?data|user_(?:request|require)_.*(?:data|delet|remov|eras)"
)


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """Somebody no longer follows the account: there is nobody to answer."""

    address: Address


@dataclass(frozen=True, slots=True)
class RightsRequest:
    """Somebody asks for what the law grants about their data (Luật 91/2025/QH15)."""

    event: str
    address: Address | None
    update: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A template message with our ``tracking`` id reached a telephone."""

    tracking: str
    message: str


Event = Arrival | Unfollowed | RightsRequest | Receipt


def read(body: Any, config: Config) -> Event | None:
    """What an event says; None for what wants nothing: our own messages' echoes, seen marks, unknown events."""
    name = part(body, "event_name")
    if not isinstance(name, str):
        return None
    if _RIGHTS.search(name):
        return RightsRequest(name[:100], _person_of(body, name, config), update_of(body))
    if name == "user_received_message":
        return _receipt(body)
    address = _person_of(body, name, config)
    if address is None:
        return None
    if name == "unfollow":
        return Unfollowed(address)
    if name == "follow":
        return Arrival(update_of(body), Incoming(address, "/start", "payload"))
    if name in _KINDS:
        return Arrival(update_of(body), _incoming(address, name, body, config))
    return None


def update_of(body: Any) -> str:
    """The id a repeat of the event has too: the message's, else a digest of event, person and time."""
    given = _ident(part(body, "message", "msg_id"))
    if given:
        return given
    said = (part(body, "event_name"), _sender(body), part(body, "timestamp"))
    return hashlib.sha256("\x1f".join(map(str, said)).encode("utf-8", "replace")).hexdigest()


def _incoming(address: Address, name: str, body: Any, config: Config) -> Incoming:
    kind, text = _KINDS[name], _text(part(body, "message", "text"))
    if name == "user_send_text":
        return Incoming(address, text[1:], "payload") if _PAYLOAD.fullmatch(text) else Incoming(address, text)
    if kind == "photo":
        return Incoming(address, text, "photo", file=_picture(body, config))
    if kind == "location":
        return Incoming(address, text, "location", location=_place(body))
    if name == "user_submit_info":
        return Incoming(address, "", "contact", phone=_phone(body) if config.trust_form_phone else None)
    if name == "user_send_link":
        return Incoming(
            address, text or _text(_attached(body).get("url")) or _text(_attached(body).get("title"))
        )
    if text and kind in ("file", "voice"):
        return Incoming(address, text)  # a question under a film is still a question
    return Incoming(address, text, kind)


def _person_of(body: Any, name: str, config: Config) -> Address | None:
    """Who it is from; None for an echo of our own and for what is meant for another account.

    The form comes with our account as its sender in some descriptions, and the person as recipient: nobody
    but Zalo can sign that, so the form is the recipient's own.
    """
    sender, recipient = _sender(body), _ident(part(body, "recipient", "id"))
    if name == "user_submit_info" and sender == config.oa_id:
        sender, recipient = recipient, sender
    account = _ident(part(body, "oa_id")) if name in ("follow", "unfollow") else recipient
    if sender in ("", config.oa_id) or account not in ("", config.oa_id):
        return None
    return Address(NAME, sender)


def _sender(body: Any) -> str:
    return _ident(part(body, "sender", "id")) or _ident(part(body, "follower", "id"))


def _receipt(body: Any) -> Receipt | None:
    tracking = _ident(part(body, "message", "tracking_id"))
    return Receipt(tracking, _ident(part(body, "message", "msg_id"))) if tracking else None


def _attached(body: Any) -> dict[str, Any]:
    found = rows(part(body, "message", "attachments"))
    payload = found[0].get("payload") if found else None
    return payload if isinstance(payload, dict) else {}


def _picture(body: Any, config: Config) -> str | None:
    url = _attached(body).get("url")
    return url if isinstance(url, str) and is_allowed(url, config.pictures) else None


def _place(body: Any) -> tuple[float, float] | None:
    at = _attached(body).get("coordinates")
    latitude, longitude = _number(part(at, "latitude")), _number(part(at, "longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _phone(body: Any) -> str | None:
    """The number of the form, ``+84…``; None when it is no telephone number."""
    said = part(body, "info", "phone")
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)[:20]
    if not isinstance(said, str) or len(said) > 30:
        return None
    digits = re.sub(r"[ .()-]", "", said)
    found = phones(f"+{digits}" if digits.startswith("84") else digits)
    return found[0] if found else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        read_as = float(value[:30] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return read_as if math.isfinite(read_as) else None


def _text(value: Any) -> str:
    """Text as typed; letters no database keeps (NUL, half a surrogate pair) are dropped."""
    if not isinstance(value, str):
        return ""
    return value[:_LONGEST].replace("\x00", "").encode("utf-8", "ignore").decode()


def _ident(value: Any) -> str:
    """An id as text; empty when it is none."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        value = str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""
