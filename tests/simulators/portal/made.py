"""Worlds, and clients that ask as real ones do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx

from core.dossiers.model import Status
from simulators.portal import working
from simulators.portal.dossiers import Dossier
from simulators.portal.server import create
from simulators.portal.world import World

ZONE = working.PROVINCE.zone
MONDAY = dt.datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
UNIT = "000.00.00.H15"


def at(*moment: int) -> dt.datetime:
    """A moment in the province."""
    year, month, day, *time = moment
    return dt.datetime(year, month, day, *time, tzinfo=ZONE)


def world(now: dt.datetime = MONDAY, seed: int = 1, **more: Any) -> World:
    """A world whose clock stands still at ``now``."""
    return World(seed, real=lambda: now, **more)


def in_status(made: World, status: Status | None) -> Dossier:
    """The newest dossier in a status."""
    return next(d for d in made.newest() if made.state(d).status is status)


class Dvcqg:
    """A client of the DVCQG exchange."""

    def __init__(self, http: httpx.AsyncClient, made: World) -> None:
        self.http, self.world, self.session = http, made, ""

    @property
    def headers(self) -> dict[str, str]:
        return {"dstcode": self.world.dstcode}

    async def login(self) -> dict[str, Any]:
        who = {"username": self.world.username, "password": self.world.password}
        answer = (await self.http.post("/dvcqg/login", json=who, headers=self.headers)).json()
        self.session = answer.get("session", "")
        return dict(answer)

    async def post(self, service: str, **more: Any) -> httpx.Response:
        body = {"session": self.session, "madonvi": UNIT, "service": service, **more}
        return await self.http.post("/dvcqg/integration", json=body, headers=self.headers)

    async def ask(self, service: str, **more: Any) -> Any:
        return (await self.post(service, **more)).json()

    async def dossier(self, code: str) -> dict[str, Any]:
        (record,) = (await self.ask("TraCuuHoSo", mahoso=code))["result"]
        return dict(record)


class Igate:
    """A client of iGate."""

    TOKEN = "/igate/auth/realms/digo/protocol/openid-connect/token"

    def __init__(self, http: httpx.AsyncClient, made: World) -> None:
        self.http, self.world, self.token = http, made, ""

    async def login(self) -> dict[str, Any]:
        data = {"grant_type": "client_credentials"}
        response = await self.http.post(self.TOKEN, data=data, auth=(self.world.client, self.world.secret))
        self.token = response.json().get("access_token", "")
        return dict(response.json())

    async def get(self, path: str, **query: Any) -> httpx.Response:
        params = {key.replace("_", "-"): value for key, value in query.items()}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.get(f"/igate/pa{path}", params=params, headers=headers)

    async def public(self, code: str) -> httpx.Response:
        return await self.http.get("/igate/pa/dossier-search/dvc", params={"code": code, "spec": "slice"})


def inside(made: World) -> httpx.AsyncClient:
    """A client that calls the application without a network."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(create(made)), base_url="http://portal")
