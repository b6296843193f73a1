"""``POST /webhooks/portal/{id}``: a portal says that dossiers changed.

What it says is a hint: the dossiers are looked at through the portal's connection, and nothing else is taken
from it. Whatever is genuine is answered 202, also codes that nobody follows, so that nobody learns who is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from fastapi import APIRouter, HTTPException, Request, Response

from bot.channels.bodies import read
from core.db import engine as engines
from core.dossiers.codes import DossierCode
from core.dossiers.portals import push
from core.dossiers.portals.router import Connection, Served
from core.limits import Counters

log = structlog.get_logger()
PATH = "/webhooks/portal/{portal}"
LARGEST = 64 * 1024  # bytes
PER_MINUTE = 6000  # genuine pushes of one portal to one process; more are told to come later
_REMEMBERED = dt.timedelta(seconds=4 * push.SECONDS)  # longer than a signature can be used
_NOBODY = "0" * 64  # stands for the secret of portals that have none

Clock = Callable[[], dt.datetime]


class Hints(Protocol):
    """Whoever looks at dossiers."""

    async def hint(self, codes: Sequence[str], now: dt.datetime) -> int:
        """As :meth:`core.reminders.watch.Watch.hint`."""
        ...


class Push:
    """Checks what is pushed and passes the hints on."""

    def __init__(
        self,
        connections: Sequence[Connection],
        served: Callable[[str], Served | None],
        hints: Hints,
        counters: Counters,
        clock: Clock,
    ) -> None:
        self._secrets = {c.id: c.push_secret.get_secret_value() for c in connections if c.push_secret}
        self._served, self._hints, self._counters, self._clock = served, hints, counters, clock
        self._minutes: dict[str, tuple[int, int]] = {}

    async def take(self, portal: str, request: Request) -> Response:
        """Answer one push.

        Raises:
            HTTPException: 403 not genuine (or no such portal, which looks the same), 408 and 413 as every body,
                422 genuine but not readable, 429 too many, 503 it cannot be kept now.
        """
        body = await read(request, LARGEST)
        now = self._clock()
        stamp, signature = (request.headers.get(h, "") for h in (push.TIMESTAMP, push.SIGNATURE))
        genuine = push.is_genuine(self._secrets.get(portal, _NOBODY), stamp, signature, body, now.timestamp())
        if not genuine or portal not in self._secrets:
            log.warning("push_refused", known=portal in self._secrets)
            raise HTTPException(403)
        if self._too_many(portal, now):
            raise HTTPException(429, headers={"Retry-After": "60"})
        try:
            named = push.codes(body)
        except (ValueError, RecursionError):
            raise HTTPException(422) from None
        try:
            await self._pass_on(portal, signature.strip().lower(), named, now)
        except engines.AWAY as error:
            log.error("push_not_kept", error=type(error).__name__)
            raise HTTPException(503, headers={"Retry-After": "5"}) from None
        return Response(status_code=202)

    async def _pass_on(self, portal: str, signature: str, named: Sequence[str], now: dt.datetime) -> None:
        """Hint at the codes this portal keeps, once for each signature."""
        if codes := [code.text for code in map(_code, named) if code and self._keeps(portal, code)]:
            if await self._counters.count(f"push:{signature}", _REMEMBERED, now):
                log.info("push_repeated", portal=portal)
                return
            await self._hints.hint(codes, now)
            # Only now: a push that was not kept is sent again, and must count then.
            await self._counters.hit(f"push:{signature}", _REMEMBERED, now)

    def _keeps(self, portal: str, code: DossierCode) -> bool:
        served = self._served(code.root)
        return served is not None and served.id == portal

    def _too_many(self, portal: str, now: dt.datetime) -> bool:
        minute = int(now.timestamp() // 60)
        begun, count = self._minutes.get(portal, (minute, 0))
        count = count + 1 if begun == minute else 1
        self._minutes[portal] = (minute, count)
        return count > PER_MINUTE


def routes(push: Push) -> APIRouter:
    """The address portals push to."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def take(portal: str, request: Request) -> Response:
        return await push.take(portal, request)

    return router


def _code(text: str) -> DossierCode | None:
    """The code, or None for what cannot be one."""
    try:
        return DossierCode.parse(text)
    except ValueError:
        return None
