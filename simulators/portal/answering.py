"""How a question is answered: well, or struck by a failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.portal import distortion
from simulators.portal.failures import Call, Failure, Kind
from simulators.portal.world import World
from simulators.shared import PAGE, reset

_TRACE = {
    "status": 500,
    "error": "Internal Server Error",
    "message": "java.lang.NullPointerException",
    "trace": "java.lang.NullPointerException\n\tat vn.vnpt.digo.padman.DossierService.search(DossierService.java:512)",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal says when nothing goes wrong."""

    body: Any
    status: int = 200


async def respond(world: World, request: Request, call: Call, produce: Callable[[str], Answer]) -> Response:
    """Answer a call, unless a failure strikes it.

    Args:
        produce: the good answer about a dossier code (empty where the call names none).
    """
    world.calls[f"{call.protocol}.{call.name}"] += 1
    failure = world.failures.take(call)
    if failure is None:
        return _json(produce(call.code))
    if failure.kind is Kind.LATENCY:
        await asyncio.sleep(failure.seconds)
        return _json(produce(call.code))
    if failure.kind is Kind.EXPIRED:
        world.expire()
        return _json(produce(call.code))
    if failure.kind is Kind.RESET:
        return await reset(request)
    instead = _instead(failure)
    if instead is not None:
        return instead
    code = world.other(call.code) if failure.kind is Kind.OTHER_CODE else call.code
    answer = produce(code)
    distortion.distort(failure.kind, answer.body)
    return _spoilt(failure.kind, answer)


def _json(answer: Answer) -> JSONResponse:
    return JSONResponse(answer.body, answer.status)


def _instead(failure: Failure) -> Response | None:
    """The answer that takes the place of a good one."""
    match failure.kind:
        case Kind.SERVER_ERROR:
            return JSONResponse(_TRACE, 500)
        case Kind.HTML:
            return Response(PAGE, 200, media_type="text/html")
        case Kind.TOO_MANY:
            wait = {"Retry-After": f"{failure.seconds:.0f}"}
            return JSONResponse({"status": 429, "error": "Too Many Requests"}, 429, headers=wait)
        case Kind.EMPTY_BODY:
            return Response(b"", 200, media_type="application/json")
    return None


def _spoilt(kind: Kind, answer: Answer) -> Response:
    """A good answer whose bytes are not what they should be."""
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    body = text.encode()
    match kind:
        case Kind.TRUNCATED:
            body = body[: len(body) * 3 // 5]
        case Kind.WRONG_ENCODING:
            body = text.encode("utf-16")
        case Kind.INVALID_UTF8:
            body = b"".join(c.encode() if c.isascii() else b"\xe1" for c in text)
        case Kind.MOJIBAKE:
            body = body.decode("latin-1").encode()
    return Response(body, answer.status, media_type="application/json; charset=utf-8")
