"""The plain way to a person: one message by the channel of their address. A SendError decides what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import structlog

from core.errors import SendError
from core.messages import Address, Message, Sender
from core.reminders.contract import Outcome, Step
from core.reminders.model import Outgoing
from core.reminders.pace import Pace

log = structlog.get_logger()
MAX_TRIES = 8  # of failures that may pass
MAX_REFUSALS = 60  # of a platform that is too busy: about ten hours with the longest wait between
LONGEST = 600.0  # seconds between two tries, unless the platform asks for more
MISCONFIGURED = 600.0  # seconds until a channel is tried again that an operator must mend


class PlainReach:
    """Sends by one channel; marks who is gone, pauses a channel that asks for it.

    Args:
        senders: by channel's name.
    """

    def __init__(self, senders: Mapping[str, Sender], pace: Pace, clock: Callable[[], dt.datetime]) -> None:
        self._senders, self._pace, self._clock = senders, pace, clock

    async def reach(self, outgoing: Outgoing, message: Message) -> Outcome:
        """Try once. Raises KeyError for a channel without a sender, and what the sender raises by mistake."""
        if outgoing.gone:
            return Outcome("gone", "gone_before", counts=False)
        address = Address.parse(outgoing.address)
        try:
            await self._senders[address.channel].send(address, message)
        except SendError as error:
            outcome = decide(error, outgoing, self._clock())
            await pause_for(self._pace, address.channel, error, self._clock())
        else:
            outcome = Outcome("sent")
        said = "again" if outcome.state == "pending" else outcome.state
        step = Step("free", outgoing.address, said, outcome.reason)
        return Outcome(outcome.state, outcome.reason, outcome.retry_at, (step,), outcome.counts)


async def pause_for(pace: Pace, channel: str, error: SendError, now: dt.datetime) -> None:
    """Pause a channel whose platform is too busy with us or that an operator must mend."""
    if error.rate or error.configuration:
        wait = MISCONFIGURED if error.configuration else error.retry_after or 1.0
        log.warning("channel_paused", channel=channel, seconds=wait, configuration=error.configuration)
        await pace.pause(channel, now + dt.timedelta(seconds=wait))


def decide(error: SendError, outgoing: Outgoing, now: dt.datetime) -> Outcome:
    """What a failed send means for its message: by what the error says, never by guessing. Pure."""
    reason = _word(error)
    if error.unknown:
        return Outcome("unknown", reason)
    if error.gone:
        return Outcome("gone", reason)
    if error.configuration:  # not the message's fault: it waits until an operator has acted, or expires
        return Outcome("pending", reason, now + dt.timedelta(seconds=MISCONFIGURED), counts=False)
    if error.retry_after is None and error.not_before is None:
        return Outcome("failed", reason)
    if outgoing.tries + 1 >= (MAX_REFUSALS if error.rate else MAX_TRIES):
        return Outcome("failed", f"given_up: {reason}")
    wait = dt.timedelta(seconds=max(error.retry_after or 0.0, min(2.0**outgoing.tries, LONGEST)))
    return Outcome("pending", reason, max(now + wait, error.not_before or now))


def _word(error: SendError) -> str:
    """The reason as it is kept: the sender's own words hold no personal data."""
    return str(error)[:80] or "unsaid"
