"""The worker over a channel with memory: every place a process can end at, and every way a send can fail."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import worker as workers
from bot.worker import GIVE_UP, Worker, has_ended
from core.conversations.inbox import LEASE, MAX_DEATHS, Arrival, Inbox, now_utc
from core.errors import SendError
from core.messages import Address, Incoming, Message, Reply
from core.reminders.gate import Replies
from core.sentences import sentence
from tests.bot.fakes import FakeConversation
from tests.conftest import until

pytestmark = pytest.mark.both_databases

APOLOGY = sentence("parked").text


class Killed(BaseException):
    """The process ends here."""


class FakeChannel:
    """Keeps what was sent; fails as told: one entry of ``failures`` a send, None for a good one."""

    name = "fake"

    def __init__(self, *failures: Exception | None) -> None:
        self.sender = self
        self.sent: list[tuple[str, str]] = []
        self.failures = list(failures)
        self.typed: list[str] = []

    async def send(self, address: Address, message: Message) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure and not getattr(failure, "unknown", False):
            raise failure
        self.sent.append((address.id, message.text))
        if failure:
            raise failure

    def texts(self, who: str = "1") -> list[str]:
        return [text for whom, text in self.sent if whom == who]

    def routes(self) -> APIRouter | None:
        return None

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def typing(self, address: Address) -> None:
        self.typed.append(address.id)

    async def status(self) -> dict[str, Any]:
        return {"mode": "fake", "connected": True}

    async def fetch(self, file: str) -> bytes | None:
        return b"bytes of " + file.encode() if file != "lost" else None


class Clock:
    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return now_utc() + self.ahead


def two(incoming: Incoming) -> Reply:
    """Two messages."""
    return Reply((Message(f"{incoming.text} 1"), Message(f"{incoming.text} 2")))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(engine: AsyncEngine, clock: Clock) -> Inbox:
    return Inbox(engine, clock)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE", (0.02, 0.05))


@asynccontextmanager
async def working(
    inbox: Inbox, talk: Any, channel: FakeChannel, clock: Clock, **more: Any
) -> AsyncIterator[Worker]:
    worker = Worker(inbox, talk, [channel], clock, **more)
    worker.start()
    yield worker
    await worker.stop()


async def writes(inbox: Inbox, text: str, who: str = "1", **more: Any) -> None:
    assert await inbox.put(Arrival(f"{who}-{text}", Incoming(Address("fake", who), text, **more)))


async def settled(inbox: Inbox, seconds: float = 10) -> None:
    """Wait until nothing is unfinished."""
    async with asyncio.timeout(seconds):
        while (await inbox.waiting()).waiting:
            await asyncio.sleep(0.02)


async def test_each_conversation_in_order_and_many_at_once(inbox: Inbox, clock: Clock) -> None:
    channel, talk, running, most = FakeChannel(), FakeConversation(two), 0, 0

    class Watching:
        async def answer(self, incoming: Incoming) -> Reply:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.05)
            running -= 1
            return await talk.answer(incoming)

    for text in "abc":
        for who in "12345678":
            await writes(inbox, text, who)
    async with working(inbox, Watching(), channel, clock, slots=4):
        await settled(inbox)
    for who in "12345678":
        assert channel.texts(who) == ["a 1", "a 2", "b 1", "b 2", "c 1", "c 2"]
    assert 2 <= most <= 4


async def test_a_new_message_is_taken_up_at_once(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "IDLE", (30.0, 30.0))
    channel = FakeChannel()
    async with working(inbox, FakeConversation(two), channel, clock):
        await asyncio.sleep(0.1)
        await writes(inbox, "a")
        await writes(inbox, "b")
        await until(lambda: len(channel.sent) == 4, seconds=15)  # half of what an idle worker waits


async def test_an_idle_worker_looks_less_and_less_often(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "IDLE", (0.1, 0.2))
    looks, claim = [], inbox.claim

    async def counted(*arguments: Any) -> Any:
        looks.append(time.monotonic())
        return await claim(*arguments)

    monkeypatch.setattr(inbox, "claim", counted)
    async with working(inbox, FakeConversation(), FakeChannel(), clock):
        await asyncio.sleep(1.0)
    assert 4 <= len(looks) <= 8


STEPS = ["claim", "answer", "answered", "send 0", "sent 0", "send 1", "sent 1", "done"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_process_may_end_between_any_two_steps(
    engine: AsyncEngine, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    """Nothing is lost; twice comes only what was being sent: delivered, and not yet recorded so."""
    dying = Inbox(engine, clock)
    channel, talk = FakeChannel(), FakeConversation(two)
    await writes(dying, "a")
    await writes(dying, "b")
    name, _, index = step.partition(" ")
    owner = {"answer": talk, "send": channel}.get(name, dying)
    dead = asyncio.Event()
    monkeypatch.setattr(owner, name, _dies(getattr(owner, name), when, int(index or 0), dead))
    await _live_until_killed(Worker(dying, talk, [channel], clock), dead)
    monkeypatch.undo()
    monkeypatch.setattr(workers, "IDLE", (0.02, 0.05))
    clock.ahead += LEASE
    fresh = Inbox(engine, clock)
    async with working(fresh, talk, channel, clock):
        await settled(fresh)
    assert list(dict.fromkeys(channel.texts())) == ["a 1", "a 2", "b 1", "b 2"]
    twice = (step, when) in {
        ("send 0", "after"),
        ("sent 0", "before"),
        ("send 1", "after"),
        ("sent 1", "before"),
    }
    assert len(channel.sent) == 4 + twice
    assert (await fresh.waiting()).maybe_twice >= twice
    again = (step, when) in {("answer", "after"), ("answered", "before")}
    assert len(talk.asked) == 2 + again


def _dies(deed: Callable[..., Any], when: str, nth: int, dead: asyncio.Event) -> Callable[..., Any]:
    calls = iter(range(10**6))

    async def dying(*arguments: Any, **named: Any) -> Any:
        number = next(calls)
        if number == nth and when == "after":
            await deed(*arguments, **named)
        if number >= nth:
            dead.set()
            await asyncio.Event().wait()  # nothing of the process runs on from here
        return await deed(*arguments, **named)

    return dying


async def _live_until_killed(worker: Worker, dead: asyncio.Event) -> None:
    """Run until the step, then end every task without letting it tidy up."""
    before = asyncio.all_tasks()
    worker._inbox.release = worker._inbox.renew  # type: ignore[method-assign]  # a dead process gives nothing back
    worker.start()
    await asyncio.wait_for(dead.wait(), 5)
    tasks = asyncio.all_tasks() - before
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_gone_stops_and_the_next_message_is_answered(inbox: Inbox, clock: Clock) -> None:
    channel = FakeChannel(SendError("blocked", gone=True))
    await writes(inbox, "a")
    await writes(inbox, "b")
    async with working(inbox, FakeConversation(two), channel, clock):
        await settled(inbox)
    assert channel.texts() == ["b 1", "b 2"]


async def test_a_short_wait_is_waited_for_in_place(inbox: Inbox, clock: Clock) -> None:
    channel = FakeChannel(SendError("busy", retry_after=0.01), SendError("busy", retry_after=0.01))
    await writes(inbox, "a")
    async with working(inbox, FakeConversation(two), channel, clock):
        await settled(inbox)
    assert channel.texts() == ["a 1", "a 2"]


async def test_a_long_wait_gives_the_place_to_others(inbox: Inbox, clock: Clock) -> None:
    channel, talk = FakeChannel(None, SendError("busy", retry_after=600)), FakeConversation(two)
    await writes(inbox, "a")
    await writes(inbox, "b")
    async with working(inbox, talk, channel, clock, slots=1):
        await until(lambda: channel.failures == [])
        await writes(inbox, "c", "2")
        await until(lambda: len(channel.texts("2")) == 2)
        assert channel.texts() == ["a 1"]
        clock.ahead += dt.timedelta(minutes=10)
        await settled(inbox)
    assert channel.texts() == ["a 1", "a 2", "b 1", "b 2"]
    assert [a.text for a in talk.asked] == ["a", "c", "b"]


async def test_a_reply_waits_while_the_account_is_at_fault(inbox: Inbox, clock: Clock) -> None:
    channel = FakeChannel(*(SendError("token refused", configuration=True) for _ in range(2)))
    await writes(inbox, "a")
    async with working(inbox, FakeConversation(two), channel, clock):
        for left in (1, 0):
            await until(lambda left=left: len(channel.failures) == left)
            await asyncio.sleep(0.1)
            assert channel.sent == []
            clock.ahead += dt.timedelta(minutes=2)
        await settled(inbox)
    assert channel.texts() == ["a 1", "a 2"]
    assert (await inbox.waiting()).parked == 0


async def test_what_cannot_be_sent_for_an_hour_is_let_go(inbox: Inbox, clock: Clock) -> None:
    channel = FakeChannel(SendError("away", retry_after=600), SendError("away", retry_after=600))
    await writes(inbox, "a")
    async with working(inbox, FakeConversation(two), channel, clock):
        await until(lambda: len(channel.failures) == 1)
        await asyncio.sleep(0.1)
        clock.ahead += GIVE_UP + dt.timedelta(seconds=1)
        await settled(inbox)
    assert channel.sent == []


async def test_unknown_counts_as_sent(inbox: Inbox, clock: Clock) -> None:
    channel = FakeChannel(SendError("timeout", unknown=True))
    await writes(inbox, "a")
    async with working(inbox, FakeConversation(two), channel, clock):
        await settled(inbox)
    assert channel.texts() == ["a 1", "a 2"]


@pytest.mark.parametrize("apology_fails", [False, True])
async def test_a_reply_the_platform_refuses_is_parked_and_said_so_once(
    inbox: Inbox, clock: Clock, apology_fails: bool
) -> None:
    refusal = SendError("BadRequest")
    channel = FakeChannel(None, refusal, refusal if apology_fails else None)
    await writes(inbox, "a")
    await writes(inbox, "b")
    async with working(inbox, FakeConversation(two), channel, clock):
        await settled(inbox)
    assert channel.texts() == ["a 1", *([] if apology_fails else [APOLOGY]), "b 1", "b 2"]
    assert (await inbox.waiting()).parked == 1


class Poison:
    """Cannot answer "poison"."""

    def __init__(self, fault: Callable[[], Any]) -> None:
        self.tries, self._fault = 0, fault

    async def answer(self, incoming: Incoming) -> Reply:
        if incoming.text == "poison":
            self.tries += 1
            await self._fault()
        return two(incoming)


async def _raises() -> None:
    raise RuntimeError("poison")


async def _hangs() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("fault", [_raises, _hangs])
async def test_poison_is_tried_thrice_and_said_so_once(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Any]
) -> None:
    monkeypatch.setattr(workers, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr("core.conversations.inbox.BACKOFF", dt.timedelta(milliseconds=10))
    channel, talk = FakeChannel(), Poison(fault)
    await writes(inbox, "poison")
    await writes(inbox, "b")
    async with working(inbox, talk, channel, clock):
        await settled(inbox)
    assert (talk.tries, channel.texts()) == (3, [APOLOGY, "b 1", "b 2"])
    assert (await inbox.waiting()).parked == 1


async def test_a_message_that_ends_the_process_is_parked(inbox: Inbox, clock: Clock) -> None:
    await writes(inbox, "a")
    for _ in range(MAX_DEATHS):
        assert await inbox.claim("dying", clock())
        clock.ahead += LEASE
    channel, talk = FakeChannel(), FakeConversation(two)
    async with working(inbox, talk, channel, clock):
        await settled(inbox)
    assert (talk.asked, channel.texts()) == ([], [APOLOGY])


async def test_a_sender_that_breaks_its_contract_does_not_end_the_worker(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.conversations.inbox.BACKOFF", dt.timedelta(milliseconds=10))
    channel = FakeChannel(*[ValueError("bug")] * 3)
    await writes(inbox, "a")
    await writes(inbox, "b")
    async with working(inbox, FakeConversation(two), channel, clock):
        await settled(inbox)
    assert channel.texts() == [APOLOGY, "b 1", "b 2"]


async def test_typing_shows_only_when_an_answer_takes_long(inbox: Inbox, clock: Clock) -> None:
    class Slow(FakeConversation):
        async def answer(self, incoming: Incoming) -> Reply:
            await asyncio.sleep(0.3 if incoming.text == "slow" else 0)
            return await super().answer(incoming)

    channel = FakeChannel()
    await writes(inbox, "slow", "1")
    await writes(inbox, "quick", "2")
    async with working(inbox, Slow(two), channel, clock, typing_after=0.1):
        await settled(inbox)
    assert channel.typed == ["1"]


@pytest.mark.parametrize(("file", "photo"), [("f", b"bytes of f"), ("lost", None)])
async def test_pictures_are_fetched_before_the_answer(
    inbox: Inbox, clock: Clock, file: str, photo: bytes | None
) -> None:
    channel, talk = FakeChannel(), FakeConversation(two)
    await writes(inbox, "a", kind="photo", file=file)
    async with working(inbox, talk, channel, clock):
        await settled(inbox)
    assert [a.photo for a in talk.asked] == [photo]


async def test_stopping_finishes_what_runs_and_takes_nothing_up(inbox: Inbox, clock: Clock) -> None:
    started = asyncio.Event()

    class Slow(FakeConversation):
        async def answer(self, incoming: Incoming) -> Reply:
            started.set()
            await asyncio.sleep(0.1)
            return await super().answer(incoming)

    channel = FakeChannel()
    await writes(inbox, "a")
    await writes(inbox, "b")
    async with working(inbox, Slow(two), channel, clock):
        await started.wait()
    assert channel.texts() == ["a 1", "a 2"]
    assert (await inbox.waiting()).working == 0


async def test_stopping_is_bounded_and_gives_back(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "STOP_SECONDS", 0.1)
    channel = FakeChannel()
    await writes(inbox, "poison")
    async with working(inbox, talk := Poison(_hangs), channel, clock):
        await until(lambda: talk.tries == 1)
    counts = await inbox.waiting()
    assert (counts.waiting, counts.working) == (1, 0)


async def test_a_database_away_for_a_moment_is_waited_for(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, left = inbox.claim, [1, 2, 3]

    async def away(*arguments: Any) -> Any:
        if left:
            left.pop()
            raise OSError("away")
        return await claim(*arguments)

    monkeypatch.setattr(inbox, "claim", away)
    channel = FakeChannel()
    await writes(inbox, "a")
    async with working(inbox, FakeConversation(two), channel, clock):
        await settled(inbox)
    assert channel.texts() == ["a 1", "a 2"]


async def test_a_database_away_in_the_middle_is_waited_for_and_counted(
    inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes away after the first message was sent; the lease does not have to run out."""
    monkeypatch.setattr(workers, "PAUSES", (0.01,) * 10)
    monkeypatch.setattr("core.conversations.inbox.BACKOFF", dt.timedelta(milliseconds=10))
    left = [1, 2, 3]

    def goes_away(deed: Callable[..., Any]) -> Callable[..., Any]:
        async def tried(*arguments: Any) -> Any:
            if left:
                left.pop()
                raise OSError("away")
            return await deed(*arguments)

        return tried

    monkeypatch.setattr(inbox, "sent", goes_away(inbox.sent))
    monkeypatch.setattr(inbox, "failed", goes_away(inbox.failed))
    channel, talk = FakeChannel(), FakeConversation(two)
    await writes(inbox, "a")
    async with working(inbox, talk, channel, clock):
        await settled(inbox)
    assert channel.texts() == ["a 1", "a 1", "a 2"]
    assert (await inbox.waiting()).maybe_twice == 1
    assert len(talk.asked) == 1


def test_which_processes_are_known_to_have_ended() -> None:
    host, space, pid, run = workers._process()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert has_ended(f"{host}/{space}/{ended.pid}/x")
    assert has_ended(f"{host}/{space}/{pid}/another-run")
    assert not has_ended(f"{host}/{space}/{pid}/{run}")
    assert not has_ended(f"{host}/{space}/{os.getppid()}/x")
    assert not has_ended(f"elsewhere/{space}/{ended.pid}/x")
    assert not has_ended("w")


async def test_bulk_waits_while_a_reply_is_going_out(inbox: Inbox, clock: Clock) -> None:
    gate, sending, go = Replies(), asyncio.Event(), asyncio.Event()

    class SlowChannel(FakeChannel):
        async def send(self, address: Address, message: Message) -> None:
            sending.set()
            await go.wait()
            await super().send(address, message)

    await writes(inbox, "a")
    async with working(inbox, FakeConversation(two), SlowChannel(), clock, replies=gate):
        await sending.wait()
        bulk = asyncio.create_task(gate.clear("fake"))
        await gate.clear("another")  # goes on
        await asyncio.sleep(0.05)
        assert not bulk.done()
        go.set()
        await bulk
        await settled(inbox)
    await gate.clear("fake")


async def test_bulk_sees_the_replies_of_other_processes(
    inbox: Inbox, engine: AsyncEngine, clock: Clock
) -> None:
    gate = Replies(engine, clock)
    await writes(inbox, "a")
    assert not await gate._seen("fake")
    claimed = await inbox.claim("elsewhere", clock())
    assert claimed is not None
    assert not await gate._seen("fake")  # it is being thought about: nothing goes out yet
    await inbox.answered(claimed, (Message("x"),))
    assert await gate._seen("fake")
    assert not await gate._seen("another")
    await inbox.later(claimed, 60)
    assert not await gate._seen("fake")
    await inbox.done(claimed)
    assert not await gate._seen("fake")
