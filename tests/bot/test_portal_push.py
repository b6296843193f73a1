"""What a portal pushes: only what is genuine counts, it counts once, and it is nothing but a hint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import portal_push
from core.db.reminder_tables import WatchRow
from core.dossiers.model import Status
from core.dossiers.portals import push
from core.dossiers.portals.router import Portals, build, simulated
from core.dossiers.portals.sessions import MemorySessions
from core.limits import Counters
from core.reminders.watch import GAP
from simulators.portal.server import create
from simulators.portal.world import World
from tests.bot.town import Town as Spoken
from tests.conftest import until
from tests.core.dossiers.made import CODE, OTHER, Clock
from tests.core.reminders.watching import Town

SECRET = "motcua-mo-phong-bao-tin"
IGATE, DVCQG = "simulated-igate", "simulated-dvcqg"


@dataclass
class Gate:
    """The webhook over a town."""

    town: Town
    http: httpx.AsyncClient

    async def push(
        self,
        body: bytes | None = None,
        portal: str = IGATE,
        secret: str = SECRET,
        late: float = 0,
        **headers: str,
    ) -> int:
        """Push something; gives the answer's status."""
        body = json.dumps({"codes": [CODE.text]}).encode() if body is None else body
        stamp = str(int(self.town.clock().timestamp() - late))
        sent = {push.TIMESTAMP: stamp, push.SIGNATURE: push.sign(secret, stamp, body), **headers}
        return (await self.http.post(f"/webhooks/portal/{portal}", content=body, headers=sent)).status_code

    async def hinted(self) -> bool:
        """Whether the dossier is to be looked at now."""
        return bool((await self.town.row()).next_at <= self.town.clock())


@pytest.fixture
async def portals() -> AsyncIterator[Portals]:
    clock = Clock()
    async with build(simulated("http://127.0.0.1:1"), MemorySessions(clock), clock) as made:
        yield made


@pytest.fixture
async def gate(engine: AsyncEngine, portals: Portals) -> AsyncIterator[Gate]:
    town = Town(engine)
    town.holds()
    await town.follows()
    await town.refresh().tick()
    town.clock.move(minutes=1)
    app = FastAPI()
    taken = portal_push.Push(portals.connections, portals.served, town.watch, Counters(engine), town.clock)
    app.include_router(portal_push.routes(taken))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot") as http:
        yield Gate(town, http)


@pytest.mark.parametrize(
    "body", [{"codes": [CODE.text]}, {"code": CODE.text}, {"codes": ["x", CODE.text] * 400}]
)
async def test_a_genuine_push_makes_us_look_now(gate: Gate, body: object) -> None:
    assert not await gate.hinted()
    assert await gate.push(json.dumps(body).encode()) == 202
    assert await gate.hinted()
    gate.town.holds(status=Status.NOT_RECEIVED)
    assert (await gate.town.refresh().tick())["changed"] == 1


async def test_what_it_says_is_not_believed(gate: Gate) -> None:
    body = {"codes": [CODE.text], "status": 10, "view": {"status": 10}}
    assert await gate.push(json.dumps(body).encode()) == 202
    assert (await gate.town.refresh().tick()).get("changed", 0) == 0
    assert (await gate.town.row()).status == Status.PROCESSING


@pytest.mark.parametrize("code", [OTHER.text, "H48.50-261008-00001", "no code", ""])
async def test_unknown_codes_are_answered_alike(gate: Gate, code: str) -> None:
    assert await gate.push(json.dumps({"codes": [code]}).encode()) == 202
    assert not await gate.hinted()
    async with gate.town.engine.connect() as connection:
        assert len((await connection.execute(select(WatchRow.code))).all()) == 1


async def test_one_portal_says_nothing_about_the_dossiers_of_another(gate: Gate) -> None:
    assert await gate.push(portal=DVCQG) == 202
    assert not await gate.hinted()


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another-secret-altogether"},
        {"secret": "0" * 64, "portal": "nobody"},
        {"portal": "nobody"},
        {"late": 301.0},
        {"late": -301.0},
        {push.SIGNATURE: ""},
        {push.SIGNATURE: "é" * 64},
        {push.SIGNATURE: "0" * 64},
        {push.TIMESTAMP: ""},
        {push.TIMESTAMP: "soon"},
        {push.TIMESTAMP: "²"},
        {push.TIMESTAMP: "9" * 400},
        {push.TIMESTAMP: "1"},
    ],
)
async def test_what_is_not_genuine_is_refused_alike(gate: Gate, forged: dict[str, object]) -> None:
    headers = {k: v.encode() if isinstance(v, str) and not v.isascii() else v for k, v in forged.items()}
    assert await gate.push(**headers) == 403  # type: ignore[arg-type]
    assert not await gate.hinted()


async def test_a_body_cut_off_or_changed_on_the_way_is_not_genuine(gate: Gate) -> None:
    body = json.dumps({"codes": [CODE.text]}).encode()
    stamp = str(int(gate.town.clock().timestamp()))
    headers = {push.TIMESTAMP: stamp, push.SIGNATURE: push.sign(SECRET, stamp, body)}
    for cut in (body[:-1], body[:10], b"", body + b" "):
        answer = await gate.http.post(f"/webhooks/portal/{IGATE}", content=cut, headers=headers)
        assert answer.status_code == 403
    assert not await gate.hinted()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"codes": 1}', b'{"codes": [1]}', b'{"code": null}', b"\xff", b"[" * 60_000,
     json.dumps({"codes": ["x"] * (push.MOST + 1)}).encode()],
)  # fmt: skip
async def test_genuine_nonsense_is_told_so(gate: Gate, body: bytes) -> None:
    assert await gate.push(body) == 422


async def test_a_large_body_is_not_read(gate: Gate) -> None:
    assert await gate.push(b" " * (portal_push.LARGEST + 1)) == 413


async def test_a_push_sent_again_counts_once(gate: Gate) -> None:
    stamp = str(int(gate.town.clock().timestamp()))
    body = json.dumps({"codes": [CODE.text]}).encode()
    headers = {push.TIMESTAMP: stamp, push.SIGNATURE: push.sign(SECRET, stamp, body)}
    for replay in range(3):
        given = {**headers, push.SIGNATURE: headers[push.SIGNATURE].upper()} if replay == 2 else headers
        answer = await gate.http.post(f"/webhooks/portal/{IGATE}", content=body, headers=given)
        assert answer.status_code == 202  # whoever repeats it learns nothing
        assert await gate.hinted() == (replay == 0)
        await gate.town.refresh().tick()
        gate.town.clock.move(seconds=60)


async def test_a_flood_asks_the_portal_a_few_times_and_is_stemmed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = len(gate.town.portals.calls)
    monkeypatch.setattr(portal_push, "PER_MINUTE", 300)
    gate.town.clock.now = gate.town.clock.now.replace(second=0)
    bodies = [json.dumps({"codes": [CODE.text], "n": n}).encode() for n in range(400)]
    answers = await asyncio.gather(*map(gate.push, bodies))
    assert sorted(answers) == [202] * 300 + [429] * 100
    await gate.town.refresh(seconds=1).tick()
    assert len(gate.town.portals.calls) == asked + 1
    gate.town.clock.move(minutes=1)
    assert await gate.push() == 202


async def test_forgers_do_not_use_up_what_the_portal_may_push(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_push, "PER_MINUTE", 5)
    assert {await gate.push(secret="x" * 32) for _ in range(50)} == {403}
    assert await gate.push() == 202


async def test_a_portal_without_a_secret_pushes_nothing(engine: AsyncEngine, portals: Portals) -> None:
    without = [c.model_copy(update={"push_secret": None}) for c in portals.connections]
    clock = Clock()
    app = FastAPI()
    taken = portal_push.Push(without, portals.served, Town(engine).watch, Counters(engine), clock)
    app.include_router(portal_push.routes(taken))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot") as http:
        town = Town(engine)
        town.clock.now = clock.now
        assert await Gate(town, http).push(secret="0" * 64) == 403


async def test_the_simulated_portal_pushes_what_is_changed_by_hand(
    town: Spoken, engine: AsyncEngine, serve: Callable[[object], Awaitable[str]]
) -> None:
    """A change at the portal's controls is told to the person who follows, through the real webhook."""
    watching = Town(engine)
    watching.portals, watching.clock = town.portals, town.world.now  # type: ignore[assignment]
    app = FastAPI()
    counters = Counters(engine)
    taken = portal_push.Push(
        town.portals.connections, town.portals.served, watching.watch, counters, town.world.now
    )
    app.include_router(portal_push.routes(taken))
    address = await serve(app)
    dossiers = [town.dossier(root).dossier.code for root in ("H15", "H45", "G09")]
    for code in dossiers:
        await town.says(code)
        await town.says_payload(f"d:yes:{code}", "web:1")
    assert (await watching.refresh().tick())["looked"] == 3
    async with httpx.AsyncClient(base_url=town.base, trust_env=False) as portal:
        assert (await portal.post("/_control/push", json={"to": "nowhere"})).status_code == 422
        assert (await portal.post("/_control/push", json={"to": address})).json()["to"] == address
        for code in dossiers:
            await portal.post(f"/_control/dossiers/{code}", json={"status": 8, "note": "Thiếu điều kiện"})
        await until(lambda: town.world.pushing.answers["202"] == 3)
        assert (await portal.get("/_control/push")).json()["answers"] == {"202": 3}
    # A second look within GAP waits; it is due by then.
    async with engine.connect() as connection:
        due = set(await connection.scalars(select(WatchRow.next_at)))
    assert max(due) <= town.world.now() + GAP


async def test_the_simulated_portal_tries_again(serve: Callable[[object], Awaitable[str]]) -> None:
    world = World(1)
    base = await serve(create(world))
    answers = iter((503, 429, 202))
    app = FastAPI()

    @app.post(portal_push.PATH)
    async def take(portal: str) -> Response:
        return Response(status_code=next(answers))

    world.pushing.to = await serve(app)
    code = next(iter(world.newest())).code
    async with httpx.AsyncClient(base_url=base, trust_env=False) as portal:
        await portal.post(f"/_control/dossiers/{code}", json={"pay": True})
    await until(lambda: world.pushing.answers["202"] == 1)
    assert world.pushing.answers == {"503": 1, "429": 1, "202": 1}


async def test_following_through_the_desk_watches(town: Spoken, engine: AsyncEngine) -> None:
    code = town.dossier("H15").dossier.code
    await town.says(code)
    await town.says_payload(f"d:yes:{code}", "web:1")
    async with engine.connect() as connection:
        row = (await connection.execute(select(WatchRow))).one()
    assert (row.code, row.root, row.status) == (code, "H15", Status.PROCESSING)
    await town.says_payload(f"d:unfollow:{code}", "web:1")
    async with engine.connect() as connection:
        assert (await connection.execute(select(WatchRow))).first() is None
