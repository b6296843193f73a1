"""Notes every answered message for the figures, beside the answer and at no cost to it.

What is noted waits in memory and is written every second, or sooner when there is much of it. A process that is
killed loses that second of figures, and a database that is away for long loses the oldest: no citizen waits for
statistics, and nothing that is said depends on them.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from core.db import reach
from core.figures.turns import Turn
from core.messages import Answerer, Incoming, Reply

log = structlog.get_logger()
EVERY = 1.0  # seconds
AT_ONCE = 100  # rows that are written without waiting for the second to end
MOST = 5_000  # rows kept while the database is away
STOP_SECONDS = 5.0


class Log(Protocol):
    """Where turns are written to."""

    async def write(self, turns: Sequence[Turn]) -> None:
        """Keep turns, all of them or none."""
        ...


class Noting:
    """The conversation, with a note taken of every answer.

    Args:
        clock: the moment, with its zone.
    """

    def __init__(self, conversation: Answerer, kept: Log, clock: Callable[[], dt.datetime]) -> None:
        self._conversation, self._kept, self._clock = conversation, kept, clock
        self._waiting: deque[Turn] = deque(maxlen=MOST)
        self._enough = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._stopping = False

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer as the conversation does. Raises what it raises; such a message is answered, and noted, later."""
        began = time.perf_counter()
        reply = await self._conversation.answer(incoming)
        took = round(1000 * (time.perf_counter() - began))
        # Not the message itself, which may hold a picture.
        self._waiting.append(Turn(self._clock(), incoming.address, incoming.kind, incoming.text, reply, took))
        if len(self._waiting) >= AT_ONCE:
            self._enough.set()
        return reply

    def start(self) -> None:
        """Begin to write in the background; needs the running event loop."""
        self._writing = asyncio.create_task(self._write_on())

    async def stop(self) -> None:
        """Write what waits, and end; a database that does not answer is not waited for."""
        self._stopping = True
        self._enough.set()
        if self._writing:
            _, late = await asyncio.wait([self._writing], timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def flush(self) -> bool:
        """Write what waits now; False, and it waits on, when the database is away."""
        async with self._lock:
            while self._waiting:
                turns = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                try:
                    await self._kept.write(turns)
                except Exception as error:  # whatever the driver raises; nothing of a message is in the log
                    passing = reach.away(error) or isinstance(error, OSError)
                    log.warning("turns_not_noted", error=type(error).__name__, lost=not passing)
                    if passing:  # a batch that never can be written must not keep the others out
                        self._again(turns)
                        return False
            return True

    def _again(self, turns: Sequence[Turn]) -> None:
        """Put back what was not written, as far as there is room: the newest turns stay."""
        room = MOST - len(self._waiting)
        self._waiting.extendleft(list(reversed(turns))[:room])

    async def _write_on(self) -> None:
        while not self._stopping:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._enough.wait()
            self._enough.clear()
            if not await self.flush() and not self._stopping:
                await asyncio.sleep(EVERY)
        await self.flush()
