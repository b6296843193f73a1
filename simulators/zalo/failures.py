"""Everything that can go wrong on demand, and which answer it strikes. Pure but for its memory."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulators.zalo.refusals import Api


class Kind(StrEnum):
    """What happens instead of, or to, a good answer."""

    LATENCY = "latency"
    """A good answer, ``seconds`` later."""
    LATE = "late"
    """The deed is done at once, the answer comes ``seconds`` later: after the client gave up."""
    LOST = "lost"
    """The deed is done, then the connection is reset; on OAuth the new pair was issued and nobody has it."""
    RESET = "reset"
    """The connection is reset and nothing was done."""
    SERVER_ERROR = "error_500"
    """500 with a page."""
    HTML = "html"
    """200 with a page that asks for patience."""
    TRUNCATED = "truncated"
    """The deed is done; 200 with the first part of the JSON."""
    EMPTY_BODY = "empty_body"
    """200 without a body; nothing was done."""
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a kind of failure
    """The access token expires, then the call is looked at; on the Bot Platform a real 401."""
    RATE_LIMITED = "rate_limited"
    """-32; on the Bot Platform a real 429."""
    TEMPORARY = "temporary"
    """-100; on the Bot Platform ``ok:false`` with 500."""
    CODE = "code"
    """The refusal ``code``, with HTTP 200."""


@dataclass(slots=True)
class Call:
    """A call that came in.

    Args:
        method: as ``cs``, ``template``, ``sendMessage``, ``token``.
        user: whom it is about: a user id, a phone, a chat; empty for nobody.
        arguments: its body or query, without tokens and secrets.
        error: the code it was answered with; None when a failure left no code.
    """

    api: Api
    method: str
    user: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    at: dt.datetime | None = None
    error: int | None = None

    @property
    def name(self) -> str:
        """``oa.cs``, ``bot.sendMessage``."""
        return f"{self.api}.{self.method}"


@dataclass(slots=True)
class Failure:
    """One failure waiting for its answers.

    Args:
        api, method, user: which calls it strikes; None for any.
        times: how many; None until cleared.
        after: how many fitting calls go well first.
        seconds: the delay of LATENCY and LATE.
        code: the refusal of CODE.
    """

    kind: Kind
    api: Api | None = None
    method: str | None = None
    user: str | None = None
    times: int | None = 1
    after: int = 0
    seconds: float = 1.0
    code: int = -200


@dataclass
class Failures:
    """The failures in waiting; the first that fits a call strikes it."""

    waiting: list[Failure] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)

    def add(
        self, what: Failure | Kind | str, api: Api | None = None, method: str | None = None, **more: Any
    ) -> None:
        """From now on: a whole failure, or its kind and the rest of :class:`Failure`."""
        made = what if isinstance(what, Failure) else Failure(Kind(what), api, method, **more)
        self.waiting.append(made)

    def clear(self) -> None:
        """No more failures."""
        self.waiting.clear()

    def take(self, call: Call) -> Failure | None:
        """The failure that strikes this call; counts it down."""
        for failure in self.waiting:
            if not _fits(failure, call):
                continue
            if failure.after > 0:
                failure.after -= 1
                continue
            self.struck[failure.kind.value] += 1
            if failure.times is not None:
                failure.times -= 1
                if failure.times <= 0:
                    self.waiting.remove(failure)
            return failure
        return None


def _fits(failure: Failure, call: Call) -> bool:
    pairs = ((failure.api, call.api), (failure.method, call.method), (failure.user, call.user))
    return all(wanted is None or wanted == found for wanted, found in pairs)
