"""Every failure as a client sees it over a real connection."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest

from simulators.zalo.failures import Failure, Kind
from simulators.zalo.people import Person
from simulators.zalo.server import create
from simulators.zalo.world import World
from tests.simulators.zalo.made import BotClient, Oa, world, wrote


@dataclass
class Bench:
    """One person to write to, over a real port."""

    world: World
    oa: Oa
    bot: BotClient
    person: Person
    chat: str

    async def post(self) -> httpx.Response:
        body = {"recipient": {"user_id": self.person.id}, "message": {"text": "a"}}
        headers = {"access_token": self.oa.pair.access}
        return await self.oa.http.post("/v3.0/oa/message/cs", json=body, headers=headers)


@pytest.fixture
async def bench(serve: Callable[[object], Awaitable[str]]) -> AsyncIterator[Bench]:
    made = world()
    made.media.base = await serve(create(made))
    person, chat = wrote(made), made.bot.chat()
    made.bot.write(chat, "a")
    async with httpx.AsyncClient(base_url=made.media.base, timeout=0.5) as http:
        yield Bench(made, Oa(http, made), BotClient(http, made), person, chat)


async def test_latency(bench: Bench) -> None:
    bench.world.failures.add("latency", seconds=0.1)
    begun = time.monotonic()
    assert (await bench.oa.cs(bench.person))["error"] == 0
    assert time.monotonic() - begun >= 0.1


async def test_delivered_but_nobody_knows(bench: Bench) -> None:
    bench.world.failures.add("late", seconds=0.7)
    with pytest.raises(httpx.ReadTimeout):
        await bench.post()
    bench.world.failures.add("lost", "oa", "cs", user=bench.person.id)
    with pytest.raises(httpx.TransportError):
        await bench.post()
    assert len(bench.world.sent) == 2


async def test_the_connection_is_reset(bench: Bench) -> None:
    bench.world.failures.add("reset")
    with pytest.raises(httpx.TransportError):
        await bench.post()
    assert bench.world.sent == []
    assert bench.world.calls[0].error is None


@pytest.mark.parametrize(
    ("kind", "status", "body", "sent"),
    [
        ("error_500", 500, b"<!DOCTYPE", 0),
        ("html", 200, b"<!DOCTYPE", 0),
        ("truncated", 200, b'{"data"', 1),
        ("empty_body", 200, b"", 0),
    ],
)
async def test_answers_that_are_no_json(bench: Bench, kind: str, status: int, body: bytes, sent: int) -> None:
    bench.world.failures.add(kind)
    answer = await bench.post()
    assert (answer.status_code, answer.content[: len(body)]) == (status, body)
    assert len(bench.world.sent) == sent
    with pytest.raises(ValueError, match=r"."):
        answer.json()


async def test_codes(bench: Bench) -> None:
    failures = bench.world.failures
    failures.add(Failure(Kind.RATE_LIMITED, "oa"))
    failures.add("temporary")
    failures.add("code", "oa", code=-200)
    failures.add("code", "oa", code=-209, times=2)
    assert [(await bench.oa.cs(bench.person))["error"] for _ in range(6)] == [-32, -100, -200, -209, -209, 0]
    assert failures.struck == {"rate_limited": 1, "temporary": 1, "code": 3}
    assert [c.error for c in bench.world.calls] == [-32, -100, -200, -209, -209, 0]
    assert bench.world.counts() == {"oa.cs": 6}
    assert "access_token" not in str(bench.world.calls)


async def test_the_token_expires_in_between(bench: Bench) -> None:
    bench.world.failures.add("token_expired", after=1)
    assert [(await bench.oa.cs(bench.person))["error"] for _ in range(3)] == [0, -220, -220]
    bench.world.failures.add(Kind.LOST, "oauth")
    with pytest.raises(httpx.TransportError):
        await bench.oa.renew()
    assert (await bench.oa.renew())["error"] == -14014
    assert len(bench.world.tokens.history) == 2


async def test_the_bot_has_its_own(bench: Bench) -> None:
    seen = []
    for kind in ("token_expired", "rate_limited", "temporary", "code"):
        bench.world.failures.add(kind, "bot", code=400)
        answer = await bench.bot.raw("sendMessage", chat_id=bench.chat, text="a")
        seen.append((answer.status_code, answer.json()["ok"], answer.json()["error_code"]))
    assert seen == [(401, False, 401), (429, False, 429), (200, False, 500), (200, False, 400)]
    assert (await bench.oa.cs(bench.person))["error"] == 0


async def test_pictures_fail_too(bench: Bench) -> None:
    url = bench.world.people.image(bench.person, b"x").body["message"]["attachments"][0]["payload"]["url"]
    bench.world.failures.add("error_500", "media")
    assert (await bench.oa.http.get(url)).status_code == 500
    assert (await bench.oa.http.get(url)).content == b"x"
    bench.world.failures.add("html", times=None)
    assert (await bench.oa.http.get(url)).content.startswith(b"<!DOCTYPE")
    bench.world.failures.clear()
    assert (await bench.oa.http.get(url)).content == b"x"
