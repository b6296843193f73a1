"""Worlds, clients that ask as real ones do, and a webhook that remembers."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.zalo.clock import ZONE, Clock
from simulators.zalo.people import Person
from simulators.zalo.server import create
from simulators.zalo.switches import Switches
from simulators.zalo.tokens import challenge_of
from simulators.zalo.world import World

MONDAY = dt.datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
VERIFIER = "verifier-of-forty-three-characters-or-more-0001"
JPEG = b"\xff\xd8\xff\xe0picture"
TEMPLATE = {"ma_ho_so": "code", "ten_thu_tuc": "name", "ngay_hen": "date"}
DATA = {"ma_ho_so": "H15.50.05.13-261008-0975", "ten_thu_tuc": "Khai sinh", "ngay_hen": "24/11/2026"}


def world(now: dt.datetime = MONDAY, **switches: Any) -> World:
    """A world whose clock stands still at ``now`` and that has a pair of tokens and one template, "1"."""
    made = World(Clock(real=lambda: now), Switches(**switches))
    made.tokens.issue()
    made.zbs.add("1", dict(TEMPLATE))
    return made


def wrote(made: World, text: str = "xin chào", **person: Any) -> Person:
    """A citizen who has just written."""
    added = made.people.add(**person)
    made.people.write(added, text)
    return added


def inside(made: World) -> httpx.AsyncClient:
    """A client that calls the application without a network."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(create(made)), base_url="http://zalo")


def button(title: str = "Tra cứu", payload: Any = "#tra_cuu", kind: str = "oa.query.hide") -> dict[str, Any]:
    """A button of a consultation message."""
    return {"title": title, "type": kind, "payload": payload}


def buttons(*some: dict[str, Any], text: str = "Bạn cần gì?") -> dict[str, Any]:
    """A message with buttons."""
    return {"text": text, "attachment": {"type": "template", "payload": {"buttons": list(some)}}}


class Oa:
    """A client of OAuth, OpenAPI and ZBS that carries the newest access token it was given."""

    def __init__(self, http: httpx.AsyncClient, made: World) -> None:
        assert made.tokens.current
        self.http, self.world, self.pair = http, made, made.tokens.current

    async def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """Any method that takes JSON."""
        used = headers or {"access_token": self.pair.access}
        response = await self.http.post(path, json=body, headers=used)
        assert response.status_code == 200
        return dict(response.json())

    async def get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """Any method that takes a query."""
        response = await self.http.get(path, params=query, headers={"access_token": self.pair.access})
        assert response.status_code == 200
        return dict(response.json())

    async def cs(self, person: Person | str, message: Any = "Chào bạn") -> dict[str, Any]:
        """A consultation message; a text stands for a message of text."""
        ident = person if isinstance(person, str) else person.id
        told = {"text": message} if isinstance(message, str) else message
        return await self.post("/v3.0/oa/message/cs", {"recipient": {"user_id": ident}, "message": told})

    async def uid(self, person: Person, template: str = "1", data: Any = None) -> dict[str, Any]:
        """A template by UID."""
        body = {"user_id": person.id, "template_id": template, "template_data": data or DATA}
        return await self.post("/v3.0/oa/message/template", body)

    async def zbs(self, phone: str = "84987654321", **more: Any) -> dict[str, Any]:
        """A template by phone."""
        body = {"phone": phone, "template_id": "1", "template_data": DATA, "tracking_id": "nhac-1", **more}
        return await self.post("/message/template", body)

    async def token(self, secret: str | None = None, **form: str) -> dict[str, Any]:
        """The token endpoint."""
        identity = self.world.identity
        response = await self.http.post(
            "/v4/oa/access_token",
            data={"app_id": identity.app, **form},
            headers={"secret_key": secret or identity.app_secret},
        )
        assert response.status_code == 200
        return dict(response.json())

    async def renew(self, refresh: str | None = None) -> dict[str, Any]:
        """Refresh, without taking the new pair into use."""
        return await self.token(grant_type="refresh_token", refresh_token=refresh or self.pair.refresh)

    async def exchange(self, code: str, verifier: str = VERIFIER) -> dict[str, Any]:
        """The first pair of a code."""
        return await self.token(grant_type="authorization_code", code=code, code_verifier=verifier)


class BotClient:
    """A client of the Bot Platform."""

    def __init__(self, http: httpx.AsyncClient, made: World) -> None:
        self.http, self.world = http, made

    async def raw(self, method: str, **body: Any) -> httpx.Response:
        """Any method."""
        return await self.http.post(f"/bot{self.world.bot.token}/{method}", json=body)

    async def call(self, method: str, **body: Any) -> dict[str, Any]:
        """Any method; its envelope."""
        return dict((await self.raw(method, **body)).json())

    async def say(self, chat: str, text: str = "Chào bạn", **more: Any) -> dict[str, Any]:
        """A message."""
        return await self.call("sendMessage", chat_id=chat, text=text, **more)


class Receiver:
    """A webhook that keeps what it got; ``answers`` are the statuses it will give before 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: deque[int] = deque()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was posted, in order."""
        return [json.loads(raw) for _, raw in self.got]

    def app(self) -> Starlette:
        """The application, at ``/hook``."""

        async def take(request: Request) -> Response:
            self.got.append((dict(request.headers), await request.body()))
            return Response(status_code=self.answers.popleft() if self.answers else 200)

        return Starlette(routes=[Route("/hook", take, methods=["POST"])])

    def attach(self, made: World) -> Receiver:
        """Become the webhook of the OA, without a network."""
        made.hooks.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app()))
        made.hooks.configure("http://testserver/hook")
        return self


def challenge() -> str:
    """The challenge of ``VERIFIER``."""
    return challenge_of(VERIFIER)
