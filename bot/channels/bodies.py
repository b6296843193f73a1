"""Reading the body of a request within limits."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import HTTPException, Request

SECONDS = 15.0  # for a body to arrive


async def read(request: Request, limit: int) -> bytes:
    """The body, at most ``limit`` bytes. Raises HTTPException 413 when it is larger, 408 when it does not come."""
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(body)


async def json_object(request: Request, limit: int) -> dict[str, Any]:
    """The JSON object of the body. Raises HTTPException as :func:`read` does, 422 when it is none."""
    try:
        data = json.loads(await read(request, limit))
    except ValueError:
        raise HTTPException(422) from None
    if not isinstance(data, dict):
        raise HTTPException(422)
    return data
