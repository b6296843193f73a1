"""One sign-in serves everybody."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.portals.connections import Limits
from core.dossiers.portals.sessions import MemorySessions, Session, SharedSessions
from core.errors import PortalAway, PortalRefused
from core.secret import Secret
from tests.core.dossiers.portals.fakes import (
    NOW,
    Wire,
    clock,
    code,
    dvcqg,
    found,
    igate,
    igate_wire,
    ok,
    page,
    raw,
)
from tests.core.dossiers.portals.fakes import ROW as IGATE_ROW

SECRET = Secret("0123456789abcdef" * 4)


class Desk:
    """Where one signs in; counts how often."""

    def __init__(self, failure: Exception | None = None, minutes: float = 20) -> None:
        self.count, self.failure, self.minutes = 0, failure, minutes

    async def __call__(self) -> Session:
        self.count += 1
        await asyncio.sleep(0.01)
        if self.failure:
            raise self.failure
        return Session(f"session-{self.count}", dt.timedelta(minutes=self.minutes))


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


async def test_many_at_once_sign_in_once() -> None:
    sessions, desk = MemorySessions(clock), Desk()
    got = await asyncio.gather(*(sessions.get("p", desk) for _ in range(50)))
    assert set(got) == {"session-1"}
    got = await asyncio.gather(*(sessions.get("p", desk, refused="session-1") for _ in range(50)))
    assert set(got) == {"session-2"}
    assert desk.count == 2


def expiring(kind: str) -> tuple[Wire, list[str]]:
    """A portal whose first session has ended; gives the sessions it saw."""
    given: list[str] = []

    def sign_in(_: httpx.Request) -> httpx.Response:
        given.append(f"s{len(given) + 1}")
        return ok({"session": given[-1], "error_code": 0, "access_token": given[-1], "expires_in": 300})

    def ask(request: httpx.Request) -> httpx.Response:
        old = b'"s1"' in request.content or request.headers.get("authorization") == "Bearer s1"
        if old:
            return raw(b"", 401)
        return found() if kind == "dvcqg" else page(IGATE_ROW)

    if kind == "dvcqg":
        return Wire(sign_in=sign_in, ask=ask), given
    return igate_wire(sign_in=sign_in, ask=ask), given


@pytest.mark.parametrize("kind", ["dvcqg", "igate"])
async def test_fifty_look_ups_with_an_expired_session_sign_in_once(kind: str) -> None:
    wire, given = expiring(kind)
    sessions, limits = MemorySessions(clock), Limits(concurrency=50)
    driver = dvcqg(wire, sessions, limits) if kind == "dvcqg" else igate(wire, sessions, limits)
    got = await asyncio.gather(*(driver.dossier(code()) for _ in range(50)))
    assert all(got)
    assert given == ["s1", "s2"]


async def test_a_session_is_used_until_it_ends() -> None:
    hands, desk = Hands(), Desk(minutes=20)
    sessions = MemorySessions(hands)
    assert await sessions.get("p", desk) == "session-1"
    hands.now += dt.timedelta(minutes=19)
    assert await sessions.get("p", desk) == "session-1"
    hands.now += dt.timedelta(minutes=1)
    assert await sessions.get("p", desk) == "session-2"


async def test_each_portal_has_its_own() -> None:
    sessions, one, two = MemorySessions(clock), Desk(), Desk()
    await sessions.get("a", one)
    await sessions.get("b", two)
    assert (one.count, two.count) == (1, 1)


async def test_refused_credentials_are_not_tried_again_for_a_minute() -> None:
    hands, desk = Hands(), Desk(PortalRefused("portal p: HTTP 401"))
    sessions = MemorySessions(hands)
    for _ in range(3):
        with pytest.raises(PortalRefused):
            await sessions.get("p", desk)
    assert desk.count == 1
    hands.now += dt.timedelta(seconds=61)
    desk.failure = None
    assert await sessions.get("p", desk) == "session-2"


async def test_a_portal_that_was_away_is_tried_again_at_once() -> None:
    desk = Desk(PortalAway("portal p: HTTP 503"))
    sessions = MemorySessions(clock)
    for _ in range(2):
        with pytest.raises(PortalAway):
            await sessions.get("p", desk)
    assert desk.count == 2


async def test_a_sign_in_cut_short_leaves_the_way_free() -> None:
    sessions, desk = MemorySessions(clock), Desk()
    task = asyncio.create_task(sessions.get("p", desk))
    await asyncio.sleep(0.001)
    task.cancel()
    assert await sessions.get("p", desk) == "session-2"


@pytest.mark.both_databases
async def test_processes_share_a_session(engine: AsyncEngine) -> None:
    one, other = (SharedSessions(engine, SECRET, clock) for _ in range(2))
    desk, idle = Desk(), Desk()
    assert await one.get("p", desk) == "session-1"
    assert await other.get("p", idle) == "session-1"
    assert await one.get("p", desk, refused="session-1") == "session-2"
    # The other process finds its session refused: the first has signed in already.
    assert await other.get("p", idle, refused="session-1") == "session-2"
    assert (desk.count, idle.count) == (2, 0)


@pytest.mark.both_databases
async def test_processes_that_sign_in_at_once_do_not_fail(engine: AsyncEngine) -> None:
    stores = [SharedSessions(engine, SECRET, clock) for _ in range(5)]
    got = await asyncio.gather(*(store.get("p", Desk()) for store in stores))
    assert set(got) == {"session-1"}


@pytest.mark.both_databases
async def test_the_database_holds_no_session_in_clear(engine: AsyncEngine) -> None:
    await SharedSessions(engine, SECRET, clock).get("p", Desk())
    async with engine.connect() as connection:
        rows = (await connection.execute(text("select * from portal_session"))).all()
    assert len(rows) == 1
    assert "session-1" not in repr(rows)


@pytest.mark.both_databases
async def test_another_secret_signs_in_anew(engine: AsyncEngine) -> None:
    await SharedSessions(engine, SECRET, clock).get("p", Desk())
    desk = Desk()
    await SharedSessions(engine, Secret("f" * 64), clock).get("p", desk)
    assert desk.count == 1


@pytest.mark.both_databases
async def test_an_ended_session_of_another_process_is_not_used(engine: AsyncEngine) -> None:
    await SharedSessions(engine, SECRET, clock).get("p", Desk())
    desk, hands = Desk(), Hands()
    hands.now += dt.timedelta(hours=1)
    await SharedSessions(engine, SECRET, hands).get("p", desk)
    assert desk.count == 1


@pytest.mark.both_databases
async def test_without_storage_sessions_live_in_the_process(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("drop table portal_session"))
    sessions, desk = SharedSessions(engine, SECRET, clock), Desk()
    assert [await sessions.get("p", desk) for _ in range(3)] == ["session-1"] * 3
    assert desk.count == 1


def test_a_session_is_never_printed() -> None:
    assert "abc" not in repr(Session("abc", dt.timedelta(1)))
