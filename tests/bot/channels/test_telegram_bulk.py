"""Speaking first on Telegram: the free and the paid limit, many at once, and nothing that waits for itself."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from telegram.error import InvalidToken, TimedOut

from bot.channels.telegram import bulk as bulks
from bot.channels.telegram.bulk import Bulk
from bot.channels.telegram.outbound import failure
from core.errors import SendError
from core.messages import Address, Message
from core.settings import Settings
from simulators.telegram.server import create
from simulators.telegram.state import World

TOKEN = "123456:simulated"


def settings(base: str, *, paid: bool) -> Settings:
    return Settings(
        _env_file=None, telegram_bot_token=TOKEN, telegram_api_base_url=base, telegram_paid_broadcast=paid
    )


async def send(bulk: Bulk, people: range) -> list[BaseException | None]:
    """To many at the same time; what came of each."""
    sends = (bulk.send(Address("telegram", str(n)), Message(f"số {n}")) for n in people)
    return list(await asyncio.gather(*sends, return_exceptions=True))


@pytest.mark.parametrize(
    ("stars", "paid", "through"), [(True, True, 200), (True, False, 30), (False, True, 30)]
)
async def test_only_who_pays_and_can_is_let_through(serve, stars: bool, paid: bool, through: int) -> None:
    world = World(TOKEN, lambda: 0.0, stars=stars, people=set(range(200)))
    bulk = Bulk(settings(await serve(create(world)), paid=paid))
    ended = await send(bulk, range(200))
    await bulk.stop()
    assert len(world.sent) == through == ended.count(None)
    refused = [error for error in ended if error]
    assert all(isinstance(e, SendError) and e.rate and e.retry_after == 1 for e in refused)


async def test_the_paid_limit_is_a_thousand_and_the_chats_own_stays(serve) -> None:
    world = World(TOKEN, lambda: 0.0, stars=True, people=set(range(1100)))
    bulk = Bulk(settings(await serve(create(world)), paid=True))
    for _ in range(5):
        await asyncio.gather(bulk.send(Address("telegram", "1"), Message("x")), return_exceptions=True)
    assert len(world.texts(1)) == 4
    await send(bulk, range(2, 1100))
    await bulk.stop()
    assert len(world.sent) == 1000


async def test_one_that_is_refused_holds_up_no_other(serve) -> None:
    world = World(TOKEN, lambda: 0.0, people={1, 2})
    bulk = Bulk(settings(await serve(create(world)), paid=False))
    world.fail("429")
    with pytest.raises(SendError):
        await bulk.send(Address("telegram", "1"), Message("một"))
    async with asyncio.timeout(0.9):  # the limiter of replies would wait a second
        await bulk.send(Address("telegram", "2"), Message("hai"))
    await bulk.stop()
    assert world.texts(2) == ["hai"]


async def test_more_than_there_are_connections_wait_their_turn(
    serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulks, "POOLS", 2)
    monkeypatch.setattr(bulks, "CONNECTIONS", 2)
    world = World(TOKEN, lambda: 0.0, stars=True, people=set(range(40)))
    bulk = Bulk(settings(await serve(create(world)), paid=True))
    assert set(await send(bulk, range(40))) == {None}
    await bulk.stop()


async def test_no_answer_is_unknown_whether_it_arrived_or_not(serve) -> None:
    world = World(TOKEN, lambda: 0.0, people={1, 2})
    world.trouble[1], world.trouble[2] = type(world.failures)(["lost"]), type(world.failures)(["drop"])
    bulk = Bulk(settings(await serve(create(world)), paid=False), read_timeout=0.3)
    ended = await send(bulk, range(1, 3))
    await bulk.stop()
    assert all(isinstance(error, SendError) and error.unknown for error in ended)
    assert [sent.chat for sent in world.sent] == [2]


@pytest.mark.parametrize("never_left", [httpx.ConnectTimeout, httpx.PoolTimeout])
def test_what_never_left_is_not_unknown(never_left: type[httpx.TimeoutException]) -> None:
    error = TimedOut()
    error.__cause__ = never_left("…")
    told = failure(error)
    assert (told.unknown, told.retry_after) == (False, 5.0)
    error.__cause__ = httpx.ReadTimeout("…")
    assert failure(error).unknown


def test_a_refused_token_is_for_the_operator() -> None:
    assert failure(InvalidToken()).configuration
