"""The clock of the simulation, which tests move, and ids that never repeat."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

ZONE = dt.timezone(dt.timedelta(hours=7), "Asia/Ho_Chi_Minh")


def real_time() -> dt.datetime:
    """The moment outside the simulation."""
    return dt.datetime.now(dt.UTC)


@dataclass
class Clock:
    """Vietnam time; ``offset`` ahead of ``real``."""

    real: Callable[[], dt.datetime] = real_time
    offset: dt.timedelta = dt.timedelta()

    def now(self) -> dt.datetime:
        """The simulated moment."""
        return (self.real() + self.offset).astimezone(ZONE)

    def ms(self) -> str:
        """The simulated moment as Zalo writes it: milliseconds, a string."""
        return milliseconds(self.now())

    def set(self, now: dt.datetime) -> None:
        """Make it ``now``; a moment without zone is meant in Vietnam's."""
        self.offset = (now if now.tzinfo else now.replace(tzinfo=ZONE)) - self.real()

    def advance(self, **units: float) -> None:
        """Move on: ``advance(hours=48, seconds=1)``; names as in :class:`datetime.timedelta`."""
        self.offset += dt.timedelta(**units)

    def night(self) -> bool:
        """Whether it is between 22:00 and 06:00, when promotion is refused (-234, ZBS -133)."""
        return not 6 <= self.now().hour < 22


def milliseconds(moment: dt.datetime) -> str:
    """A moment as Zalo writes it."""
    return str(int(moment.timestamp() * 1000))


@dataclass
class Ids:
    """Ids that look like Zalo's: long digits for people, hex for messages."""

    counter: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def digits(self, start: str = "25") -> str:
        """The id of a person or an application."""
        return f"{start}{next(self.counter) * 7919:017d}"

    def hexadecimal(self) -> str:
        """The id of a message, a chat or an upload."""
        return f"{next(self.counter) * 2654435761:020x}"
