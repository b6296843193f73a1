"""The clock: says when, and nothing else. What is due is in the database, and any number of clocks may run.

A tick that was missed, because the process slept or was down, is made up for once, however many were missed.
Everything a tick does leaves its heartbeat in the table ``tick`` (see ``core.reminders.ticks``).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core.reminders.ticks import Ticks

log = structlog.get_logger()
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Tick:
    """Something the clock does, every so often or at a time of day.

    Args:
        name: of its heartbeat, at most 40 letters.
        deed: does it and says what it did, in numbers.
        every: seconds from one to the next; it is done at once when the clock starts.
        at: time of day in the clock's zone instead; when nobody did it at the last such time it is done at the
            start, and of many processes one does it.
        alone: whether one process at a time may do it (``at`` implies it).
    """

    name: str
    deed: Callable[[], Awaitable[Mapping[str, Any]]]
    every: float | None = None
    at: dt.time | None = None
    alone: bool = False

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"{self.name}: a tick has either every or at")


class Clock:
    """Runs ticks in the background, each of them once at a time in this process.

    Args:
        zone: of the province; never that of the machine.
        now: the moment; for what was missed.
    """

    def __init__(
        self, ticks: Sequence[Tick], beats: Ticks, zone: ZoneInfo, now: Callable[[], dt.datetime]
    ) -> None:
        self._ticks = {tick.name: tick for tick in ticks}
        self._beats, self._zone, self._now = beats, zone, now
        self._again: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._scheduler = AsyncIOScheduler(timezone=zone)

    def start(self) -> None:
        """Begin; needs the running event loop."""
        for tick in self._ticks.values():
            self._scheduler.add_job(
                self._fire,
                trigger=self._trigger(tick),
                args=[tick.name],
                id=tick.name,
                coalesce=True,  # many missed are one to make up for
                misfire_grace_time=None,  # and it is never too late for that
                max_instances=1,
            )
        self._scheduler.start()
        for name in self._ticks:
            self.wake(name)

    async def stop(self) -> None:
        """Begin nothing more; wait for what is running, not for ever."""
        self._again.clear()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        tasks = tuple(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def wake(self, name: str) -> None:
        """Do it now; once more afterwards when it is being done. Something to do may have come too late for it."""
        if name in self._running:
            self._again.add(name)
            return
        self._begin(self._ticks[name], forced=True)

    async def _fire(self, name: str) -> None:
        """The scheduler's call; what is still running needs no other beginning."""
        if name not in self._running:
            self._begin(self._ticks[name], forced=False)

    def _begin(self, tick: Tick, *, forced: bool) -> None:
        task = asyncio.get_running_loop().create_task(self._work(tick, forced))
        self._running[tick.name] = task
        task.add_done_callback(lambda _: self._running.pop(tick.name, None))

    async def _work(self, tick: Tick, forced: bool) -> None:
        while True:
            self._again.discard(tick.name)
            alone, since = tick.alone or tick.at is not None, self._since(tick, forced)
            try:
                await self._beats.run(tick.name, tick.deed, alone=alone, since=since)
            except Exception as error:  # the database is away: the next tick tries again
                log.error("tick_not_kept", tick=tick.name, error=type(error).__name__)
            if tick.name not in self._again:
                return
            forced = True

    def _since(self, tick: Tick, forced: bool) -> dt.datetime | None:
        """What was begun since then need not be done again, by whichever process."""
        if tick.at is not None:
            return last(tick.at, self._now(), self._zone)
        if forced or not tick.alone or tick.every is None:
            return None
        return self._now() - dt.timedelta(seconds=0.9 * tick.every)

    def _trigger(self, tick: Tick) -> IntervalTrigger | CronTrigger:
        if tick.at is None:
            return IntervalTrigger(seconds=tick.every, timezone=self._zone)
        return CronTrigger(
            hour=tick.at.hour, minute=tick.at.minute, second=tick.at.second, timezone=self._zone
        )


def last(at: dt.time, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The last moment not after ``now`` when it was ``at`` in the zone. Pure."""
    local = now.astimezone(zone)
    today = dt.datetime.combine(local.date(), at, zone)
    return today if today <= local else dt.datetime.combine(local.date() - dt.timedelta(days=1), at, zone)
