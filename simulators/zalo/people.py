"""Citizens in the Zalo app, and the webhook events of what they do.

Events: docs.zaloplatforms.com, Official Account, Webhook. A tap on ``oa.query.*`` arrives as ``user_send_text``
whose text is the payload; there is no event of clicks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from simulators.zalo.clock import Clock, Ids
from simulators.zalo.hooks import Event, Hooks
from simulators.zalo.media import Media


@dataclass(slots=True)
class Person:
    """One citizen as the OA sees them.

    Args:
        free_left: free answers left since the last interaction; None for unlimited.
        blocked, banned, restricted, dormant: sends are refused with -217, -227, -244, -227.
        template_refusal: what ZBS answers for this phone: -114, -119, -139, -141; 0 for delivery.
    """

    id: str
    app_id: str
    name: str
    phone: str
    follows: bool = True
    last_interaction: dt.datetime | None = None
    free_left: int | None = None
    blocked: bool = False
    banned: bool = False
    restricted: bool = False
    dormant: bool = False
    template_refusal: int = 0


@dataclass
class People:
    """Everybody, by user id, and what they do."""

    clock: Clock
    ids: Ids
    hooks: Hooks
    media: Media
    known: dict[str, Person] = field(default_factory=dict)

    def add(self, name: str = "Nguyễn Thị Hoa", phone: str = "84987654321", **more: Any) -> Person:
        """A citizen who follows the OA but has not written yet; ``more`` as in :class:`Person`."""
        person = Person(self.ids.digits(), self.ids.digits("55"), name, phone, **more)
        self.known[person.id] = person
        return person

    def by_phone(self, phone: str) -> Person | None:
        """Whose phone this is."""
        return next((p for p in self.known.values() if p.phone == phone), None)

    def write(self, person: Person, text: str, **message: Any) -> Event:
        """A text."""
        return self._says(person, "user_send_text", {"text": text, **message})

    def tap(self, person: Person, payload: str) -> Event:
        """A tap on a button that queries: the payload as a text."""
        return self.write(person, payload)

    def image(self, person: Person, data: bytes, text: str = "", mime: str = "image/jpeg") -> Event:
        """A picture, to be had at the address in the event."""
        url = self.media.keep(data, mime)
        message = {"text": text} if text else {}
        return self._attach(person, "image", {"thumbnail": f"{url}?w=240", "url": url}, **message)

    def location(self, person: Person, latitude: float, longitude: float) -> Event:
        """A place; coordinates are strings."""
        coordinates = {"latitude": str(latitude), "longitude": str(longitude)}
        return self._attach(person, "location", {"coordinates": coordinates})

    def sticker(self, person: Person) -> Event:
        """A sticker."""
        url = self.media.keep(b"GIF89a", "image/gif")
        return self._attach(person, "sticker", {"id": "46991", "url": url})

    def audio(self, person: Person, data: bytes = b"#!AMR\n") -> Event:
        """A voice message."""
        return self._attach(person, "audio", {"url": self.media.keep(data, "audio/amr")})

    def file(self, person: Person, data: bytes = b"%PDF-1.7", name: str = "don.pdf") -> Event:
        """A file."""
        url = self.media.keep(data, "application/pdf", name)
        kind = name.rpartition(".")[2]
        told = {"url": url, "size": str(len(data)), "name": name, "checksum": "0" * 32, "type": kind}
        return self._attach(person, "file", told)

    def other(self, person: Person, kind: str) -> Event:
        """``link``, ``gif``, ``video``, ``business_card``."""
        url = self.media.keep(kind.encode(), "application/octet-stream")
        payload = {"thumbnail": url, "description": "", "url": url}
        shown = "link" if kind == "business_card" else kind
        message = {"attachments": [{"type": shown, "payload": payload}]}
        return self._says(person, f"user_send_{kind}", message)

    def follow(self, person: Person, follows: bool = True) -> Event:
        """Follow the OA; with ``follows=False`` leave it. Following counts as an interaction."""
        person.follows = follows
        if follows:
            self.interact(person)
        return self.hooks.emit(
            {
                "app_id": self.hooks.identity.app,
                "oa_id": self.hooks.identity.oa,
                "follower": {"id": person.id},
                "user_id_by_app": person.app_id,
                "event_name": "follow" if follows else "unfollow",
                "source": "oa_profile",
                "timestamp": self.clock.ms(),
            }
        )

    def submit(self, person: Person, **info: Any) -> Event:
        """The form of ``request_user_info`` is filled in; ``info`` overrides what it says."""
        address = {"address": "12 Lê Lợi", "ward": "", "district": "", "city": "Đắk Lắk"}
        told = {"name": person.name, "phone": person.phone, "user_dob": "", "gender": "", **info}
        self.interact(person)
        away = self.hooks.switches.submit_from_oa
        body = self._body(person, "user_submit_info", from_oa=away)
        return self.hooks.emit({**body, "info": {"full_address": address, **told}})

    def see(self, person: Person, *msg_ids: str) -> Event:
        """Messages of ours are seen."""
        return self.hooks.emit(self._body(person, "user_seen_message", {"msg_ids": list(msg_ids)}))

    def receive(self, person: Person, msg_id: str) -> Event:
        """A message of ours reached the phone."""
        message = {"msg_id": msg_id, "delivery_time": self.clock.ms()}
        return self.hooks.emit(self._body(person, "user_received_message", message, from_oa=True))

    def claim_rights(self, person: Person) -> Event:
        """A data subject's request; its name is a switch."""
        return self.hooks.emit(self._body(person, self.hooks.switches.rights_event))

    def answered(self, person: Person, kind: str, message: dict[str, Any], admin: str = "") -> Event:
        """A message of the OA, by us or by staff in the app, comes back as ``oa_send_…``."""
        body = self._body(person, f"oa_send_{kind}", message, from_oa=True)
        return self.hooks.emit({**body, "admin_id": admin})

    def staff(self, person: Person, text: str, admin: str = "1001") -> Event:
        """Somebody answers from the OA Manager."""
        return self.answered(person, "text", {"text": text, "msg_id": self.ids.hexadecimal()}, admin)

    def interact(self, person: Person) -> None:
        """The windows begin anew."""
        person.last_interaction = self.clock.now()
        person.free_left = self.hooks.switches.free_messages

    def _attach(self, person: Person, kind: str, payload: dict[str, Any], **message: Any) -> Event:
        attachments = [{"type": kind, "payload": payload}]
        return self._says(person, f"user_send_{kind}", {**message, "attachments": attachments})

    def _says(self, person: Person, name: str, message: dict[str, Any]) -> Event:
        self.interact(person)
        return self.hooks.emit(self._body(person, name, {"msg_id": self.ids.hexadecimal(), **message}))

    def _body(
        self, person: Person, name: str, message: dict[str, Any] | None = None, from_oa: bool = False
    ) -> dict[str, Any]:
        sender, recipient = person.id, self.hooks.identity.oa
        if from_oa:
            sender, recipient = recipient, sender
        return {
            "app_id": self.hooks.identity.app,
            "user_id_by_app": person.app_id,
            "event_name": name,
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            **({"message": message} if message is not None else {}),
            "timestamp": self.clock.ms(),
        }
