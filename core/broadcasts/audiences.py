"""Who would get a notice, counted before anything is sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts.model import Audience, Content, Count, Reason
from core.broadcasts.scope import Page, Scope
from core.broadcasts.verdict import Verdict
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.reminders.hours import allowed_at
from core.reminders.model import Kind, Wishes
from core.staff.offices import Offices

_ZALO = "zalo"  # the channel where a message may cost something


class Audiences:
    """Counts. Errors of the database are raised as they are.

    Args:
        catalogue: gives the procedures of a field.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        profile: Profile,
        catalogue: Callable[[], Catalogue],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine, self._profile, self._catalogue, self._clock = engine, profile, catalogue, clock
        self._offices = Offices(engine)

    async def count(self, content: Content, ident: int | None = None) -> Count:
        """How many it would reach now, by channel, and how many not, by reason.

        Args:
            ident: of the notice whose uploaded list is meant (audience ``listed``).
        """
        scope = await self.scope(content.audience, ident)
        async with self._engine.connect() as connection:
            return await self.counted(connection, content, scope)

    async def scope(
        self, audience: Audience, ident: int | None = None, before: dt.datetime | None = None
    ) -> Scope:
        """The audience with what it takes to find it; see :class:`Scope`."""
        catalogue = self._catalogue()
        of_fields = {p.code for p in catalogue.values() if p.code and p.field in audience.fields}
        procedures = frozenset(audience.procedures) | of_fields
        return Scope(audience, await self._offices.all(), procedures, before, ident)

    def verdict(self, content: Content, scope: Scope, page: Page | None = None) -> Verdict:
        """Of addresses in scope, who is told and who is not."""
        begins = max(content.send_at or self._clock(), self._clock())
        until = self._profile.broadcasts.expiry(content, begins)
        dear = content.audience.whom != "subscribers"
        return Verdict(scope.addresses(page), self._profile.linking.preferred, until, dear)

    async def counted(self, connection: AsyncConnection, content: Content, scope: Scope) -> Count:
        """As :meth:`count`, over a connection."""
        channels: Counter[str] = Counter()
        left_out: Counter[Reason] = Counter()
        numbers = self.verdict(content, scope).numbers()
        for name, reason, number, twins in await connection.execute(numbers):
            if reason is None:
                channels[name] += number
            else:
                left_out[Reason(reason)] += number
            left_out[Reason.DUPLICATE_PERSON] += int(twins)
        for name in channels.keys() - set(self._profile.linking.preferred):
            left_out[Reason.NO_CHANNEL] += channels.pop(name)
        inside = channels.total() + left_out.total()
        for reason, query_of in scope.outside().items():
            left_out[reason] += await connection.scalar(query_of) or 0
        if scope.audience.whom == "followers":
            left_out[Reason.NOT_IN_SCOPE] -= inside
        found = Count(
            {name: n for name, n in channels.items() if n},
            {reason: n for reason, n in left_out.items() if n > 0},
        )
        return replace(found, first_at=self.first(content), charged=channels[_ZALO])

    def first(self, content: Content) -> dt.datetime | None:
        """When it may go to somebody who chose nothing; None where the province sends no notices."""
        at, profile = max(content.send_at or self._clock(), self._clock()), self._profile
        return allowed_at(Kind.NOTICE, content.emergency, at, Wishes(), profile.calendar(), profile.reminders)
