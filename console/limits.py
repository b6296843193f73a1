"""No request is larger than an upload may be."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 12 * 1024 * 1024  # bytes: a list of 10 MB and what is sent with it


class Limits:
    """Refuses a body that says it is too large at once, and one that turns out to be while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or int(said) > MAX_BODY:
            response = PlainTextResponse("Tệp hoặc nội dung gửi lên quá lớn, tối đa 10 MB.", 413)
            await response(scope, receive, send)
            return
        read = 0

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receiving, send)
