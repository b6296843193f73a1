"""Puts the dossier desk together: memory, rights, list. Part of the composition root."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.access import Access
from core.dossiers.audit import Audit
from core.dossiers.codes import DossierCode
from core.dossiers.desk.desk import Desk
from core.dossiers.desk.proving import Proving
from core.dossiers.desk.showing import Ahead, Showing
from core.dossiers.followed import List
from core.dossiers.lookup import Lookup, Source
from core.dossiers.rights import Rights
from core.dossiers.snapshots import Snapshots
from core.limits import Counters
from core.people.desk import OnPart
from core.people.links import Links
from core.profile import Profile
from core.reminders.following import Following
from core.reminders.watch import Watch
from core.secret import Secret
from core.settings import Settings

Clock = Callable[[], dt.datetime]


class Serving(Source, Protocol):
    """A source that knows which codes it can be asked for."""

    def serving(self, code: DossierCode) -> object | None:
        """Something true for the codes it serves."""
        ...


@dataclass(frozen=True, slots=True)
class Dossiers:
    """The desk and its stores, the watch over what is followed, what forgets the old, and what ends when a
    person's addresses part."""

    desk: Desk
    watch: Watch
    snapshots: Snapshots
    rights: Rights
    forget_old: tuple[Callable[[dt.datetime], Awaitable[None]], ...]
    on_part: tuple[OnPart, ...]


def assemble(
    settings: Settings,
    profile: Profile,
    engine: AsyncEngine,
    secret: Secret,
    source: Serving,
    clock: Clock,
    ahead: Ahead | None = None,
) -> Dossiers:
    """Build the desk over a source of dossiers; ``ahead`` says what will be told of those that are followed."""
    snapshots, audit, counters = Snapshots(engine, secret), Audit(engine, secret), Counters(engine)
    ripens = dt.timedelta(minutes=profile.linking.proofs_after_minutes)
    rights, watch = Rights(engine, secret, profile.dossiers, ripens), Watch(engine)
    followed = List(engine, Following(watch, snapshots, Links(engine, profile.linking).everyone))
    fresh = dt.timedelta(seconds=settings.portal_fresh)
    lookup = Lookup(source, snapshots, clock, settings.portal_wait, fresh)
    access = Access(engine, lookup, rights, audit, counters, secret, profile.dossiers, clock)
    showing = Showing(access, followed, profile, simulated=settings.portals_file is None, ahead=ahead)
    proving = Proving(access, rights, audit, showing, profile.dossiers)
    desk = Desk(showing, proving, followed, profile, lambda code: source.serving(code) is not None)
    forget_old = (snapshots.forget_old, audit.forget_old, counters.forget_old, rights.forget_old)
    return Dossiers(desk, watch, snapshots, rights, forget_old, (rights.end_borrowed,))
