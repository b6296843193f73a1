"""One look at a dossier: limits, right to see, memory or portal, audit.

A code nobody knows and one that may not be shown take the same way to the same answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.engine import transact
from core.dossiers.audit import Audit, Outcome
from core.dossiers.codes import DossierCode
from core.dossiers.lookup import Known, Lookup
from core.dossiers.model import DossierView
from core.dossiers.rights import Rights
from core.dossiers.snapshots import Snapshot
from core.dossiers.standing import Level, Standing
from core.errors import AssistantError, PortalError
from core.limits import HOUR, MINUTE, Counters, Counting
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
    """What one person may see of one code; ``view`` is None when there is nothing to show.

    ``label`` is what the person calls it in their list, None when they do not follow it.
    """

    code: str
    level: Level
    view: DossierView | None
    fetched_at: dt.datetime
    stale: bool
    label: str | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """A look that has to ask the portal."""

    standing: Standing
    kept: Snapshot | None


class Access:
    """Looks dossiers up for people."""

    def __init__(
        self,
        engine: AsyncEngine,
        lookup: Lookup,
        rights: Rights,
        audit: Audit,
        counters: Counters,
        secret: Secret,
        rules: Disclosure,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine, self._lookup, self._rights = engine, lookup, rights
        self._audit, self._counters = audit, counters
        self._secret, self._rules, self._clock = secret, rules, clock

    async def see(self, person: Person, code: DossierCode) -> Seen:
        """What this person may see.

        Raises:
            TooManyLookups: over one of the limits of the profile.
            PortalError: nothing is known and the portal did not tell.
        """
        now, since = self._clock(), self._lookup.landings
        begun = await transact(self._engine, lambda c: self._begin(c, person, code, now))
        if isinstance(begun, Seen):
            return begun
        if isinstance(begun, TooManyLookups):
            raise begun
        level = begun.standing.level
        try:
            known = await self._lookup.ask(code, begun.kept, since)
        except PortalError:
            await self._audit.record(person.address, code.text, level, "away", now)
            raise
        return await transact(self._engine, lambda c: self._end(c, person, code, begun.standing, known, now))

    def _begin(
        self, connection: Connection, person: Person, code: DossierCode, now: dt.datetime
    ) -> Seen | TooManyLookups | _Begun:
        """Right to see, limits and memory in one transaction, with the end of the look where memory is fresh.

        It is committed before a portal is asked: no connection waits for one, and a look counts from its start.
        """
        stands = self._rights.standing(connection, person.address, code.text, now)
        if stands.level == "code" and self._over_limits(self._counters.within(connection), person, now):
            self._audit.write(connection, person.address, code.text, stands.level, "limited", now)
            return TooManyLookups("too many look-ups")
        kept = self._lookup.remembered(connection, code)
        if known := self._lookup.fresh(kept):
            return self._end(connection, person, code, stands, known, now)
        return _Begun(stands, kept)

    def _end(
        self,
        connection: Connection,
        person: Person,
        code: DossierCode,
        stands: Standing,
        known: Known,
        now: dt.datetime,
    ) -> Seen:
        """What may be shown of what is known, with its line in the log."""
        level = stands.level
        view = known.view if level != "code" or self._open(known.view) else None
        if view is None and level == "code":
            self._count_unknown(self._counters.within(connection), person, now)
        outcome: Outcome = "shown" if view else "nothing"
        self._audit.write(connection, person.address, code.text, level, outcome, now)
        return Seen(code.text, level, view, known.fetched_at, known.stale, stands.label)

    async def known(self, code: DossierCode) -> Known:
        """What is known of a code, for checking a proof. Raises PortalError as :meth:`see` does."""
        return await self._lookup.find(code)

    def _open(self, view: DossierView | None) -> bool:
        """Whether a bare code shows anything of this dossier."""
        if view is None or "status" not in self._rules.by_code:
            return False
        return view.procedure_code not in self._rules.sealed_procedures

    def _over_limits(self, counting: Counting, person: Person, now: dt.datetime) -> bool:
        rules, keys = self._rules, self._keys(person)
        windows = {f"unknown:{key}": HOUR for key, _ in keys} | {_EVERYBODY: MINUTE}
        unknown = counting.counts(windows, now)
        for key, times in keys:
            if counting.hit(f"lookups:{key}", HOUR, now) > rules.lookups_per_hour * times:
                return True
            if unknown[f"unknown:{key}"] >= rules.unknown_per_hour * times:
                return True
        return unknown[_EVERYBODY] >= rules.unknown_per_minute

    def _count_unknown(self, counting: Counting, person: Person, now: dt.datetime) -> None:
        for key, _ in self._keys(person):
            counting.hit(f"unknown:{key}", HOUR, now)
        counting.hit(_EVERYBODY, MINUTE, now)

    def _keys(self, person: Person) -> list[tuple[str, int]]:
        """What to count by, each with how many people it may stand for."""
        keys = [(self._secret.fingerprint("who", str(person.address)), 1)]
        if person.origin:
            keys.append((self._secret.fingerprint("origin", person.origin), self._rules.per_origin))
        return keys
