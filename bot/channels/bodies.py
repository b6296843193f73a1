"""Reading the body of a request within limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

SECONDS = 15.0  # for a body to arrive


async def read(request: Request, limit: int, seconds: float | None = None) -> bytes:
    """The body, at most ``limit`` bytes, within ``seconds`` (SECONDS).

    Raises:
        HTTPException: 413 when it is larger, 408 when it does not come in time, 400 when it breaks off.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:15]) > limit:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS if seconds is None else seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    return bytes(body)


async def json_object(request: Request, limit: int) -> dict[str, Any]:
    """The JSON object of the body. Raises HTTPException as :func:`read` does, 422 when it is none."""
    data = parsed(await read(request, limit))
    if data is None:
        raise HTTPException(422)
    return data


def parsed(raw: bytes) -> dict[str, Any] | None:
    """The JSON object these bytes are; None when they are none."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
