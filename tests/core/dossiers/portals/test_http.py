"""Limits, retries, the breaker, silence about what must stay secret."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

import httpx
import pytest
import stamina
import structlog

from core.dossiers.portals.connections import Limits
from core.dossiers.portals.http import Caller, client_for
from core.dossiers.portals.router import build
from core.dossiers.portals.sessions import MemorySessions
from core.errors import PortalAway, PortalConfused, PortalError, PortalRefused
from tests.core.dossiers.portals.fakes import (
    CODE,
    IDENTITY,
    NAME,
    PASSWORD,
    PHONE,
    ROW,
    SHORT,
    SIGNED_IN,
    USUAL,
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
    slow,
)

LIMITS = Limits(total=0.3, failures=2, pause=0.2, attempts=1)


def caller(wire: Wire, limits: Limits = LIMITS) -> Caller:
    """A caller on a wire."""
    return Caller("p", httpx.AsyncClient(transport=wire), limits)


async def ask(one: Caller) -> Any:
    """One look-up with one request."""
    return await one.lookup(lambda _: one.read("GET", "https://portal.test/dvc"))


async def test_a_look_up_ends_within_its_limit() -> None:
    began = time.monotonic()
    with pytest.raises(PortalAway, match=r"no answer within 0\.3 s"):
        await ask(caller(Wire(public=slow)))
    assert 0.25 < time.monotonic() - began < 1.5


async def test_a_body_that_trickles_ends_within_the_limit() -> None:
    class Trickle(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            while True:
                await asyncio.sleep(0.01)
                yield b" "

    began = time.monotonic()
    with pytest.raises(PortalAway, match="no answer within"):
        await ask(caller(Wire(public=httpx.Response(200, stream=Trickle()))))
    assert time.monotonic() - began < 1.5


async def test_retries_end_within_the_limit_too() -> None:
    began = time.monotonic()
    with stamina.set_testing(False), pytest.raises(PortalAway):
        await ask(caller(Wire(public=raw(b"", 503)), Limits(total=0.3, attempts=10)))
    assert time.monotonic() - began < 1.5


async def test_a_short_retry_after_is_waited_for() -> None:
    wire = Wire(public=[raw(b"", 429, **{"Retry-After": "1"}), ok({})])
    began = time.monotonic()
    with stamina.set_testing(False):
        assert await ask(caller(wire, Limits(total=3))) == {}
    assert 0.95 < time.monotonic() - began < 2.4


@pytest.mark.parametrize("said", ["3", "86400", "Mon, 23 Nov 2026 08:01:00 GMT", "-1", "soon"])
async def test_a_long_retry_after_is_obeyed_by_not_asking_again(said: str) -> None:
    wire = Wire(public=raw(b"", 429, **{"Retry-After": said}))
    with pytest.raises(PortalAway, match="HTTP 429"):
        await ask(caller(wire, Limits(total=4.0)))
    assert len(wire.requests) == 1


@pytest.mark.parametrize("failure", [raw(b"", 500), raw(b"<html>"), httpx.ConnectError("")])
async def test_the_breaker_opens_and_closes(failure: Any) -> None:
    wire = Wire(public=failure)
    one = caller(wire)
    for _ in range(2):
        with pytest.raises(PortalError):
            await ask(one)
    for _ in range(3):
        with pytest.raises(PortalAway, match="given up on for a while"):
            await ask(one)
    assert len(wire.requests) == 2
    await asyncio.sleep(0.25)
    wire.answers["public"] = [ok({"back": True})]
    assert await ask(one) == {"back": True}
    assert await ask(one) == {"back": True}


async def test_a_failure_after_the_pause_opens_the_breaker_again() -> None:
    wire = Wire(public=raw(b"", 500))
    one = caller(wire)
    for pause in (0, 0, 0.25):
        await asyncio.sleep(pause)
        with pytest.raises(PortalAway, match="HTTP 500"):
            await ask(one)
    with pytest.raises(PortalAway, match="given up"):
        await ask(one)


async def test_slow_look_ups_open_the_breaker() -> None:
    one = caller(Wire(public=slow), Limits(total=0.05, failures=2, attempts=1))
    for kind in ("no answer", "no answer", "given up"):
        with pytest.raises(PortalAway, match=kind):
            await ask(one)


@pytest.mark.parametrize("answer", [raw(b"", 401), raw(b"", 404), found(MaHoSo="G01.01-261008-0001")])
async def test_one_odd_dossier_or_bad_credentials_do_not_open_the_breaker(answer: Any) -> None:
    wire = Wire(sign_in=SIGNED_IN, ask=answer)
    driver = dvcqg(wire, limits=Limits(total=0.3, failures=1, attempts=1))
    for _ in range(3):
        with pytest.raises((PortalRefused, PortalConfused)):
            await driver.dossier(code())


async def test_our_own_queue_does_not_open_the_breaker() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.2)
        return ok({})

    one = caller(Wire(public=answer), Limits(total=0.3, concurrency=1, failures=2, attempts=1))
    got = await asyncio.gather(*(ask(one) for _ in range(6)), return_exceptions=True)
    assert got.count({}) == 1
    assert await ask(one) == {}


async def test_no_more_look_ups_at_once_than_allowed() -> None:
    running, most = 0, 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return ok({})

    one = caller(Wire(public=answer), Limits(concurrency=3))
    await asyncio.gather(*(ask(one) for _ in range(12)))
    assert most == 3


async def test_a_caller_who_gives_up_is_no_failure_of_the_portal() -> None:
    wire = Wire(public=[slow, ok({})])
    one = caller(wire, Limits(total=5, failures=1))
    task = asyncio.create_task(ask(one))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await ask(one) == {}


async def test_redirects_are_not_followed_even_by_a_client_that_would() -> None:
    wire = Wire(public=raw(b"", 302, Location="https://evil.test/dvc"))
    client = httpx.AsyncClient(transport=wire, follow_redirects=True)
    with pytest.raises(PortalConfused, match="HTTP 302"):
        await ask(Caller("p", client, LIMITS))
    assert len(wire.requests) == 1


async def test_a_byte_order_mark_is_no_fault() -> None:
    assert await ask(caller(Wire(public=raw(b"\xef\xbb\xbf{}")))) == {}


async def test_the_clients_own_limits() -> None:
    async with client_for(Limits(connect=1, read=2)) as client:
        assert (client.timeout.connect, client.timeout.read) == (1, 2)
        assert client.follow_redirects is False


@pytest.mark.parametrize(
    "failure", [None, raw(b"", 500), raw(b"<html>"), raw(b"", 401), slow, found(MaHoSo="x")]
)
async def test_nothing_secret_is_logged(failure: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    build([], MemorySessions(clock), clock)  # what composes the portals also silences httpx
    limits = SHORT if failure is slow else USUAL
    drivers = [
        dvcqg(Wire(sign_in=SIGNED_IN, ask=failure or found()), limits=limits),
        igate(igate_wire(ask=failure or page(ROW), detail=failure or ok(ROW)), limits=limits),
    ]
    errors = []
    with structlog.testing.capture_logs() as logs:
        for driver in drivers:
            try:
                await driver.dossier(code())
            except PortalError as error:
                errors.append(error)
    written = json.dumps(logs, default=repr, ensure_ascii=False) + caplog.text + repr(errors) + repr(drivers)
    assert "portal_lookup" in written
    for secret in (CODE, NAME, PHONE, "905123456", IDENTITY, PASSWORD, "session-1", "token-1", "https://"):
        assert secret not in written
