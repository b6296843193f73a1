"""The portals of a deployment, from its settings. For composition roots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from core.dossiers.portals import router
from core.dossiers.portals.router import Portals
from core.dossiers.portals.sessions import SharedSessions
from core.secret import Secret
from core.settings import Settings


def portals_of(
    settings: Settings, engine: AsyncEngine, secret: Secret, clock: Callable[[], dt.datetime]
) -> Portals:
    """The portals of PORTALS_FILE, or the simulated ones. Raises SettingsError when they cannot be used."""
    connections = (
        router.simulated(settings.portal_simulator_url)
        if settings.portals_file is None
        else router.load_connections(settings.portals_file)
    )
    return router.build(connections, SharedSessions(engine, secret, clock), clock)
