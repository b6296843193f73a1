"""The HTTP face of the simulated Zalo: OAuth, OpenAPI, ZBS, Bot Platform, files and controls on one port.

The real hosts share no path, so all of them may be set to this one address.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.shared import pumping
from simulators.zalo import bot_api, control, oa, oauth, zbs
from simulators.zalo.answering import respond
from simulators.zalo.failures import Call
from simulators.zalo.world import World


def create(world: World, pump: float | None = None) -> Starlette:
    """The ASGI application over one World.

    Args:
        pump: every so many seconds events that are due are posted; None leaves it to ``world.push()``.
    """

    routes = [*oauth.routes(world), *oa.routes(world), *zbs.routes(world), *bot_api.routes(world)]
    return Starlette(
        routes=[*routes, _media(world), *control.routes(world)],
        lifespan=pumping(lambda: world.push(width=16), pump),
    )


def _media(world: World) -> Route:
    """What people sent; no token is asked for."""

    async def handle(request: Request) -> Response:
        file = world.media.files.get(request.path_params["ident"])
        await asyncio.sleep(world.media.slow)
        call = Call("media", "get", request.path_params["ident"])

        async def produce() -> Any:
            return None

        response = await respond(world, request, call, produce)
        if call.error != 0 or bytes(response.body) != b"null":
            return response
        return Response(file.data, media_type=file.mime) if file else Response("Not Found", 404)

    return Route("/media/{ident}", handle)
