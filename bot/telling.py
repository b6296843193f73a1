"""Telling somebody something at another address than the one that wrote."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable

from core.conversations.inbox import Arrival, Inbox
from core.conversations.state import States
from core.messages import Address, Incoming
from core.people.desk import told
from core.people.model import Notice
from core.profile import Profile

# Nobody can be written to there: they hear it with the answer to their next message.
PULLED = frozenset({"web", "terminal"})


class Teller:
    """Tells at once where the platform can be written to.

    The inbox delivers: the notice is an arrival that is answered already, so it outlives a restart, comes
    after what is being answered there, and is sent once however often it is told.
    """

    def __init__(
        self, inbox: Inbox, states: States, profile: Profile, clock: Callable[[], dt.datetime]
    ) -> None:
        self._inbox, self._states, self._profile, self._clock = inbox, states, profile, clock

    async def tell(self, notices: Iterable[Notice]) -> None:
        """Tell each of them. Errors of the database are raised as they are."""
        for notice in notices:
            if notice.address.channel in PULLED:
                await self._states.tell(notice.address, notice.name, self._clock())
            else:
                arrival = Arrival(_name(notice), Incoming(notice.address, "", "payload"))
                await self._inbox.put(arrival, (self._profile.fill(told(notice.name)),))


def _name(notice: Notice) -> str:
    """The occasion at an address; of the address a digest, for ids of platforms may be long."""
    return f"{notice.ident}:{_digest(notice.address)}"


def _digest(address: Address) -> str:
    return hashlib.sha256(str(address).encode()).hexdigest()[:32]
