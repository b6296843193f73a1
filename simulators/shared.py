"""What the simulators of HTTP services share: strings behind the scene, and connections that break."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

World = TypeVar("World")
Endpoint = Callable[[World, Request], Awaitable[Response]]
PAGE = "<!DOCTYPE html><html><body><h1>Hệ thống đang bảo trì</h1><p>Vui lòng quay lại sau.</p></body></html>"


class Asked(BaseModel):
    """What a control address is asked; anything unknown in it is a mistake."""

    model_config = ConfigDict(extra="forbid")


def controls(world: World, table: Iterable[tuple[str, str, Endpoint[World]]]) -> list[Route]:
    """Addresses below ``/_control`` as (path, method, endpoint); a body that cannot be read is answered 422."""
    return [_control(world, path, method, endpoint) for path, method, endpoint in table]


def _control(world: World, path: str, method: str, endpoint: Endpoint[World]) -> Route:
    async def handle(request: Request) -> Response:
        try:
            return await endpoint(world, request)
        except ValidationError as error:
            return JSONResponse({"detail": error.errors(include_url=False, include_context=False)}, 422)

    return Route(f"/_control/{path}", handle, methods=[method])


def pumping(
    deed: Callable[[], Awaitable[object]], seconds: float | None
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """The lifespan of an application that does something every so many seconds; None: nothing by itself."""

    async def forever(every: float) -> None:
        while True:
            await deed()
            await asyncio.sleep(every)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(forever(seconds)) if seconds is not None else None
        yield
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return lifespan


async def reset(request: Request) -> Response:
    """Reset the connection under the server; without one (in process) the call itself breaks."""
    cycle = getattr(request.receive, "__self__", None)
    transport: asyncio.Transport | None = getattr(cycle, "transport", None)
    if transport is None:
        raise ConnectionResetError("Connection reset by peer")
    connection = transport.get_extra_info("socket")
    if connection is not None:  # linger 0: the peer sees RST, not an orderly end
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()  # goes nowhere
