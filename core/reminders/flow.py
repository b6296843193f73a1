"""One channel's part of a tick: claim, write, wait for the turn, begin, send at the same time, settle.

Nothing here holds a database connection while a message is on its way. What is being sent at any moment is at
most ``Limits.group`` messages; results are stored as they come, many in one transaction.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from core.messages import Message
from core.reminders.contract import Drop, Later, Outcome, Reach, Step, Writer
from core.reminders.gate import Replies
from core.reminders.model import Outgoing
from core.reminders.outbox import Outbox, Settled
from core.reminders.pace import Pace

log = structlog.get_logger()
SEND_SECONDS = 30.0  # a way to a person that takes longer may have reached them or not
MAX_FAULTS = 5  # tries of a message that fails by a mistake of ours
FAULT_WAIT = dt.timedelta(minutes=1)  # doubled with every try
WRITERS = 8  # messages written at the same time
BRIEF = 0.25  # seconds to wait for more room
MOMENT = 1.0  # seconds to wait for something to change
LINGER = 0.02  # seconds to wait for more results before they are stored
SHORT = dt.timedelta(seconds=5)  # a wait that is sat out with what is claimed in hand
SOON = dt.timedelta(seconds=1)  # the earliest "later": nothing goes round in circles
STORE_AGAIN = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between tries to store results


@dataclass(frozen=True, slots=True)
class Parts:
    """What a flow works with."""

    outbox: Outbox
    writer: Writer
    reach: Reach
    pace: Pace
    gate: Replies
    clock: Callable[[], dt.datetime]
    worker: str
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Flow:
    """Delivers what is due on one channel until nothing is left or ``stop`` says so."""

    def __init__(self, channel: str, parts: Parts, stop: Callable[[], bool]) -> None:
        self.channel, self._parts, self._stop = channel, parts, stop
        self._limits = parts.pace.limits(channel)
        self._sending: set[int] = set()
        self._results: list[Settled] = []
        self._some, self._changed = asyncio.Event(), asyncio.Event()
        self._over = False
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Raises ExceptionGroup when the database is out of reach; what was claimed is given back."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._storing())
                while await self._batch(group):
                    pass
                while self._sending or self._results:
                    await self._change()
                self._over = True
                self._some.set()
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._parts.outbox.release(self._parts.worker, self.channel)
        except Exception as error:  # whatever the driver raises: the lease runs out by itself
            log.warning("outbox_not_released", error=type(error).__name__)

    async def _batch(self, group: asyncio.TaskGroup) -> bool:
        """One batch; False when there is nothing more to do now."""
        number = await self._room()
        if self._stop() or not await self._may_go():
            return False
        parts = self._parts
        claimed = await parts.outbox.claim(
            parts.worker, self.channel, number, parts.clock(), self._limits.spacing
        )
        if not claimed:  # somebody's next message may be waiting for the one before it
            if not self._sending:
                return False
            await self._change()
            return True
        ready = await self._write(claimed)
        if not ready:
            return True
        return await self._go(group, ready)

    async def _room(self) -> int:
        """How many to claim, once there is room for a fair number: each claim costs the same, however few it takes.

        Where many wait for a platform that does not answer, whatever room there is has to do.
        """
        fair = min(self._limits.batch, max(1, self._limits.group // 4))
        while (room := self._limits.group - len(self._sending)) < fair:
            if not await self._change(BRIEF) and room:
                break
        return min(room, self._limits.batch)

    async def _may_go(self) -> bool:
        """Sit out a short pause of the channel; False for a long one."""
        paused = await self._parts.pace.paused(self.channel)
        return paused is None or await self._until(paused)

    async def _go(self, group: asyncio.TaskGroup, ready: Sequence[tuple[Outgoing, Message]]) -> bool:
        parts = self._parts
        await parts.gate.elsewhere(self.channel)
        start = await parts.pace.reserve(self.channel, len(ready), SHORT)
        if start is None:
            return False
        await self._until(start)
        if parts.pace.known_pause(self.channel):
            await parts.outbox.release(parts.worker, self.channel)
            return True
        begun = await parts.outbox.begin(parts.worker, [outgoing.id for outgoing, _ in ready])
        self._sending |= begun
        step = dt.timedelta(seconds=1 / self._limits.rate)
        for number, (outgoing, message) in enumerate(ready):
            if outgoing.id in begun:
                group.create_task(self._send(outgoing, message, start + number * step))
        return True

    async def _until(self, moment: dt.datetime) -> bool:
        """Wait; False, at once, when that is too long to keep others' rows in hand."""
        wait = moment - self._parts.clock()
        if wait > SHORT:
            return False
        if wait > dt.timedelta():
            await self._parts.sleep(wait.total_seconds())
        return True

    async def _write(self, claimed: Sequence[Outgoing]) -> list[tuple[Outgoing, Message]]:
        """The messages that go now; all others are settled."""
        slots = asyncio.Semaphore(WRITERS)

        async def one(outgoing: Outgoing) -> Message | Outcome:
            async with slots:
                return await self._written(outgoing)

        written = await asyncio.gather(*(one(outgoing) for outgoing in claimed))
        ready = []
        for outgoing, made in zip(claimed, written, strict=True):
            if isinstance(made, Message):
                ready.append((outgoing, made))
            else:
                self._settle(outgoing, made)
        return ready

    async def _written(self, outgoing: Outgoing) -> Message | Outcome:
        now = self._parts.clock()
        if outgoing.expires_at <= now:
            return Outcome("expired", "too_old", counts=False)
        try:
            made = await self._parts.writer.write(outgoing)
        except Exception as error:  # a mistake of ours, or the database is away for a moment
            return self._fault("not_written", outgoing, error)
        if isinstance(made, Drop):
            return Outcome("dropped", made.reason, counts=False)
        if isinstance(made, Later):
            return Outcome("pending", made.reason, max(made.at, now + SOON), counts=False)
        return made

    async def _send(self, outgoing: Outgoing, message: Message, at: dt.datetime) -> None:
        parts = self._parts
        wait = (at - parts.clock()).total_seconds()
        if wait > 0:
            await parts.sleep(wait)
        await parts.gate.clear(self.channel)
        paused = parts.pace.known_pause(self.channel)
        if paused:  # nothing was sent: a pause began while this one waited for its turn
            self._settle(outgoing, Outcome("pending", "channel_paused", paused, counts=False))
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                outcome = await parts.reach.reach(outgoing, message)
        except TimeoutError:
            step = Step("unclear", outgoing.address, "unknown", "too_slow")
            outcome = Outcome("unknown", "too_slow", steps=(step,))
        except Exception as error:
            outcome = self._fault("not_sent", outgoing, error)
        self._settle(outgoing, outcome)

    def _fault(self, event: str, outgoing: Outgoing, error: Exception) -> Outcome:
        """A mistake of ours: tried again a few times. The error's text is not logged, it may name a person."""
        name = type(error).__name__
        log.error(event, channel=self.channel, id=outgoing.id, kind=str(outgoing.kind), error=name)
        self.counts["faults"] += 1
        if outgoing.tries + 1 >= MAX_FAULTS:
            return Outcome("failed", f"fault: {name}")
        return Outcome("pending", f"fault: {name}", self._parts.clock() + FAULT_WAIT * 2**outgoing.tries)

    def _settle(self, outgoing: Outgoing, outcome: Outcome) -> None:
        if outcome.state == "pending" and outcome.retry_at and outcome.retry_at >= outgoing.expires_at:
            outcome = replace(outcome, state="expired", retry_at=None)
        self._results.append(Settled(outgoing, outcome))
        self.counts[outcome.state] += 1
        self._some.set()

    async def _storing(self) -> None:
        """Store results as they come."""
        while True:
            await self._some.wait()
            if not self._results:
                if self._over:
                    return
                self._some.clear()
                continue
            await asyncio.sleep(LINGER)
            results, self._results = self._results, []
            await self._store(results)
            self._sending -= {result.outgoing.id for result in results}
            self._changed.set()

    async def _store(self, results: Sequence[Settled]) -> None:
        for pause in STORE_AGAIN:
            try:
                await self._parts.outbox.settle(self._parts.worker, results)
            except Exception as error:  # whatever the driver raises: what was sent must not be forgotten
                log.warning("outbox_unreachable", error=type(error).__name__)
                await asyncio.sleep(pause)
            else:
                return
        await self._parts.outbox.settle(self._parts.worker, results)

    async def _change(self, seconds: float = MOMENT) -> bool:
        """Wait until results were stored (True), but not for ever: something else may be due by then."""
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True
