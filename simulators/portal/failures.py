"""Everything that can go wrong on demand, and which answer it strikes. Pure but for its memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Protocol = Literal["dvcqg", "igate"]
Where = Literal["data", "login", "any"]


class Kind(StrEnum):
    """What happens instead of, or to, a good answer."""

    LATENCY = "latency"
    """A good answer, ``seconds`` later."""
    SERVER_ERROR = "error_500"
    """500 with a Java stack of JSON."""
    HTML = "html"
    """200 with a page that asks for patience."""
    TRUNCATED = "truncated"
    """200 with the first part of the JSON."""
    EXPIRED = "expired_session"
    """All sessions and tokens are dropped, then the question is looked at."""
    TOO_MANY = "too_many"
    """429 with ``Retry-After: seconds``."""
    RESET = "reset"
    """The connection is reset; no answer."""
    WRONG_ENCODING = "wrong_encoding"
    """The JSON in UTF-16 although UTF-8 is said."""
    INVALID_UTF8 = "invalid_utf8"
    """Every letter beyond ASCII is a byte that UTF-8 does not know."""
    MOJIBAKE = "mojibake"
    """Every text was read as Latin-1 and written again: ``Äang xá»­ lÃ½``."""
    FUTURE_DATES = "future_dates"
    """Receipt and result eight years ahead."""
    NULLS = "nulls"
    """Every optional field is null or absent."""
    OTHER_CODE = "other_code"
    """Another dossier than the one asked for."""
    EMPTY_BODY = "empty_body"
    """200 without a body."""
    UNKNOWN_STATUS = "unknown_status"
    """A status name that is none of the ten."""
    MISSING_STATUS = "missing_status"
    """No status at all."""


@dataclass(slots=True)
class Failure:
    """One failure waiting for its answers.

    Args:
        protocol: which protocol it strikes; None for both.
        times: how many answers; None until cleared.
        code: only answers about this dossier.
        where: questions about dossiers and procedures, signing in, or both.
        seconds: the delay of LATENCY, the ``Retry-After`` of TOO_MANY.
    """

    kind: Kind
    protocol: Protocol | None = None
    times: int | None = 1
    code: str | None = None
    where: Where = "data"
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """A question as the failures see it; ``code`` is empty where it is about no single dossier."""

    protocol: Protocol
    name: str
    code: str = ""
    login: bool = False


@dataclass
class Failures:
    """The failures in waiting; the first that fits a call strikes it."""

    waiting: list[Failure] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)

    def add(self, failure: Failure) -> None:
        """From now on."""
        self.waiting.append(failure)

    def clear(self, protocol: Protocol | None = None) -> None:
        """No more failures, or none that strikes only this protocol."""
        self.waiting = [f for f in self.waiting if protocol and f.protocol != protocol]

    def take(self, call: Call) -> Failure | None:
        """The failure that strikes this call; counts it down."""
        for failure in self.waiting:
            if _strikes(failure, call):
                self._count(failure)
                return failure
        return None

    def _count(self, failure: Failure) -> None:
        self.struck[failure.kind.value] += 1
        if failure.times is not None:
            failure.times -= 1
            if failure.times <= 0:
                self.waiting.remove(failure)


def _strikes(failure: Failure, call: Call) -> bool:
    if failure.protocol not in (None, call.protocol):
        return False
    if failure.code is not None and failure.code.upper() != call.code.upper():
        return False
    return failure.where == "any" or (failure.where == "login") == call.login
