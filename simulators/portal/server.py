"""The HTTP face of the simulated portal: ``/dvcqg``, ``/igate`` and ``/_control``."""

from __future__ import annotations

from starlette.applications import Starlette

from simulators.portal import control, dvcqg, igate
from simulators.portal.world import World


def create(world: World) -> Starlette:
    """The ASGI application over one World."""
    return Starlette(routes=[*dvcqg.routes(world), *igate.routes(world), *control.routes(world)])
