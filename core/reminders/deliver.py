"""Brings what is due to its people: one flow a channel, so that none holds another up."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import structlog

from core.reminders.contract import Drop, Later, Outcome, Reach, Step, Writer
from core.reminders.flow import Flow, Parts
from core.reminders.gate import Replies
from core.reminders.outbox import LEASE, Outbox
from core.reminders.pace import Pace

__all__ = ["Delivery", "Drop", "Later", "Outcome", "Reach", "Step", "Writer"]
log = structlog.get_logger()
BUDGET = 60.0  # seconds a tick claims for; what is being sent then is waited for
LOOK = 1.0  # seconds between looks at channels with nothing to do, while others work
CARE = 5.0  # seconds between looks for workers that ended, and renewals


class Delivery:
    """Any number of processes may run one each.

    Args:
        channels: those this process can send by; rows of others are left to other processes.
        worker: the name of this process, unlike any other's, also after a restart.
        dead: whether a worker is known to have ended.
        sleep: for tests whose clock stands still.
    """

    def __init__(
        self,
        outbox: Outbox,
        writer: Writer,
        reach: Reach,
        pace: Pace,
        gate: Replies,
        clock: Callable[[], dt.datetime],
        *,
        channels: Sequence[str],
        worker: str,
        dead: Callable[[str], bool] = lambda _: False,
        budget: float = BUDGET,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._parts = Parts(outbox, writer, reach, pace, gate, clock, worker, sleep)
        self._channels, self._dead, self._budget = tuple(channels), dead, budget
        self._stopping = False

    def stop(self) -> None:
        """Claim nothing more; a running tick ends when what is being sent has gone."""
        self._stopping = True

    async def tick(self) -> dict[str, int]:
        """Deliver until nothing is due or the time is up; says what became of how many.

        Raises what a channel's flow raised (the database, mostly) after the others have ended.
        """
        parts, counts = self._parts, Counter[str]()
        counts["released"] = await parts.outbox.release_dead(self._dead, parts.clock())
        caring = asyncio.create_task(self._care(counts))
        running: dict[asyncio.Task[None], Flow] = {}
        try:
            await self._deliver(running, counts)
        finally:
            caring.cancel()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        return {name: number for name, number in counts.items() if number}

    async def _deliver(self, running: dict[asyncio.Task[None], Flow], counts: Counter[str]) -> None:
        """Start a flow where something is due, look again now and then while others run.

        A channel whose flow got nothing done rests until the next tick: its rows wait for something.
        """
        loop, resting = asyncio.get_running_loop(), set[str]()
        deadline, failed = loop.time() + self._budget, list[BaseException]()

        def stop() -> bool:
            return self._stopping or loop.time() > deadline

        while True:
            busy = resting | {flow.channel for flow in running.values()}
            idle = [name for name in self._channels if name not in busy]
            for name in [] if stop() else await self._parts.outbox.due(idle, self._parts.clock()):
                flow = Flow(name, self._parts, stop)
                running[asyncio.create_task(flow.run())] = flow
            if not running:
                break
            ended, _ = await asyncio.wait(running, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                flow = running.pop(task)
                counts.update(flow.counts)
                if error := task.exception():
                    failed.append(error)
                if error or not flow.counts:
                    resting.add(flow.channel)
        if failed:
            raise failed[0]

    async def _care(self, counts: Counter[str]) -> None:
        """While a tick runs: keep what is ours, take over from those that ended."""
        outbox, passed = self._parts.outbox, 0.0
        while True:
            await asyncio.sleep(CARE)
            passed += CARE
            try:
                counts["released"] += await outbox.release_dead(self._dead, self._parts.clock())
                if passed >= LEASE.total_seconds() / 3:
                    await outbox.renew(self._parts.worker)
                    passed = 0.0
            except Exception as error:  # whatever the driver raises: the next look is in a moment
                log.warning("outbox_unreachable", error=type(error).__name__)
