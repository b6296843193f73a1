"""Fakes with memory: a Rasa server at the transport of the HTTP client, a conversation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from core.messages import Button, Incoming, Message, Reply


class FakeRasa:
    """Answers as told; keeps every request."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(r.content) for r in self.requests]


def away(request: httpx.Request) -> httpx.Response:
    """Nobody listens."""
    raise httpx.ConnectError("refused", request=request)


def echo(incoming: Incoming) -> Reply:
    """What was asked, with a button."""
    return Reply((Message(f"{incoming.kind}: {incoming.text}", (Button("Lệ phí", "tt:a:2"),)),))


class FakeConversation:
    """Answers as told; keeps everything it was asked."""

    def __init__(self, answer: Callable[[Incoming], Reply] = echo) -> None:
        self.asked: list[Incoming] = []
        self._answer = answer

    async def answer(self, incoming: Incoming) -> Reply:
        self.asked.append(incoming)
        return self._answer(incoming)
