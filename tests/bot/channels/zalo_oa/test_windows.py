"""What a message costs by the time since the person wrote."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.channels.zalo_oa.windows import Standing, decide, moment
from core.errors import SendError
from core.messages import Address
from tests.bot.channels.zalo_oa.conftest import NOW, Shop

HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("since", "remaining", "cost"),
    [
        (None, 8, "template"),
        (SECOND, 8, "free"),
        (SECOND, None, "free"),
        (SECOND, 0, "used_up"),
        (48 * HOUR, 1, "free"),
        (48 * HOUR + SECOND, 8, "charged"),
        (168 * HOUR, 0, "charged"),
        (168 * HOUR + SECOND, 8, "template"),
        (-SECOND, 8, "free"),
    ],
)
def test_the_windows(since: dt.timedelta | None, remaining: int | None, cost: str) -> None:
    assert decide(NOW - since if since is not None else None, remaining, NOW).cost == cost


@pytest.mark.parametrize("value", ["", "x", "-5", None, True, 1.5, 0, "9" * 40, [], "²"])
def test_odd_moments_are_none(value: object) -> None:
    assert moment(value) is None


def test_moments_in_milliseconds_and_seconds() -> None:
    assert moment("1795395600000") == moment(1795395600) == dt.datetime.fromtimestamp(1795395600, dt.UTC)


@pytest.mark.both_databases
async def test_events_out_of_order_never_set_it_back(shop: Shop) -> None:
    windows, person = shop.zalo.windows, Address("zalo", "1")
    moments = [NOW - n * HOUR for n in (3, 0, 5, 1)]
    await asyncio.gather(*(windows.touch(person, at) for at in moments))
    assert await windows.last(person) == NOW
    await windows.forget_old(NOW + 24 * 9 * HOUR)
    assert await windows.last(person) is None
    await windows.touch(person, NOW)
    await windows.forget(person)
    assert await windows.last(person) is None


async def test_the_quota_of_zalo_decides_with_what_we_know(shop: Shop) -> None:
    world, windows = shop.world, shop.zalo.windows
    person = world.people.add()
    address = Address("zalo", person.id)
    assert (await windows.standing(address)).cost == "template"
    world.people.write(person, "chào")
    assert await windows.standing(address) == Standing("free", NOW + 48 * HOUR, 8)
    assert (await windows.standing(address, ask=False)).cost == "template"  # the event has not come yet
    await world.push()
    assert (await windows.standing(address, ask=False)).cost == "free"
    person.free_left = 0
    assert (await windows.standing(address)).cost == "used_up"
    world.clock.advance(days=3)
    assert (await windows.standing(address)).cost == "charged"
    world.failures.add("error_500", "oa")
    assert (await windows.standing(address)).cost == "charged"
    world.clock.advance(days=5)
    assert (await windows.standing(address)).cost == "template"
    person.banned = True
    with pytest.raises(SendError) as gone:
        await windows.standing(address)
    assert gone.value.gone
    world.failures.add("error_500", "oa")
    with pytest.raises(SendError):
        await windows.standing(Address("zalo", "404"))


async def test_the_token_is_kept_fresh_while_nobody_writes(shop: Shop) -> None:
    shop.world.clock.advance(hours=21)
    await shop.zalo.start()
    async with asyncio.timeout(5):
        while not shop.world.counts()["oauth.token"]:
            await asyncio.sleep(0.01)
