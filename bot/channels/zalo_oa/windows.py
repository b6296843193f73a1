"""What a message to a person costs now: free, charged, or possible only as a paid template.

Zalo counts from the person's last interaction: free up to 48 hours (while the free messages last), charged up
to 7 days, refused after that. We keep when each person last wrote, and ask Zalo's quota where it matters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.quota import count
from core.db import upsert
from core.db.tables import InteractionRow as Row
from core.dossiers.portals.reading import part
from core.errors import SendError
from core.messages import Address

log = structlog.get_logger()
FREE, CHARGED = dt.timedelta(hours=48), dt.timedelta(days=7)
KEEP = dt.timedelta(days=8)
AHEAD = dt.timedelta(minutes=5)  # clocks differ
QUOTA_PATH = "/v3.0/oa/quota/message"

Cost = Literal["free", "charged", "used_up", "template"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a message would cost.

    Args:
        cost: ``used_up`` within 48 hours when the free messages are gone (again tomorrow, or a template);
            ``template`` when only a paid template gets through.
        until: when that changes by itself; None for ``template``.
        remaining: free messages left as Zalo says; None when it does not say.
    """

    cost: Cost
    until: dt.datetime | None
    remaining: int | None = None


class Windows:
    """Remembers when people wrote, shared by every process."""

    def __init__(self, engine: AsyncEngine, api: Api, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._api, self._clock = engine, api, clock

    async def touch(self, address: Address, at: dt.datetime) -> None:
        """The person wrote at this moment; events out of order never set it back."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(self.upsert(address, at))

    def upsert(self, address: Address, at: dt.datetime) -> Any:
        """The statement of :meth:`touch`."""
        statement = upsert.insert(self._engine, Row).values(address=str(address), last_interaction=at)
        later = statement.excluded.last_interaction
        return statement.on_conflict_do_update(
            index_elements=[Row.address], set_={"last_interaction": later}, where=Row.last_interaction < later
        )

    async def last(self, address: Address) -> dt.datetime | None:
        """When the person last wrote, as far as we know."""
        async with AsyncSession(self._engine) as session:
            return await session.scalar(select(Row.last_interaction).where(Row.address == str(address)))

    async def forget(self, address: Address) -> None:
        """Delete what is kept of a person."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(Row).where(Row.address == str(address)))

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what no longer matters."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(Row).where(Row.last_interaction < now - KEEP))

    async def standing(self, address: Address, *, ask: bool = True) -> Standing:
        """What a message to the person costs now.

        Args:
            ask: also ask Zalo for the quota. When that fails, what we know ourselves decides.

        Raises:
            SendError: Zalo cannot be asked and we know nothing, or it says that the person is gone.
        """
        known, now = await self.last(address), self._clock()
        if not ask:
            return decide(known, None, now)
        try:
            quota = await self._api.post(QUOTA_PATH, {"user_id": address.id})
        except SendError as error:
            if error.outside_window:
                return Standing("template", None)
            if error.gone or known is None:
                raise
            log.warning("zalo_quota_unread", reason=str(error))
            return decide(known, None, now)
        told = moment(part(quota, "last_interaction"))
        if told is not None and told > now + AHEAD:
            told = None
        return decide(
            max(filter(None, (known, told)), default=None), count(part(quota, "cs_reply", "remain")), now
        )


def decide(last: dt.datetime | None, remaining: int | None, now: dt.datetime) -> Standing:
    """What a message costs by the time since the person last wrote. Pure."""
    if last is None or now - last > CHARGED:
        return Standing("template", None, remaining)
    if now - last > FREE:
        return Standing("charged", last + CHARGED, remaining)
    return Standing("used_up" if remaining == 0 else "free", last + FREE, remaining)


def moment(value: Any) -> dt.datetime | None:
    """Milliseconds since 1970 (seconds when there are too few digits), as text or number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**14:
        return None
    return dt.datetime.fromtimestamp(value if value < 10**11 else value / 1000, dt.UTC)
