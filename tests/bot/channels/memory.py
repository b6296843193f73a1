"""What a channel stands between in the tables of cases: an inbox and a wire that remember."""

from __future__ import annotations

import dataclasses
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.channels.zalo_oa.inbound import Receipt, RightsRequest
from core.conversations.inbox import Arrival
from core.messages import Address, Incoming, Message, Reply


def told(incoming: Incoming) -> dict[str, Any]:
    """An Incoming as cases write it: what differs from an empty text."""
    shown = {f.name: getattr(incoming, f.name) for f in dataclasses.fields(incoming)}
    shown |= {"address": str(incoming.address), "photo": (incoming.photo or b"").decode() or None}
    shown["location"] = list(incoming.location) if incoming.location else None
    return {k: v for k, v in shown.items() if v not in (None, "", "text") or k == "address"}


@dataclass
class Log:
    """What happened inside, in order; also the inbox."""

    happened: list[dict[str, Any]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    async def put(self, arrival: Arrival, reply: Any = ()) -> bool:
        new = arrival.update not in self.known
        self.known.add(arrival.update)
        if new and reply:
            self.happened.append({"answered": str(arrival.incoming.address), "with": reply[0].text})
        elif new:
            self.happened.append(told(arrival.incoming))
        return new

    async def edit(self, first: str, edited: Arrival) -> bool:
        self.happened.append({"edits": first, **told(edited.incoming)})
        return True

    async def drop(self, address: Address) -> int:
        self.happened.append({"dropped": str(address)})
        return 0

    async def answer(self, incoming: Incoming) -> Reply:
        self.happened.append(told(incoming))
        return Reply((Message("Chào"),))

    async def member(self, address: Address, reachable: bool) -> None:
        self.happened.append({"reachable": reachable, "address": str(address)})

    async def left(self, address: Address) -> None:
        self.happened.append({"left": str(address)})

    async def right(self, asked: RightsRequest) -> None:
        self.happened.append({"claims_rights": str(asked.address), "event": asked.event})

    async def receipt(self, receipt: Receipt) -> None:
        self.happened.append({"delivered": receipt.tracking})


class Wire(httpx.AsyncBaseTransport):
    """Carries requests to one host and nowhere else; answers as told, then well."""

    def __init__(self, host: str, good: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: deque[dict[str, Any]] = deque()
        self._host, self._good = host, good

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https", request.url
        assert request.url.host == self._host, request.url
        await request.aread()
        self.requests.append(request)
        answer = self.answers.popleft() if self.answers else {"json": self._good}
        if "raises" in answer:
            raise getattr(httpx, answer["raises"])("", request=request)
        status = answer.get("status", 200)
        if "json" in answer:
            return httpx.Response(status, json=answer["json"], request=request)
        return httpx.Response(status, text=answer.get("text", ""), request=request)
