"""What the ladder climbs with, and one message on its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from core.dossiers.shown import Shown
from core.messages import Address, Message, Sender
from core.reminders.contract import Outcome, Step, Writer
from core.reminders.costs import Costs
from core.reminders.model import Kind, Outgoing
from core.reminders.pace import Pace
from core.reminders.purse import Purse
from core.reminders.tasks import Tasks
from core.reminders.twins import Twins

Means = Literal["free", "charged", "template"]
MEANS: tuple[Means, ...] = ("free", "charged", "template")


class Standing(Protocol):
    """What a message to a person costs now: ``free``, ``charged``, or something else when only a template goes."""

    @property
    def cost(self) -> str: ...


class Windows(Protocol):
    """Knows what a message costs; see ``bot.channels.zalo_oa.windows``."""

    async def standing(self, address: Address, *, ask: bool = True) -> Standing:
        """With ``ask`` the platform is asked. Raises SendError when it says the person is gone."""
        ...


class Templates(Protocol):
    """Sends paid templates; see ``bot.channels.zalo_oa.template``."""

    async def price(self, kind: Kind) -> int | None:
        """In đồng; None when there is none for this kind now."""
        ...

    async def send(self, address: Address, kind: Kind, values: Mapping[str, str]) -> None:
        """Raises SendError only."""
        ...


class Linked(Protocol):
    """Knows the other addresses of a person; see ``core.people.links``."""

    async def linked(self, address: Address) -> tuple[Address, ...]: ...


class Showing(Protocol):
    """Shows the dossier of a message as its address may see it; None when there is none."""

    async def shown(self, outgoing: Outgoing) -> Shown | None: ...


@dataclass(frozen=True, slots=True)
class Paid:
    """A channel where a message may cost something."""

    windows: Windows
    templates: Templates | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the ladder climbs with.

    Args:
        senders, paid: by channel's name.
        writer: writes the message anew for another address: rights, wishes and hours are its own.
    """

    senders: Mapping[str, Sender]
    paid: Mapping[str, Paid]
    pace: Pace
    writer: Writer
    showing: Showing
    links: Linked
    twins: Twins
    tasks: Tasks
    purse: Purse
    costs: Costs
    clock: Callable[[], dt.datetime]


@dataclass(slots=True)
class Climb:
    """One message on its way.

    Args:
        lost: addresses whose person cannot be reached there.
        cost: by address, what a message costs there.
        wait: the earliest later try somebody offered.
    """

    outgoing: Outgoing
    own: Address
    message: Message
    others: Sequence[Address] = ()
    steps: list[Step] = field(default_factory=list)
    lost: set[Address] = field(default_factory=set)
    cost: dict[Address, str] = field(default_factory=dict)
    wait: Outcome | None = None
    reason: str = "no_way"

    def ways(self) -> Iterator[tuple[Address, Means]]:
        """Every way, the first to try first."""
        for means in MEANS:
            yield self.own, means
        for means in MEANS:
            for other in self.others:
                yield other, means

    def later(self, outcome: Outcome) -> None:
        """Keep the earliest of the later tries."""
        if self.wait is None or _moment(outcome) < _moment(self.wait):
            self.wait = outcome

    def end(self, outcome: Outcome) -> Outcome:
        """The outcome with every step that was tried."""
        return replace(outcome, steps=tuple(self.steps))


def _moment(outcome: Outcome) -> dt.datetime:
    return outcome.retry_at or dt.datetime.max.replace(tzinfo=dt.UTC)
