"""One renewal for everybody, and what is left when a process is killed on the way."""

from __future__ import annotations

import asyncio
import datetime as dt
import pathlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from bot.channels.zalo_oa.oauth import OAuthAway, OAuthRefused, Pair
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.vault import LEASE, Vault
from core.db import engine as engines
from core.db.migrate import upgrade
from core.errors import SendError
from core.secret import Secret
from tests.bot.channels.zalo_oa.conftest import NOW, SECRET, Shop


class Killed(BaseException):
    """The process ends here."""


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def on(self, **units: float) -> None:
        self.now += dt.timedelta(**units)


class Desk:
    """Where pairs are renewed: a refresh token works once. Fails before or after it took the token."""

    def __init__(self) -> None:
        self.valid, self.count, self.refusals = 0, 0, 0
        self.before: BaseException | None = None
        self.after: BaseException | None = None
        self.hold: asyncio.Event | None = None

    async def refresh(self, token: str) -> Pair:
        await asyncio.sleep(0.01)
        if self.before:
            raise self.before
        if token != f"r{self.valid}":
            self.refusals += 1
            raise OAuthRefused("error -14014")
        self.valid, self.count = self.valid + 1, self.count + 1
        pair = Pair(f"a{self.valid}", f"r{self.valid}")
        if self.hold:
            await self.hold.wait()
        if self.after:
            raise self.after
        return pair


async def no_sleep(_: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def stored(database_url: str, clock: Hands) -> AsyncIterator[list[AsyncEngine]]:
    """Two engines over one database that holds the pair a0, r0."""
    made = [engines.create(database_url) for _ in range(2)]
    await Vault(made[0], SECRET, "zalo", clock).put(Pair("a0", "r0"))
    yield made
    for one in made:
        await one.dispose()


def process(engine: AsyncEngine, desk: Desk, clock: Hands, secret: Secret = SECRET) -> Tokens:
    return Tokens(Vault(engine, secret, "zalo", clock), desk, clock, no_sleep)


@pytest.mark.both_databases
async def test_forty_callers_of_two_processes_renew_once(stored, desk: Desk, clock: Hands) -> None:
    both = [process(engine, desk, clock) for engine in stored]
    assert await both[0].get() == "a0"
    clock.on(hours=19, minutes=59)
    assert await both[1].get() == "a0"
    clock.on(hours=6)
    got = await asyncio.gather(*(tokens.get() for tokens in both for _ in range(20)))
    assert set(got) == {"a1"}
    got = await asyncio.gather(*(tokens.get(refused="a1") for tokens in both for _ in range(20)))
    assert set(got) == {"a2"}
    assert (desk.count, desk.refusals) == (2, 0)


@pytest.mark.both_databases
async def test_it_is_renewed_at_twenty_hours_and_nobody_waits_for_another_process(
    stored, desk, clock
) -> None:
    one, two = (process(engine, desk, clock) for engine in stored)
    clock.on(hours=20, minutes=1)
    desk.hold = asyncio.Event()
    renewing = asyncio.create_task(one.get())
    while not desk.count:
        await asyncio.sleep(0.005)
    assert await two.get() == "a0"
    desk.hold.set()
    assert await renewing == await two.get() == "a1"
    assert desk.count == 1


@pytest.mark.both_databases
async def test_a_pair_is_never_used_before_it_is_saved(stored, desk, clock, monkeypatch) -> None:
    tokens, save = process(stored[0], desk, clock), Vault.save
    clock.on(hours=26)

    async def away(*_: object) -> bool:
        raise OperationalError("UPDATE", {}, Exception("disk"))

    monkeypatch.setattr(Vault, "save", away)
    for _ in range(2):
        with pytest.raises(SendError) as error:
            await tokens.get()
        assert error.value.retry_after
    monkeypatch.setattr(Vault, "save", save)
    assert await tokens.get() == "a1"
    assert (desk.count, desk.refusals) == (1, 0)
    assert await process(stored[1], desk, clock).get() == "a1"


@pytest.mark.parametrize("step", ["claim", "claimed", "saved"])
@pytest.mark.both_databases
async def test_killed_where_a_retry_mends_it(stored, desk, clock, monkeypatch, step: str) -> None:
    clock.on(hours=26)
    claim, save = Vault.claim, Vault.save

    async def killed_claim(self: Vault, *given: object) -> bool:
        if step == "claimed":
            await claim(self, *given)
        raise Killed

    async def killed_save(self: Vault, *given: object) -> bool:
        await save(self, *given)
        raise Killed

    name, deed = ("save", killed_save) if step == "saved" else ("claim", killed_claim)
    with monkeypatch.context() as patched:
        patched.setattr(Vault, name, deed)
        with pytest.raises(Killed):
            await process(stored[0], desk, clock).get()
    clock.on(seconds=LEASE.total_seconds() + 1)
    assert await process(stored[1], desk, clock).get() == "a1"
    assert (desk.count, desk.refusals) == (1, 0)


@pytest.mark.both_databases
async def test_killed_between_the_answer_and_saving_needs_an_operator(stored, desk, clock) -> None:
    clock.on(hours=26)
    desk.after = Killed()
    with pytest.raises(Killed):
        await process(stored[0], desk, clock).get()
    desk.after = None
    clock.on(seconds=LEASE.total_seconds() + 1)
    tokens = process(stored[1], desk, clock)
    with capture_logs() as logs:
        with pytest.raises(SendError) as error:
            await tokens.get()
        with pytest.raises(SendError):
            await tokens.get()
    assert error.value.configuration
    lost = [entry for entry in logs if entry["event"] == "zalo_token_lost"]
    assert len(lost) == 1
    assert lost[0]["log_level"] == "error"
    assert lost[0]["remedy"] == "python -m bot zalo-authorize"
    await process(stored[0], desk, clock).put(Pair("new", "r1"))
    assert await tokens.get() == "new"


@pytest.mark.both_databases
async def test_a_cancelled_caller_does_not_lose_the_pair(stored, desk, clock) -> None:
    clock.on(hours=26)
    desk.hold = asyncio.Event()
    tokens = process(stored[0], desk, clock)
    caller = asyncio.create_task(tokens.get())
    while not desk.count:
        await asyncio.sleep(0.005)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    asyncio.get_running_loop().call_later(0.02, desk.hold.set)
    await tokens.close()
    assert await process(stored[1], desk, clock).get() == "a1"


@pytest.mark.both_databases
async def test_a_process_that_slept_through_its_lease_still_saves_the_only_pair(stored, desk, clock) -> None:
    clock.on(hours=26)
    desk.hold = asyncio.Event()
    sleeper = asyncio.create_task(process(stored[0], desk, clock).get())
    while not desk.count:
        await asyncio.sleep(0.005)
    clock.on(seconds=LEASE.total_seconds() + 1)
    other = process(stored[1], desk, clock)
    with pytest.raises(SendError):
        await other.get()
    desk.hold.set()
    assert await sleeper == await other.get() == "a1"


@pytest.mark.both_databases
async def test_while_renewing_fails_the_present_token_serves_as_long_as_it_lasts(stored, desk, clock) -> None:
    tokens = process(stored[0], desk, clock)
    clock.on(hours=21)
    desk.before = OAuthAway("ReadTimeout")
    assert await tokens.get() == "a0"
    desk.before = OAuthRefused("error -14014")
    assert await tokens.get() == "a0"  # within the rest nobody asks
    clock.on(seconds=6)
    with capture_logs() as logs:
        assert await tokens.get() == "a0"
    assert [entry["event"] for entry in logs] == ["zalo_token_lost"]
    clock.on(hours=5)
    with pytest.raises(SendError) as lost:
        await tokens.get()
    assert lost.value.configuration
    desk.before = None
    clock.on(minutes=6)
    assert await tokens.get() == "a1"  # the refusal was a slip of Zalo's, or a setting that was mended


@pytest.mark.both_databases
async def test_zalo_away_and_the_token_expired(stored, desk, clock) -> None:
    clock.on(hours=26)
    desk.before = OAuthAway("ConnectError", sure=True)
    with pytest.raises(SendError) as away:
        await process(stored[0], desk, clock).get()
    assert away.value.retry_after
    assert not away.value.configuration


@pytest.mark.both_databases
async def test_tokens_that_are_refused_at_once_do_not_use_up_one_another(stored, desk, clock) -> None:
    tokens = process(stored[0], desk, clock)
    assert await tokens.get(refused="a0") == "a1"
    with pytest.raises(SendError):
        await tokens.get(refused="a1")
    clock.on(seconds=31)
    assert await tokens.get(refused="a1") == "a2"


@pytest.mark.both_databases
async def test_what_is_stored_is_sealed_and_another_key_says_so(stored, desk, clock) -> None:
    async with stored[0].connect() as connection:
        (sealed,) = (await connection.execute(text("SELECT secret FROM channel_token"))).one()
    assert SECRET.decrypt(sealed) == '{"access": "a0", "refresh": "r0"}'
    assert "access" not in sealed
    with pytest.raises(SendError) as other_key:
        await process(stored[0], desk, clock, Secret("f" * 64)).get()
    assert other_key.value.configuration


async def test_nothing_stored_and_no_database(tmp_path: pathlib.Path, desk, clock) -> None:
    empty = engines.create(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SendError) as no_table:
        await process(empty, desk, clock).get()
    assert no_table.value.retry_after
    await upgrade(empty)
    with pytest.raises(SendError) as nothing:
        await process(empty, desk, clock).get()
    assert nothing.value.configuration
    await empty.dispose()


@pytest.mark.both_databases
async def test_against_the_simulated_zalo(shop: Shop) -> None:
    world, tokens = shop.world, shop.zalo.tokens
    first = await tokens.get()
    world.clock.advance(hours=20, minutes=1)
    second = await tokens.get()
    assert second != first
    world.clock.advance(hours=26)
    world.failures.add("lost", "oauth")
    with pytest.raises((SendError, ConnectionResetError)):
        await tokens.get()
    world.clock.advance(minutes=2)
    with pytest.raises(SendError) as lost:
        await tokens.get()
    assert lost.value.configuration
