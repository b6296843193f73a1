"""How a call is answered: well, refused, or struck by a failure."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.zalo.failures import Call, Failure, Kind
from simulators.zalo.refusals import Refusal, envelope
from simulators.zalo.world import World

Produce = Callable[[], Awaitable[Any]]
_PAGE = "<!DOCTYPE html><html><body><h1>Hệ thống đang bảo trì</h1><p>Vui lòng quay lại sau.</p></body></html>"


async def respond(world: World, request: Request, call: Call, produce: Produce) -> Response:
    """Answer a call, unless a failure strikes it.

    Args:
        produce: does the deed and gives the body of the good answer; raises Refusal.
    """
    call.at = world.clock.now()
    world.calls.append(call)
    failure = world.failures.take(call)
    response = await (
        _attempt(call, produce) if failure is None else _struck(world, request, call, produce, failure)
    )
    if call.api in ("oa", "zbs"):
        response.headers["X-RateLimit-Limit"] = str(world.rate_limit)
        response.headers["X-RateLimit-Remain"] = str(world.remain())
    return response


async def _attempt(call: Call, produce: Produce) -> Response:
    try:
        body = await produce()
    except Refusal as refusal:
        return _refused(call, refusal)
    call.error = 0
    return JSONResponse(body)


def _refused(call: Call, refusal: Refusal) -> Response:
    call.error = refusal.code
    return JSONResponse(envelope(call.api, refusal), refusal.http)


async def _struck(world: World, request: Request, call: Call, produce: Produce, failure: Failure) -> Response:
    match failure.kind:
        case Kind.LATENCY:
            await asyncio.sleep(failure.seconds)
            return await _attempt(call, produce)
        case Kind.LATE:
            done = await _attempt(call, produce)
            await asyncio.sleep(failure.seconds)
            return done
        case Kind.LOST:
            await _attempt(call, produce)
            return await reset(request)
        case Kind.RESET:
            return await reset(request)
        case Kind.TRUNCATED:
            body = bytes((await _attempt(call, produce)).body)
            return Response(body[: len(body) * 3 // 5], media_type="application/json")
        case Kind.TOKEN_EXPIRED if call.api != "bot":
            world.tokens.expire()
            return await _attempt(call, produce)
    return _instead(call, failure)


def _instead(call: Call, failure: Failure) -> Response:
    """The answer that takes the place of a good one; nothing is done."""
    bot = call.api == "bot"
    match failure.kind:
        case Kind.SERVER_ERROR:
            return Response(_PAGE, 500, media_type="text/html")
        case Kind.HTML:
            return Response(_PAGE, 200, media_type="text/html")
        case Kind.EMPTY_BODY:
            return Response(b"", 200, media_type="application/json")
        case Kind.TOKEN_EXPIRED:
            return _refused(call, Refusal(401, "Unauthorized", 401))
        case Kind.RATE_LIMITED:
            return _refused(call, Refusal(429, "Too Many Requests", 429) if bot else Refusal(-32))
        case Kind.TEMPORARY:
            return _refused(call, Refusal(500, "Internal Server Error") if bot else Refusal(-100))
    return _refused(call, Refusal(failure.code))


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


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object; empty for anything else."""
    try:
        loaded = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
