"""Posts that Zalo never makes: what a webhook must refuse."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from simulators.zalo.hooks import Event, Hooks, sign


@dataclass(frozen=True, slots=True)
class Post:
    """A request to the webhook."""

    body: bytes
    headers: dict[str, str]

    async def send(self, client: httpx.AsyncClient, url: str) -> httpx.Response:
        """Post it."""
        return await client.post(url, content=self.body, headers=self.headers)


def genuine(event: Event) -> Post:
    """The event as Zalo posts it; posted twice it is a replay."""
    return Post(event.raw, dict(event.headers))


def unsigned(event: Event) -> Post:
    """Without signature."""
    return Post(event.raw, {k: v for k, v in event.headers.items() if k != "X-ZEvent-Signature"})


def forged(hooks: Hooks, event: Event, secret: str = "guessed") -> Post:  # noqa: S107
    """Signed with another secret."""
    timestamp = event.headers.get("X-ZEvent-Timestamp", str(event.body["timestamp"]))
    mac = sign(hooks.identity.app, event.raw, timestamp, secret)
    return Post(event.raw, {**event.headers, "X-ZEvent-Signature": mac})


def altered(event: Event, **message: Any) -> Post:
    """A genuine signature over other content: ``altered(event, text="…")``."""
    body = {**event.body, "message": {**event.body.get("message", {}), **message}}
    return Post(json.dumps(body, ensure_ascii=False).encode(), dict(event.headers))


def truncated(event: Event) -> Post:
    """Only the first part arrived."""
    return Post(event.raw[: len(event.raw) * 3 // 5], dict(event.headers))


def stale(hooks: Hooks, event: Event, hours: float = 24) -> Post:
    """Rightly signed, but of long ago: a record played back after the ids were forgotten."""
    old = str(int(event.body["timestamp"]) - int(hours * 3_600_000))
    return signed(hooks, {**event.body, "timestamp": old})


def oversized(hooks: Hooks, event: Event, size: int = 2 * 1024 * 1024) -> Post:
    """Rightly signed and far too large."""
    message = {**event.body.get("message", {}), "text": "a" * size}
    return signed(hooks, {**event.body, "message": message})


def signed(hooks: Hooks, body: Any) -> Post:
    """Anything, rightly signed: unknown events, lists, numbers, nothing."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = str(body["timestamp"]) if isinstance(body, dict) and "timestamp" in body else "0"
    return Post(raw, hooks.headers(raw, timestamp))
