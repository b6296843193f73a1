"""The access token of the account, renewed by exactly one process and saved before it is used.

Zalo's refresh token works once and its use ends the old access token. What a kill leaves behind:

- before Zalo was asked: the lease runs out after 90 seconds and another process renews;
- after the new pair was saved: everything is there;
- after Zalo issued the pair and before it was saved, or when its answer was lost on the way: **the one window
  that no retry can mend.** The next renewal is refused, ``zalo_token_lost`` is logged, and an operator
  runs ``python -m bot zalo-authorize``. A database that is away does not open it: the process keeps the new
  pair, unused, and goes on trying to save it for as long as it lives.

``put`` by an operator replaces whatever is there, and every process uses it from its next call on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Never, Protocol

import structlog

from bot.channels.zalo_oa.oauth import OAuthAway, OAuthRefused, Pair
from bot.channels.zalo_oa.vault import Kept, Vault
from core.db.engine import AWAY
from core.errors import SendError

log = structlog.get_logger()
REMEDY = "python -m bot zalo-authorize"
REST = dt.timedelta(seconds=5)  # after Zalo was away
LONG_REST = dt.timedelta(minutes=5)  # after a refusal; also how often the alarm is repeated
FRESH = dt.timedelta(seconds=30)  # a token this new that is refused will not get better by another one
WAIT = 20.0  # seconds a caller waits for another process to renew
SAVES = 6  # tries to save, with growing pauses, 6 s together
_LOOK = 0.05


class Renewer(Protocol):
    """What gives the next pair."""

    async def refresh(self, token: str) -> Pair:
        """Raises OAuthRefused or OAuthAway."""
        ...


@dataclass(frozen=True, slots=True)
class _Unsaved:
    pair: Pair = field(repr=False)
    version: int
    asked_at: dt.datetime


class Tokens:
    """Gives the access token.

    Args:
        vault: where the pair is kept.
        renewer: asks Zalo.
        clock: the time now, with its zone.
        sleep: how to wait; for tests.
    """

    def __init__(
        self,
        vault: Vault,
        renewer: Renewer,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._vault, self._renewer, self._clock, self._sleep = vault, renewer, clock, sleep
        self._owner = uuid.uuid4().hex
        self._unsaved: _Unsaved | None = None
        self._forced: tuple[int, dt.datetime] | None = None  # the version a refusal brought, and when
        self._task: asyncio.Task[bool] | None = None

    async def get(self, refused: str | None = None) -> str:
        """A token to call Zalo with.

        However many ask at once, in however many processes, Zalo is asked for a new pair once. While
        renewing fails, the present token is given for as long as it lasts.

        Args:
            refused: the token Zalo has just turned down; anything but this one is given.

        Raises:
            SendError: there is none now; ``configuration`` when an operator must act.
        """
        try:
            return await self._get(refused)
        except AWAY as error:
            log.warning("zalo_token_unread", error=type(error).__name__)
            raise SendError("zalo: tokens cannot be read", retry_after=5) from None

    async def put(self, pair: Pair) -> None:
        """Store a pair an operator brought."""
        await self._vault.put(pair)

    async def status(self) -> dict[str, str | bool | None]:
        """Whether there is a pair, until when it works, and what an operator must do; never raises."""
        try:
            kept = await self._vault.read()
        except AWAY:
            return {"stored": None, "works_until": None, "remedy": None}
        lost = kept is None or kept.lost or not kept.access
        until = kept.expires_at.isoformat() if kept and kept.access else None
        return {"stored": kept is not None, "works_until": until, "remedy": REMEDY if lost else None}

    async def close(self) -> None:
        """Wait for a renewal that is under way: leaving it would lose the pair."""
        if self._task:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _get(self, refused: str | None) -> str:
        ends = asyncio.get_running_loop().time() + WAIT
        while True:
            kept = await self._vault.read()
            if kept is None:
                _lost("no token is stored yet")
            now = self._clock()
            usable = bool(kept.access) and kept.access != refused and now < kept.expires_at
            if usable and now < kept.due_at():
                return kept.access
            if kept.paused_until is not None and now < kept.paused_until and self._unsaved is None:
                return kept.access if usable else _unusable(kept, (kept.paused_until - now).total_seconds())
            if asyncio.get_running_loop().time() >= ends:
                raise SendError("zalo: no token in time", retry_after=5)
            forced = bool(refused) and kept.access == refused
            if forced and self._forced and self._forced[0] == kept.version and now < self._forced[1] + FRESH:
                raise SendError("zalo: a new token was refused", retry_after=FRESH.total_seconds())
            if not await self._attempt(kept, forced) and usable:
                return kept.access  # should the other process end it this moment, the caller asks again

    async def _attempt(self, kept: Kept, forced: bool) -> bool:
        """Renew, or wait a moment for whoever does (False). A cancelled caller does not stop a renewal."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew(kept, forced))
            self._task.add_done_callback(_look_at)
        return await asyncio.shield(self._task)

    async def _renew(self, kept: Kept, forced: bool) -> bool:
        if self._unsaved is not None:
            await self._save(self._unsaved)
            return True
        if not kept.refresh:
            _lost("the stored token cannot be read: SECRET_KEY has changed")
        if not await self._vault.claim(self._owner, kept.version):
            await self._sleep(_LOOK)
            return False
        asked_at = self._clock()
        try:
            pair = await self._renewer.refresh(kept.refresh)
        except OAuthRefused as refusal:
            await self._refused(kept, refusal)
        except OAuthAway as away:
            log.warning("zalo_token_not_renewed", reason=str(away), maybe_used_up=not away.sure)
            await self._vault.give_up(self._owner, kept.version, REST, lost=kept.lost)
        else:
            self._forced = (kept.version + 1, asked_at) if forced else self._forced
            self._unsaved = _Unsaved(pair, kept.version, asked_at)
            await self._save(self._unsaved)
        return True

    async def _refused(self, kept: Kept, refusal: OAuthRefused) -> None:
        """A refused refresh token is lost, unless another process has used it to bring a newer pair."""
        now = await self._vault.read()
        if now is not None and now.version != kept.version:
            return
        log.error("zalo_token_lost", reason=str(refusal), remedy=REMEDY, works_until=str(kept.expires_at))
        await self._vault.give_up(self._owner, kept.version, LONG_REST, lost=True)

    async def _save(self, unsaved: _Unsaved) -> None:
        """Keep the pair before anybody uses it; goes on later when the database is away."""
        for tries in range(SAVES):
            try:
                saved = await self._vault.save(unsaved.pair, unsaved.version, unsaved.asked_at)
            except AWAY as error:
                log.error("zalo_token_unsaved", error=type(error).__name__, remedy="bring the database back")
                if tries + 1 == SAVES:
                    raise
                await self._sleep(0.2 * 2**tries)
            else:
                self._unsaved = None
                log.info("zalo_token_renewed" if saved else "zalo_token_replaced_meanwhile")
                return


def _look_at(task: asyncio.Task[bool]) -> None:
    """Take note of a failure whose callers have all left."""
    if not task.cancelled():
        task.exception()


def _unusable(kept: Kept, seconds: float) -> Never:
    if kept.lost:
        raise SendError("zalo: tokens are lost", configuration=True)
    raise SendError("zalo: the token cannot be renewed now", retry_after=max(seconds, 1.0))


def _lost(reason: str) -> Never:
    log.error("zalo_token_lost", reason=reason, remedy=REMEDY)
    raise SendError(f"zalo: {reason}", configuration=True)
