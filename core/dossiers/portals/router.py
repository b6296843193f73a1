"""Several portals behind one: the code of a dossier says whose it is."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Self

import httpx

from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier
from core.dossiers.portals.connections import (
    Connection,
    DvcqgConnection,
    Limits,
    duplicates,
    load_connections,
    simulated,
)
from core.dossiers.portals.contract import Portal
from core.dossiers.portals.dvcqg import Dvcqg
from core.dossiers.portals.http import Caller, client_for
from core.dossiers.portals.igate import Igate
from core.dossiers.portals.sessions import SessionStore
from core.errors import PortalError, SettingsError

__all__ = ["Connection", "Portals", "Served", "build", "load_connections", "simulated"]


@dataclass(frozen=True, slots=True)
class Served:
    """Which portal keeps codes of some root, and what it allows."""

    id: str
    limits: Limits


class Portals:
    """Asks the portal that serves a code.

    Args:
        by_prefix: portals by the root of the codes they keep (``H15``), or its letter for all others.
        clients: HTTP clients that :meth:`close` ends.
        connections: how those portals are reached.
    """

    def __init__(
        self,
        by_prefix: Mapping[str, Portal],
        clients: Sequence[httpx.AsyncClient] = (),
        connections: Sequence[Connection] = (),
    ) -> None:
        self._by_prefix, self._clients = dict(by_prefix), tuple(clients)
        self.connections = tuple(connections)
        self._served = {prefix: Served(c.id, c.limits) for c in connections for prefix in c.prefixes}

    def served(self, root: str) -> Served | None:
        """Which portal keeps the codes with this root (``H15``); None when none does."""
        return self._served.get(root) or self._served.get(root[:1])

    def serving(self, code: DossierCode) -> Portal | None:
        """The portal with the longest prefix of this code; None when none serves it."""
        return self._by_prefix.get(code.root) or self._by_prefix.get(code.root[:1])

    async def dossier(self, code: DossierCode) -> Dossier | None:
        """As :meth:`core.dossiers.portals.contract.Portal.dossier`.

        Raises:
            PortalError: also when no portal serves this code; ask :meth:`serving` first.
        """
        portal = self.serving(code)
        if portal is None:
            raise PortalError(f"no portal serves codes of {code.root}")
        return await portal.dossier(code)

    async def close(self) -> None:
        """End the connections of every portal."""
        async with AsyncExitStack() as stack:
            for client in self._clients:
                stack.push_async_callback(client.aclose)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def build(
    connections: Sequence[Connection],
    sessions: SessionStore,
    clock: Callable[[], dt.datetime],
    client_factory: Callable[[Limits], httpx.AsyncClient] = client_for,
) -> Portals:
    """The portals of a deployment. Nothing is connected before the first look-up.

    Raises:
        SettingsError: two connections claim the same id or prefix.
    """
    if problems := duplicates(connections):
        raise SettingsError("\n".join(problems))
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, which hold codes of dossiers
    by_prefix: dict[str, Portal] = {}
    clients = []
    for connection in connections:
        clients.append(client_factory(connection.limits))
        portal = _driver(connection, Caller(connection.id, clients[-1], connection.limits), sessions, clock)
        by_prefix |= dict.fromkeys(connection.prefixes, portal)
    return Portals(by_prefix, clients, connections)


def _driver(
    connection: Connection, caller: Caller, sessions: SessionStore, clock: Callable[[], dt.datetime]
) -> Portal:
    if isinstance(connection, DvcqgConnection):
        return Dvcqg(connection, caller, sessions, clock)
    return Igate(connection, caller, sessions, clock)
