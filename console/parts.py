"""The long-lived parts of the console's process, as its pages reach them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.portals.build import portals_of
from core.dossiers.portals.router import Portals
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.secret import Secret
from core.settings import Settings
from core.staff.accounts import Accounts
from core.staff.audit import Audit
from core.staff.offices import Offices
from core.staff.sealing import Sealed
from core.staff.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Parts:
    """What pages work with.

    Args:
        now: the moment, with its zone.
        catalogue: the procedures as they are in force.
        portals: where dossiers are asked for; nothing is connected before the first look.
    """

    settings: Settings
    profile: Profile
    engine: AsyncEngine
    secret: Secret
    now: Callable[[], dt.datetime]
    zone: ZoneInfo
    audit: Audit
    offices: Offices
    accounts: Accounts
    sessions: Sessions
    catalogue: Callable[[], Catalogue]
    portals: Portals


def assemble(
    settings: Settings,
    profile: Profile,
    engine: AsyncEngine,
    secret: Secret,
    now: Callable[[], dt.datetime],
    catalogue: Callable[[], Catalogue],
) -> Parts:
    """Build them over one database. Raises SettingsError when the portals cannot be used."""
    audit, sealed = Audit(engine, now), Sealed(secret)
    accounts, sessions = Accounts(engine, audit, sealed, now), Sessions(engine, audit, sealed, now)
    zone, portals = ZoneInfo(profile.timezone), portals_of(settings, engine, secret, now)
    return Parts(
        settings,
        profile,
        engine,
        secret,
        now,
        zone,
        audit,
        Offices(engine),
        accounts,
        sessions,
        catalogue,
        portals,
    )


def parts_of(request: Request) -> Parts:
    """The parts behind a request."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts), "the console has not started"
    return parts
