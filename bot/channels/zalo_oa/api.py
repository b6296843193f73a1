"""Calls of the Official Account's API: the bare token, the envelope, one renewal when the token is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol

import httpx
import structlog

from bot.channels import transport
from bot.channels.zalo_oa import failures
from bot.channels.zalo_oa.quota import Quota
from core.dossiers.portals.reading import part
from core.errors import SendError

log = structlog.get_logger()
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
Failing = Callable[[int, dt.datetime], SendError]


class TokenSource(Protocol):
    """Gives the access token; see Tokens."""

    async def get(self, refused: str | None = None) -> str:
        """Raises SendError."""
        ...


class Api:
    """One account's API.

    Args:
        client: whoever makes it closes it.
        base: ``https://openapi.zalo.me``, ``https://business.openapi.zalo.me`` or a simulator.
        tokens: where the access token comes from.
        clock: the time now, with its zone.
    """

    def __init__(
        self, client: httpx.AsyncClient, base: str, tokens: TokenSource, clock: Callable[[], dt.datetime]
    ) -> None:
        self._client, self._base, self._tokens, self._clock = client, base.rstrip("/"), tokens, clock
        self.quota = Quota()

    async def post(
        self, path: str, body: dict[str, Any], failing: Failing = failures.failure
    ) -> dict[str, Any]:
        """The ``data`` of a successful answer. Raises SendError and nothing else.

        Args:
            failing: what an error number means here.
        """
        return await self._called("POST", path, {"json": body}, failing)

    async def get(
        self, path: str, query: dict[str, str], failing: Failing = failures.failure
    ) -> dict[str, Any]:
        """As :meth:`post`, for methods that only tell."""
        return await self._called("GET", path, {"params": query}, failing)

    async def _called(self, method: str, path: str, said: dict[str, Any], failing: Failing) -> dict[str, Any]:
        token = await self._tokens.get()
        code, data = await self._once(method, path, said, token)
        if code in failures.TOKEN:  # a refused token means that nothing was done: repeating is safe
            token = await self._tokens.get(refused=token)
            code, data = await self._once(method, path, said, token)
        if code == 0:
            self.quota.note(part(data, "quota"), self._clock())
            return data
        failed = failing(code, self._clock())
        if failed.configuration:
            log.error("zalo_stopped", code=code, remedy="see the account and its plan at oa.zalo.me")
        raise failed

    async def _once(
        self, method: str, path: str, said: dict[str, Any], token: str
    ) -> tuple[int, dict[str, Any]]:
        try:
            response = await self._client.request(
                method,
                f"{self._base}{path}",
                **said,
                headers={"access_token": token},
                timeout=TIMEOUT,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            raise transport.failure("zalo", error) from None
        return _envelope(response)


def _envelope(response: httpx.Response) -> tuple[int, dict[str, Any]]:
    try:
        said: Any = response.json()
    except (ValueError, RecursionError):
        raise failures.unreadable(response.status_code) from None
    code, data = _code(part(said, "error")), part(said, "data")
    if code is None or (code == 0 and response.status_code != 200):
        raise failures.unreadable(response.status_code)
    return code, data if isinstance(data, dict) else {}


def _code(value: Any) -> int | None:
    """The error's number, also as text (``"-216"``); None when it is none."""
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 12:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
