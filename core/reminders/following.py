"""What begins and ends with an entry in "Hồ sơ của tôi": the watch over the dossier and what waits about it.

:class:`core.dossiers.followed.List` calls this inside its own transaction, so that nobody is ever in a list
without being watched over, nor told about what they left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from core.dossiers.codes import DossierCode
from core.dossiers.snapshots import Snapshots
from core.messages import Address
from core.reminders import rules, waiting
from core.reminders.followers import People, each_alone, is_followed
from core.reminders.watch import Watch


class Following:
    """Keeps :class:`core.dossiers.followed.Follows`."""

    def __init__(self, watch: Watch, snapshots: Snapshots, people: People = each_alone) -> None:
        self._watch, self._snapshots, self._people = watch, snapshots, people

    async def began(self, connection: AsyncConnection, address: Address, code: str, now: dt.datetime) -> None:
        """As :meth:`core.dossiers.followed.Follows.began`. What they have just seen is not told again."""
        seen = await connection.run_sync(self._snapshots.read, code)
        watched = rules.seen(None, seen.view, now) if seen and seen.view else None
        await self._watch.follow(connection, DossierCode.parse(code), watched, now)
        await waiting.forget_unfollowed(connection, code, await self._everywhere([address]))

    async def ended(
        self, connection: AsyncConnection, addresses: Sequence[Address], code: str, now: dt.datetime
    ) -> None:
        """As :meth:`core.dossiers.followed.Follows.ended`."""
        await self._watch.lock(
            connection, code
        )  # a look that is being saved comes first, and its rows are seen
        if await is_followed(connection, code):
            await waiting.drop_of(connection, code, await self._everywhere(addresses), now)
            return
        await waiting.drop_all(connection, code, now)
        await self._watch.forget(connection, code)

    async def _everywhere(self, addresses: Sequence[Address]) -> list[str]:
        """Every address of these people: what waits may stand at another one of theirs."""
        groups = await self._people(addresses)
        return sorted({str(a) for group in groups.values() for a in group} | set(map(str, addresses)))
