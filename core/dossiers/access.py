"""One look at a dossier: limits, right to see, memory or portal, audit.

A code nobody knows and one that may not be shown take the same way to the same answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from core.dossiers.audit import Audit, Outcome
from core.dossiers.codes import DossierCode
from core.dossiers.lookup import Known, Lookup
from core.dossiers.model import DossierView
from core.dossiers.rights import Level, Rights
from core.errors import AssistantError, PortalError
from core.limits import HOUR, MINUTE, Counters
from core.messages import Address
from core.profile import Disclosure
from core.secret import Secret

_EVERYBODY = "unknown:everybody"


class TooManyLookups(AssistantError):
    """Somebody, or everybody together, asks for too many codes; nothing was looked up."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: their address and, on the web, where the request came from."""

    address: Address
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person may see of one code; ``view`` is None when there is nothing to show."""

    code: str
    level: Level
    view: DossierView | None
    fetched_at: dt.datetime
    stale: bool


class Access:
    """Looks dossiers up for people."""

    def __init__(
        self,
        lookup: Lookup,
        rights: Rights,
        audit: Audit,
        counters: Counters,
        secret: Secret,
        rules: Disclosure,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._lookup, self._rights, self._audit, self._counters = lookup, rights, audit, counters
        self._secret, self._rules, self._clock = secret, rules, clock

    async def see(self, person: Person, code: DossierCode) -> Seen:
        """What this person may see.

        Raises:
            TooManyLookups: over one of the limits of the profile.
            PortalError: nothing is known and the portal did not tell.
        """
        now = self._clock()
        level = await self._rights.level(person.address, code.text, now)
        if level == "code" and await self._over_limits(person, now):
            await self._audit.record(person.address, code.text, level, "limited", now)
            raise TooManyLookups("too many look-ups")
        try:
            known = await self._lookup.find(code)
        except PortalError:
            await self._audit.record(person.address, code.text, level, "away", now)
            raise
        view = known.view if level != "code" or self._open(known.view) else None
        if view is None and level == "code":
            await self._count_unknown(person, now)
        outcome: Outcome = "shown" if view else "nothing"
        await self._audit.record(person.address, code.text, level, outcome, now)
        return Seen(code.text, level, view, known.fetched_at, known.stale)

    async def known(self, code: DossierCode) -> Known:
        """What is known of a code, for checking a proof. Raises PortalError as :meth:`see` does."""
        return await self._lookup.find(code)

    def _open(self, view: DossierView | None) -> bool:
        """Whether a bare code shows anything of this dossier."""
        if view is None or "status" not in self._rules.by_code:
            return False
        return view.procedure_code not in self._rules.sealed_procedures

    async def _over_limits(self, person: Person, now: dt.datetime) -> bool:
        rules = self._rules
        async with self._counters.together() as counting:
            for key, times in self._keys(person):
                if await counting.hit(f"lookups:{key}", HOUR, now) > rules.lookups_per_hour * times:
                    return True
                if await counting.count(f"unknown:{key}", HOUR, now) >= rules.unknown_per_hour * times:
                    return True
            return await counting.count(_EVERYBODY, MINUTE, now) >= rules.unknown_per_minute

    async def _count_unknown(self, person: Person, now: dt.datetime) -> None:
        for key, _ in self._keys(person):
            await self._counters.hit(f"unknown:{key}", HOUR, now)
        await self._counters.hit(_EVERYBODY, MINUTE, now)

    def _keys(self, person: Person) -> list[tuple[str, int]]:
        """What to count by, each with how many people it may stand for."""
        keys = [(self._secret.fingerprint("who", str(person.address)), 1)]
        if person.origin:
            keys.append((self._secret.fingerprint("origin", person.origin), self._rules.per_origin))
        return keys
