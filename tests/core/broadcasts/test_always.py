"""Whatever staff, workers and crashes do in whatever order: nobody gets a notice twice, and the numbers add up."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from core.broadcasts import recipients
from core.broadcasts.model import Broadcast, State
from core.errors import SendError, StaffError
from core.reminders.model import Wishes
from core.staff.rights import Staff
from tests.core.broadcasts.made import APPROVER, AUTHOR, MINUTE, Town, content

PEOPLE = [f"{channel}:{n}" for channel in ("zalo", "telegram", "web") for n in range(7)]
STEPS = 40


class Killed(Exception):
    """A process that ends in the middle."""


class Play:
    """One notice and everything that can happen to it, in an order by chance.

    ``called_off`` is how many messages were sent when it was called off.
    """

    def __init__(self, town: Town, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.town, self.chance, self.patch = town, random.Random(seed), monkeypatch
        self.made: Broadcast | None = None
        self.called_off: int | None = None
        self.workers = 0

    async def run(self) -> None:
        """Play, then let everything come to its end."""
        await self.town.subscribe(*PEOPLE)
        await self.town.link("zalo:0", "telegram:0", "web:1")
        for who in self.chance.sample(PEOPLE, 8):
            error = self.chance.choice(
                [
                    SendError("refused"),
                    SendError("blocked", gone=True),
                    SendError("timeout", unknown=True),
                    SendError("busy", retry_after=30.0),
                ]
            )
            self.town.sender.failures[who] = [error]
        self.made = await self.town.approved(content())
        deeds = [self.tick, self.dies, self.deliver, self.worker_dies, self.pause, self.resume, self.wish]
        for _ in range(STEPS):
            await self.chance.choice([*deeds, self.retry])()
            if self.chance.random() < 0.02:
                await self.cancel()
            await self.holds()
        await self.settle()

    async def tick(self) -> None:
        await (self.town.tick() if self.chance.random() < 0.5 else self.town.one_step())

    async def dies(self) -> None:
        """A process ends before its step is committed."""
        post = recipients._post

        async def killed(*arguments: object) -> None:
            await post(*arguments)  # type: ignore[arg-type]
            raise Killed

        self.patch.setattr(recipients, "_post", killed)
        with suppress(Killed):
            await self.town.one_step()
        self.patch.setattr(recipients, "_post", post)

    async def deliver(self) -> None:
        self.town.clock.now += MINUTE
        await self.town.deliver()

    async def worker_dies(self) -> None:
        """Having claimed some, and perhaps begun: those were not sent, and nobody knows it."""
        self.workers += 1
        name, channel = f"host/-/9/{self.workers}", self.chance.choice(["zalo", "telegram", "web"])
        claimed = await self.town.outbox.claim(name, channel, 2, self.town.clock.now)
        if claimed and self.chance.random() < 0.5:
            await self.town.outbox.begin(name, [claimed[0].id])
        await self.town.outbox.release_dead(lambda worker: worker == name, self.town.clock.now)

    async def pause(self) -> None:
        await self._try(self.town.many.steering.pause)

    async def resume(self) -> None:
        await self._try(self.town.many.steering.resume)

    async def retry(self) -> None:
        await self._try(self.town.many.reports.retry)

    async def cancel(self) -> None:
        assert self.made
        if (await self.town.get(self.made.id)).state in (State.SENDING, State.PAUSED, State.APPROVED):
            await self.town.many.steering.cancel(APPROVER, self.made.id)
            self.called_off = len(self.town.sender.tried)

    async def wish(self) -> None:
        who = self.chance.choice(PEOPLE)
        await self.town.wish(who, Wishes(stopped=self.chance.random() < 0.3), self.town.clock.now)

    async def _try(self, deed: Callable[[Staff, int], Awaitable[object]]) -> None:
        assert self.made
        with suppress(StaffError):  # it cannot be done now
            await deed(AUTHOR, self.made.id)

    async def holds(self) -> None:
        """What is true at every moment."""
        sent = self.town.sent_to()
        assert len(sent) == len(set(sent)), "twice"
        assert self.made
        found, report = await self.town.get(self.made.id), await self.town.report(self.made.id)
        if found.state is State.PAUSED:
            assert report.of("waiting") == 0
        if self.called_off is not None:
            assert len(self.town.sender.tried) == self.called_off
        if report.expanded and found.attempt == 1:
            people = len([row async for row in self.town.many.reports.rows(self.made.id)])
            assert report.recipients == people

    async def settle(self) -> None:
        """Everything ends; each recipient has ended in exactly one way."""
        assert self.made
        await self.resume()
        for _ in range(6):
            self.town.clock.now += MINUTE
            await self.town.tick()
            await self.town.deliver()
        await self.town.tick()
        found, report = await self.town.get(self.made.id), await self.town.report(self.made.id)
        assert found.state is (State.DONE if self.called_off is None else State.CANCELLED)
        assert report.of("waiting", "held", "sending") == 0
        assert report.recipients == len([row async for row in self.town.many.reports.rows(self.made.id)])
        arrived = report.of("sent") + report.of("unknown")
        assert report.of("sent") <= len(self.town.sent_to()) <= arrived


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens(town: Town, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    await Play(town, seed, monkeypatch).run()
