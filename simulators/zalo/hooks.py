"""Events pushed to the webhook: signed, tried again, and the webhook disabled in the end.

docs.zaloplatforms.com, Official Account, Webhook: ``X-ZEvent-Signature: mac=sha256(app_id + body + timestamp +
OA secret key)``; 200 within 2 seconds or again after 30 s, 5 min, 15 min, 30 min and 1 h with ``num_retry``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from simulators.zalo.clock import Clock
from simulators.zalo.switches import Switches

LADDER = tuple(dt.timedelta(seconds=s) for s in (30, 300, 900, 1800, 3600))


@dataclass(frozen=True, slots=True)
class Identity:
    """The OA and the application that writes for it; the secrets are the simulator's only."""

    oa: str = "388613280878808645"
    app: str = "360846524940903967"
    app_secret: str = "app-secret-of-the-simulator"  # noqa: S105
    oa_secret: str = "oa-secret-of-the-simulator"  # noqa: S105
    callback: str = "https://motcua.test/zalo/callback"
    name: str = "Trung tâm Phục vụ hành chính công"


@dataclass(slots=True, eq=False)
class Event:
    """One event.

    Args:
        raw: the exact bytes that are posted and signed.
        due: when the next try is made.
        answers: the status of each try; 0 where none came in time.
    """

    body: dict[str, Any]
    raw: bytes
    headers: dict[str, str]
    due: dt.datetime
    answers: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """``user_send_text`` …"""
        return str(self.body["event_name"])

    @property
    def msg_id(self) -> str:
        """The id that repeats share; empty for events without message."""
        return str(self.body.get("message", {}).get("msg_id", ""))


@dataclass
class Hooks:
    """The webhook of the OA.

    Args:
        url: where events go; empty while none is configured, events are then only kept in ``events``.
        disabled: Zalo gave up; set it back by :meth:`configure`.
        seconds: how long an answer may take.
        events: all that happened; ``waiting``: what is still to be posted; ``lost``: what never will be.
        client: posts the events; None for one of its own.
    """

    clock: Clock
    switches: Switches
    identity: Identity
    url: str = ""
    disabled: bool = False
    seconds: float = 2.0
    events: list[Event] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)
    lost: list[Event] = field(default_factory=list)
    client: httpx.AsyncClient | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def configure(self, url: str) -> None:
        """Set the webhook in the console, which also enables it again."""
        self.url, self.disabled = url, False

    def emit(self, body: dict[str, Any], server: str = "OA OpenAPI", seconds: float = 0.0) -> Event:
        """Something happened; it is posted ``seconds`` from now."""
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        due = self.clock.now() + dt.timedelta(seconds=seconds)
        event = Event(body, raw, self.headers(raw, str(body["timestamp"]), server), due)
        self.events.append(event)
        self._queue(event)
        return event

    def repeat(self, event: Event) -> Event:
        """Post the same bytes again, as happens when an answer of 200 got lost."""
        again = Event(event.body, event.raw, dict(event.headers), self.clock.now())
        self._queue(again)
        return again

    def headers(self, raw: bytes, timestamp: str, server: str = "OA OpenAPI") -> dict[str, str]:
        """The headers of an event, signed as the switches say."""
        headers = {"Content-Type": "application/json", "User-Agent": "ZaloWebhook", "X-ZEvent-Server": server}
        if self.switches.signature_timestamp == "header":
            timestamp = str(int(timestamp) + 7)  # not the body's, so that a mix-up shows
            headers["X-ZEvent-Timestamp"] = timestamp
        oa, app = self.identity.oa_secret, self.identity.app_secret
        secret = oa if self.switches.signature_secret == "oa" else app  # noqa: S105
        return {**headers, "X-ZEvent-Signature": sign(self.identity.app, raw, timestamp, secret)}

    async def push(self, width: int = 1) -> int:
        """Post everything due, oldest first, ``width`` at a time; gives how many were taken with 200."""
        async with self._lock:
            now = self.clock.now()
            due = sorted((e for e in self.waiting if e.due <= now), key=lambda e: e.due)
            if not due:
                return 0
            if self.client is not None:
                return await self._push(self.client, due, width)
            async with httpx.AsyncClient() as client:
                return await self._push(client, due, width)

    async def _push(self, client: httpx.AsyncClient, due: list[Event], width: int) -> int:
        taken = 0
        for start in range(0, len(due), width):
            some = due[start : start + width]
            taken += sum(await asyncio.gather(*(self._post(client, e) for e in some if not self.disabled)))
        return taken

    async def _post(self, client: httpx.AsyncClient, event: Event) -> bool:
        if event not in self.waiting:
            return False
        headers = {**event.headers, **({"num_retry": str(len(event.answers))} if event.answers else {})}
        status = await post(client, self.url, event.raw, headers, self.seconds)
        event.answers.append(status)
        if status == 200:
            if event in self.waiting:
                self.waiting.remove(event)
            return True
        if len(event.answers) > len(LADDER):
            self._disable()
        else:
            event.due = self.clock.now() + LADDER[len(event.answers) - 1]
        return False

    def _queue(self, event: Event) -> None:
        if self.url:
            (self.lost if self.disabled else self.waiting).append(event)

    def _disable(self) -> None:
        self.disabled = True
        self.lost.extend(self.waiting)
        self.waiting.clear()


def sign(app: str, raw: bytes, timestamp: str, secret: str) -> str:
    """``mac=`` and the SHA-256 of the concatenation; not an HMAC."""
    return f"mac={hashlib.sha256(app.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()}"


async def post(
    client: httpx.AsyncClient, url: str, raw: bytes, headers: dict[str, str], seconds: float
) -> int:
    """The status of one try; 0 when no answer came in time."""
    try:
        async with asyncio.timeout(seconds):
            return (await client.post(url, content=raw, headers=headers, timeout=seconds)).status_code
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        return 0
