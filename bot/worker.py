"""Takes messages up from the inbox, has them answered and sends the replies.

Every step is stored before the next one begins, so that a process may end anywhere: what was not answered
is answered, what was answered is only sent.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from bot.channels.contract import Channel
from core.conversations.inbox import LEASE, MAX_DEATHS, Claimed, Inbox
from core.conversations.talks.model import Failure, failure_of
from core.errors import SendError
from core.messages import Address, Answerer, Message, Reply, Sender
from core.reminders.gate import Replies
from core.sentences import sentence

log = structlog.get_logger()
IDLE = (1.0, 2.0)  # seconds between looks into an empty inbox, at first and at last
ANSWER_SECONDS = 30.0  # an answer that takes longer is a fault
TYPING_EVERY = 4.0  # platforms take "is typing" away after about five seconds
SHORT_WAIT = 5.0  # seconds to wait for another try without giving the message back
SHORT_TRIES = 2
GIVE_UP = dt.timedelta(hours=1)  # a reply that could not be sent for so long helps nobody
UNTIL_MENDED = 60.0  # seconds between tries while a token or an account is at fault
STOP_SECONDS = 10.0
PAUSES = (
    0.25,
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
    16.0,
)  # seconds between tries to reach the inbox, half a lease together
_RUN = secrets.token_hex(4)  # one process, also when its number is used again after it


class Worker:
    """Works on up to ``slots`` conversations at once, each message of a conversation after the other.

    Args:
        channels: where replies go; messages of other channels are left to other processes.
        typing_after: seconds after which the citizen sees that an answer is coming.
        replies: where those who send bulk see that a reply is going out, and wait.
    """

    def __init__(
        self,
        inbox: Inbox,
        conversation: Answerer,
        channels: Sequence[Channel],
        clock: Callable[[], dt.datetime],
        slots: int = 16,
        typing_after: float = 1.0,
        replies: Replies | None = None,
    ) -> None:
        self._replies = replies or Replies()
        self._inbox, self._conversation, self._clock = inbox, conversation, clock
        self._channels = {channel.name: channel for channel in channels}
        self._typing_after = typing_after
        self._slots = asyncio.Semaphore(slots)
        self._name = this_process()
        self._works: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin in the background; a worker without channels has nothing to do."""
        if self._channels:
            self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take nothing up any more and finish what is running; what does not end in time is given back."""
        self._stopping = True
        self._inbox.arrived.set()
        running = [*self._works, *([self._loop] if self._loop else [])]
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
        late |= self._works
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        await self._quietly(self._inbox.release_dead(has_ended))
        idle = IDLE[0]
        while not self._stopping:
            await self._slots.acquire()
            self._inbox.arrived.clear()
            claimed = None if self._stopping else await self._claim()
            if claimed:
                idle = IDLE[0]
                self._begin(claimed)
                continue
            self._slots.release()
            idle = await self._rest(idle)

    async def _claim(self) -> Claimed | None:
        try:
            return await self._inbox.claim(self._name, self._clock(), tuple(self._channels))
        except Exception as error:  # whatever the driver raises: the database may be back in a second
            log.error("inbox_unreachable", error=type(error).__name__)
            return None

    async def _rest(self, idle: float) -> float:
        """Wait until something is put in here or another look is due; gives the next wait."""
        if self._stopping:
            return idle
        try:
            async with asyncio.timeout(idle):
                await self._inbox.arrived.wait()
        except TimeoutError:
            return min(idle * 1.5, IDLE[1])
        return IDLE[0]

    def _begin(self, claimed: Claimed) -> None:
        task = asyncio.create_task(self._work(claimed))
        self._works.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._works.discard(task)
        self._slots.release()
        self._inbox.arrived.set()  # the next message of the conversation may be taken up

    async def _work(self, claimed: Claimed) -> None:
        renewing = asyncio.create_task(self._renew(claimed))
        try:
            await self._handle(claimed, self._channels[claimed.incoming.address.channel])
        except asyncio.CancelledError:
            await self._quietly(self._inbox.release(claimed))
            raise
        except Exception as error:  # the inbox is out of reach, or a channel breaks its contract
            log.error("message_failed", error=type(error).__name__, tries=claimed.tries + 1)
            await self._persistently(lambda: self._again_or_never(claimed))
        finally:
            renewing.cancel()

    async def _renew(self, claimed: Claimed) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            await self._quietly(self._inbox.renew(claimed))

    async def _handle(self, claimed: Claimed, channel: Channel) -> None:
        messages = claimed.reply
        if messages is None:
            if claimed.deaths >= MAX_DEATHS:  # it ended the process each time
                await self._park(claimed, channel)
                return
            reply = await self._answer(claimed, channel)
            messages = await self._inbox.answered(claimed, reply.messages, reply.aside)
            if messages is None:
                return
        await self._send(claimed, channel, messages)

    async def _answer(self, claimed: Claimed, channel: Channel) -> Reply:
        incoming = claimed.incoming
        typing = asyncio.create_task(self._type(channel, incoming.address))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if incoming.file:
                    incoming = replace(incoming, photo=await channel.fetch(incoming.file))
                return await self._conversation.answer(incoming)
        finally:
            typing.cancel()

    async def _type(self, channel: Channel, address: Address) -> None:
        await asyncio.sleep(self._typing_after)
        while True:
            await channel.typing(address)
            await asyncio.sleep(TYPING_EVERY)

    async def _send(self, claimed: Claimed, channel: Channel, messages: Sequence[Message]) -> None:
        """Send what was not sent yet, and finish. Every message counts as sent before the next one goes."""
        address, doubt = claimed.incoming.address, None
        for index in range(claimed.sent, len(messages)):
            try:
                async with self._replies.going(channel.name):
                    await _deliver(channel.sender, address, messages[index])
            except SendError as error:
                if not await self._goes_on(claimed, channel, error):
                    return
                doubt = Failure.UNKNOWN
            if not await self._inbox.sent(claimed, index):
                return
        await self._inbox.done(claimed, doubt)

    async def _goes_on(self, claimed: Claimed, channel: Channel, error: SendError) -> bool:
        """What a failed send means for the rest: on with it (True), later, or never."""
        log.warning(
            "not_sent", channel=channel.name, reason=str(error), gone=error.gone, unknown=error.unknown
        )
        if error.unknown:  # it may have arrived: a second time does more harm than none
            return True
        too_old = self._clock() - claimed.at > GIVE_UP
        wait = UNTIL_MENDED if error.configuration else error.retry_after
        if wait is not None and not error.gone and not too_old:
            await self._inbox.later(claimed, wait)
        elif error.gone or too_old or claimed.parked or claimed.ours:
            await self._inbox.done(claimed, failure_of(error, late=too_old))
        else:
            await self._park(claimed, channel)
        return False

    async def _again_or_never(self, claimed: Claimed) -> None:
        if not await self._inbox.failed(claimed):
            if claimed.parked or claimed.ours:
                await self._inbox.done(claimed, Failure.REFUSED)
            else:
                await self._park(claimed, self._channels[claimed.incoming.address.channel])

    async def _park(self, claimed: Claimed, channel: Channel) -> None:
        """Give a message up and tell the citizen once."""
        log.error("message_parked", channel=channel.name, id=claimed.id)
        apology = (sentence("parked"),)
        if await self._inbox.park(claimed, apology):
            await self._send(replace(claimed, parked=True, reply=apology, sent=0), channel, apology)

    async def _persistently(self, deed: Callable[[], Awaitable[object]]) -> None:
        """Go on trying while the database is away, for it is mostly back long before the lease runs out."""
        for pause in PAUSES:
            try:
                await deed()
            except Exception as error:  # whatever the driver raises
                log.warning("inbox_unreachable", error=type(error).__name__)
                await asyncio.sleep(pause)
            else:
                return

    async def _quietly(self, deed: Awaitable[object]) -> None:
        """Do what only saves time: without it the lease runs out."""
        try:
            await deed
        except Exception as error:
            log.warning("inbox_unreachable", error=type(error).__name__)


async def _deliver(sender: Sender, address: Address, message: Message) -> None:
    """Send one message, again after a short wait where the error says that helps. Raises SendError."""
    for _ in range(SHORT_TRIES):
        try:
            await sender.send(address, message)
        except SendError as error:
            if error.unknown or error.gone or error.retry_after is None or error.retry_after > SHORT_WAIT:
                raise
            await asyncio.sleep(error.retry_after)
        else:
            return
    await sender.send(address, message)


def this_process() -> str:
    """The name of this process as :func:`has_ended` reads it; unlike any other's, also after a restart."""
    return "/".join(_process())


def _process() -> tuple[str, str, str, str]:
    """The name of this process: machine, space of process numbers (a container has its own), number, run."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = "-"
    return socket.gethostname(), space, str(os.getpid()), _RUN


def has_ended(worker: str) -> bool:
    """Whether a worker's process is known to have ended; False when this process cannot know."""
    here, parts = _process(), worker.split("/")
    if len(parts) != 4 or tuple(parts[:2]) != here[:2]:
        return False
    if parts[2] == here[2]:
        return parts[3] != here[3]
    try:
        os.kill(int(parts[2]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return False
