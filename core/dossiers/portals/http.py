"""How portals are called: within limits, again when that helps, not at all while one is down.

Every failure is a PortalError whose text names the portal and the kind of failure, never an address,
a code or anything a portal wrote.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Never, TypeVar

import httpx
import stamina
import structlog
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from purgatory.service._async.circuitbreaker import AsyncCircuitBreaker

from core.dossiers.portals.connections import Limits
from core.errors import PortalAway, PortalConfused, PortalError, PortalRefused

log = structlog.get_logger()
T = TypeVar("T")


class Busy(PortalAway):
    """Out of reach, slow, 429 or 5xx; ``retry_after`` is what the portal asked for, in seconds."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unreadable(PortalConfused):
    """Something else than the service answered: no JSON, cut off, too large, a redirect. Counts as down."""


class Rejected(PortalConfused):
    """A 4xx about this one request: asking again or waiting does not help."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


class Unauthorised(PortalRefused):
    """401 or 403: the session or token is not (or no longer) accepted."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


class Caller:
    """Calls one portal.

    Args:
        portal: its id, as it stands in errors and logs.
        client: with connect and read limits; see :func:`client_for`.
        limits: the total time of a look-up, look-ups at once, attempts, when to give up for a while.
    """

    def __init__(self, portal: str, client: httpx.AsyncClient, limits: Limits) -> None:
        self.portal, self._client, self._limits = portal, client, limits
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._breakers = AsyncCircuitBreakerFactory(limits.failures, limits.pause)
        self._breakers.add_listener(_tell)

    async def lookup(self, deed: Callable[[float], Awaitable[T]]) -> T:
        """Run one look-up, which may call :meth:`read` several times.

        It ends within the total limit, waiting for a free slot included. Look-ups that fail because the
        portal is away or unreadable are counted; after ``failures`` in a row all end at once for
        ``pause`` seconds. Refused credentials, a dossier that makes no sense, a caller who gives up and
        a queue on our side are not counted: none of them says that the portal is down.

        Args:
            deed: gets the moment (of the event loop's clock) when the limit ends.

        Raises:
            PortalError: as :class:`~core.dossiers.portals.contract.Portal` promises.
        """
        breaker, began, asked, outcome = await self._enter(), time.monotonic(), False, "cancelled"
        try:
            async with asyncio.timeout(self._limits.total) as limit, self._slots:
                asked = True
                result = await deed(limit.when() or 0.0)
        except TimeoutError:
            error = PortalAway(f"portal {self.portal}: no answer within {self._limits.total:g} s")
            outcome = "too slow" if asked else "no free slot"
            if asked:
                await _count(breaker, error)
            raise error from None
        except PortalError as error:
            outcome = type(error).__name__
            await _count(breaker, error if isinstance(error, PortalAway | Unreadable) else None)
            raise
        else:
            outcome = "answered"
            await _count(breaker, None)
            return result
        finally:
            spent = round(1000 * (time.monotonic() - began))
            log.debug("portal_lookup", portal=self.portal, outcome=outcome, milliseconds=spent)

    async def read(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Any:
        """Ask for something and give the JSON that comes. Only inside :meth:`lookup`, which limits it.

        It is asked again after connection errors, time-outs, 429, 5xx and unreadable answers, so it must
        be safe to repeat: a query, or a sign-in (which at worst opens a second session). There is on
        purpose no way here to send anything else.

        Raises:
            Busy, Unreadable, Rejected, Unauthorised: the last attempt's failure.
        """
        attempts = stamina.retry_context(
            on=self._again,
            attempts=self._limits.attempts,
            timeout=None,
            wait_initial=0.1,
            wait_max=1.0,
            wait_jitter=0.2,
        )
        async for attempt in attempts:
            with attempt:
                body = await self._once(
                    method, url, headers=headers, params=params, json=json, data=form, auth=auth
                )
                return self._decoded(body)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def confused(self, kind: str) -> Never:
        """Raise PortalConfused in this portal's name."""
        raise PortalConfused(f"portal {self.portal}: {kind}")

    def _again(self, error: Exception) -> bool | float:
        """Whether another attempt helps; a number when the portal said after how many seconds."""
        if isinstance(error, Busy) and error.retry_after is not None:
            short = error.retry_after <= self._limits.total / 2
            return max(error.retry_after, 0.01) if short else False
        return isinstance(error, Busy | Unreadable)

    async def _enter(self) -> AsyncCircuitBreaker:
        breaker = await self._breakers.get_breaker(self.portal)
        try:
            return await breaker.__aenter__()
        except OpenedState as error:
            error.__traceback__ = (
                None  # purgatory raises one object again and again; its traceback would grow
            )
        raise PortalAway(f"portal {self.portal}: given up on for a while after repeated failures")

    async def _once(self, method: str, url: str, **request: Any) -> bytes:
        try:
            async with self._client.stream(method, url, follow_redirects=False, **request) as response:
                self._judge(response)
                return await self._body(response)
        except httpx.TimeoutException:
            raise Busy(f"portal {self.portal}: timed out") from None
        except httpx.TransportError as error:
            raise Busy(f"portal {self.portal}: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise Unreadable(f"portal {self.portal}: {type(error).__name__}") from None

    def _judge(self, response: httpx.Response) -> None:
        code, said = response.status_code, f"portal {self.portal}: HTTP {response.status_code}"
        if code in (408, 425, 429) or code >= 500:
            raise Busy(said, _retry_after(response))
        if code in (401, 403):
            raise Unauthorised(said, code)
        if code >= 400:
            raise Rejected(said, code)
        if code != 200:
            raise Unreadable(said)

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._limits.megabytes * 1_000_000:
                    raise Unreadable(f"portal {self.portal}: answer too large")
        except (httpx.RemoteProtocolError, httpx.ReadError):
            raise Unreadable(f"portal {self.portal}: answer cut off") from None
        return bytes(body)

    def _decoded(self, body: bytes) -> Any:
        try:
            return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        except UnicodeDecodeError:
            raise Unreadable(f"portal {self.portal}: answer is not UTF-8") from None
        except (ValueError, RecursionError):
            kind = "empty" if not body.strip() else "HTML" if body.lstrip().startswith(b"<") else "not JSON"
            raise Unreadable(f"portal {self.portal}: answer is {kind}") from None


def client_for(limits: Limits) -> httpx.AsyncClient:
    """A client with the limits of one connection; whoever makes it closes it."""
    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    pool = httpx.Limits(
        max_connections=2 * limits.concurrency + 2, max_keepalive_connections=limits.concurrency
    )
    return httpx.AsyncClient(timeout=timeout, limits=pool, follow_redirects=False)


async def _count(breaker: AsyncCircuitBreaker, failure: PortalError | None) -> None:
    await breaker.__aexit__(type(failure) if failure else None, failure, None)


def _tell(portal: str, event: str, change: Any) -> None:
    if event == "state_changed":
        log.warning("portal_breaker", portal=portal, state=change.state)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds of ``Retry-After``; a date counts as longer than anyone waits; None when there is none."""
    said = response.headers.get("Retry-After", "").strip()
    if not said:
        return None
    return float(said) if said.isascii() and said.isdigit() and len(said) < 7 else float("inf")


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")
