"""How a call is answered: well, refused, or struck by a failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.shared import PAGE, reset
from simulators.zalo.failures import Call, Failure, Kind
from simulators.zalo.refusals import Refusal, envelope
from simulators.zalo.world import World

Produce = Callable[[], Awaitable[Any]]


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
            return Response(PAGE, 500, media_type="text/html")
        case Kind.HTML:
            return Response(PAGE, 200, media_type="text/html")
        case Kind.EMPTY_BODY:
            return Response(b"", 200, media_type="application/json")
        case Kind.TOKEN_EXPIRED:
            return _refused(call, Refusal(401, "Unauthorized", 401))
        case Kind.RATE_LIMITED:
            return _refused(call, Refusal(429, "Too Many Requests", 429) if bot else Refusal(-32))
        case Kind.TEMPORARY:
            return _refused(call, Refusal(500, "Internal Server Error") if bot else Refusal(-100))
    return _refused(call, Refusal(failure.code))


async def json_body(request: Request) -> dict[str, Any]:
    """The body as an object; empty for anything else."""
    try:
        loaded = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
