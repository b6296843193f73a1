"""The web chat: its JSON contract and its page.

``POST /api/chat`` takes ``{"session": str, "text": str}`` or ``{"session": str, "payload": str}`` and
answers ``{"messages": [{"text": str, "buttons": [{"title": str, "payload" | "url": str}]}]}``.
Errors are problem+json (RFC 9457); they never repeat what was sent.
"""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator
from starlette.exceptions import HTTPException as StarletteHTTPException

from core.messages import Address, Answerer, Incoming

MAX_BODY = 64 * 1024
STATIC = Path(__file__).parent / "static"
_TYPES = {
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_DETAILS = {
    404: "Không có trang này.",
    405: "Cách gọi này không được hỗ trợ.",
    413: "Tin nhắn quá lớn, tối đa 64 KiB.",
    422: "Nội dung gửi lên không đúng: cần “session” và đúng một trong “text”, “payload”.",
    500: "Hệ thống đang trục trặc, xin thử lại sau ít phút.",
}
_TITLES = {
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    422: "Invalid request",
    500: "Failure",
}


class ChatRequest(BaseModel):
    """One message or one pressed button of a web session."""

    model_config = ConfigDict(extra="forbid")

    session: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    text: str | None = None
    payload: Annotated[str, StringConstraints(max_length=1000)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> ChatRequest:
        if (self.text is None) == (self.payload is None):
            raise ValueError("exactly one of text and payload")
        return self

    def incoming(self) -> Incoming:
        """The message as the conversation takes it."""
        address = Address("web", self.session)
        if self.payload is not None:
            return Incoming(address, self.payload, "payload")
        return Incoming(address, self.text or "")


def routes(answerer: Answerer, province: str) -> APIRouter:
    """The routes of the web chat over one conversation.

    Args:
        answerer: the conversation.
        province: shown in the page's title, for example "tỉnh Đắk Lắk".
    """
    router = APIRouter()
    page_text = Template((STATIC / "index.html").read_text(encoding="utf-8")).substitute(
        province=html.escape(province)
    )

    @router.post("/api/chat")
    async def chat(request: Request) -> JSONResponse:
        asked = await _read(request)
        reply = await answerer.answer(asked.incoming())
        return JSONResponse(
            {"messages": [m.as_dict() for m in reply.messages]}, headers={"Cache-Control": "no-store"}
        )

    @router.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(page_text, headers=_HEADERS)

    @router.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> FileResponse:
        if name not in _TYPES:
            raise HTTPException(404)
        return FileResponse(STATIC / name, media_type=_TYPES[name], headers=_HEADERS)

    return router


async def _read(request: Request) -> ChatRequest:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    try:
        return ChatRequest.model_validate_json(bytes(body))
    except ValidationError:
        raise HTTPException(422) from None


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application as problem+json."""

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        return _problem(error.status_code if isinstance(error, StarletteHTTPException) else 500)

    async def on_invalid(_: Request, __: Exception) -> JSONResponse:
        return _problem(422)

    async def on_crash(_: Request, __: Exception) -> JSONResponse:
        return _problem(500)

    app.add_exception_handler(StarletteHTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_crash)


def _problem(status: int) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "title": _TITLES.get(status, "Error"),
        "detail": _DETAILS.get(status, "Yêu cầu không thực hiện được."),
    }
    return JSONResponse(body, status, media_type="application/problem+json")
