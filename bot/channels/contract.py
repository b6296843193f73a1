"""What every channel is: one folder that turns a platform's events into Incoming and Messages into its calls."""

from __future__ import annotations

from typing import Any, Protocol

from fastapi import APIRouter

from core.conversations.inbox import Arrival
from core.messages import Address, Sender


class Inbound(Protocol):
    """Where a channel puts what arrives, before it tells the platform that it has it."""

    async def put(self, arrival: Arrival) -> bool:
        """Keep an arrival for good; False when the same one was kept before. Raises when it cannot be kept."""
        ...


class Channel(Protocol):
    """One platform."""

    name: str
    sender: Sender

    def routes(self) -> APIRouter | None:
        """The webhook, when the platform calls us: checks, puts into the inbox, answers 200 at once."""
        ...

    async def start(self) -> None:
        """Begin in the background; never waits for the platform."""
        ...

    async def stop(self) -> None:
        """End; what was taken in stays in the inbox."""
        ...

    async def typing(self, address: Address) -> None:
        """Show that an answer is coming, where the platform can; never raises."""
        ...

    async def fetch(self, file: str) -> bytes | None:
        """A picture by the platform's reference; None when it cannot be had or is too large. Never raises."""
        ...

    async def status(self) -> dict[str, Any]:
        """How it stands, for an operator: no secret and nothing personal. Never raises, never waits long."""
        ...
