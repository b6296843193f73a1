"""The web chat: its JSON contract and its page.

``POST /api/chat`` takes ``{"session": str}`` with one of ``"text": str``, ``"payload": str`` and
``"location": [latitude, longitude]`` (degrees), and ``"id": str``, the page's own name of a message that it may send
again, and answers ``{"messages": [{"text": str, "buttons": [{"title": str, "payload" | "url": str}]}]}``, with
``"said": str`` when the page must show and keep the person's message masked and ``"staffed": true`` while a conversation
with staff is open; no message at all when a person has it. ``POST /api/photo?session=…``
takes the bytes of a JPEG, PNG or WebP and answers the same. ``POST /api/mail`` (see ``mail.py``) gives what was
sent to the session while nobody looked. Errors are problem+json (RFC 9457); they never repeat what was sent.
"""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import APIRouter, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from bot.channels import bodies
from bot.channels.web.mail import Mail, MailRequest, Session, told
from core.db import reach
from core.errors import DatabaseAway
from core.messages import MAX_PHOTO, Address, Answerer, Incoming, Reply
from core.rendering.web import render

log = structlog.get_logger()
_Asked = TypeVar("_Asked", bound=BaseModel)
MAX_BODY = 64 * 1024
PHOTO_SECONDS = 60.0  # for a picture to arrive over a slow line
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
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
    "Permissions-Policy": "geolocation=(self)",
    "Cache-Control": "no-cache",
}
_PHOTO_DETAILS = {
    400: "Ảnh gửi lên bị đứt giữa chừng, xin gửi lại.",
    408: "Ảnh gửi lên quá chậm, xin kiểm tra kết nối mạng rồi gửi lại.",
    413: "Ảnh quá lớn, tối đa 10 MB. Xin chụp lại ở cỡ nhỏ hơn hoặc nhập mã hồ sơ.",
    415: "Tôi chỉ đọc được ảnh JPEG, PNG hoặc WebP. Xin chụp lại hoặc nhập mã hồ sơ.",
    422: "Ảnh gửi lên bị trống, xin chọn lại ảnh.",
}
_DETAILS = {
    404: "Không có trang này.",
    405: "Cách gọi này không được hỗ trợ.",
    413: "Tin nhắn quá lớn, tối đa 64 KiB.",
    422: "Nội dung gửi lên không đúng: cần “session” và đúng một trong “text”, “payload”, “location”.",
    500: "Hệ thống đang trục trặc, xin thử lại sau ít phút.",
    503: "Hệ thống đang gián đoạn trong chốc lát nên chưa nhận được tin này, xin gửi lại sau ít phút.",
}
_TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timeout",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid request",
    500: "Failure",
    503: "Unavailable",
}


class PhotoRefused(HTTPException):
    """A picture that is not taken in; ``detail`` is for the citizen."""

    def __init__(self, status: int) -> None:
        super().__init__(status, _PHOTO_DETAILS[status])


Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class ChatRequest(BaseModel):
    """One message or one pressed button of a web session."""

    model_config = ConfigDict(extra="forbid")

    session: Session
    text: str | None = None
    payload: Annotated[str, StringConstraints(max_length=1000)] | None = None
    location: tuple[Latitude, Longitude] | None = None
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> ChatRequest:
        if [self.text, self.payload, self.location].count(None) != 2:
            raise ValueError("exactly one of text, payload and location")
        return self

    def incoming(self, origin: str | None) -> Incoming:
        """The message as the conversation takes it."""
        address = Address("web", self.session)
        if self.payload is not None:
            return Incoming(address, self.payload, "payload", origin=origin, ref=self.id)
        if self.location is not None:
            return Incoming(address, "", "location", origin=origin, location=self.location, ref=self.id)
        return Incoming(address, self.text or "", origin=origin, ref=self.id)


def routes(answerer: Answerer, province: str, mail: Mail | None = None) -> APIRouter:
    """The routes of the web chat over one conversation.

    Args:
        answerer: the conversation.
        province: shown in the page's title, for example "tỉnh Đắk Lắk".
        mail: what waits for a session; None where nothing ever does.
    """
    router = APIRouter()
    page_text = Template((STATIC / "index.html").read_text(encoding="utf-8")).substitute(
        province=html.escape(province)
    )

    @router.post("/api/chat")
    async def chat(request: Request) -> JSONResponse:
        asked = await _read(request, ChatRequest)
        return _answer(await answerer.answer(asked.incoming(_origin(request))))

    @router.post("/api/photo")
    async def photo(request: Request, session: Annotated[Session, Query()]) -> JSONResponse:
        picture = await _picture(request)
        address = Address("web", session)
        return _answer(
            await answerer.answer(Incoming(address, "", "photo", photo=picture, origin=_origin(request)))
        )

    @router.post("/api/mail")
    async def letters(request: Request) -> JSONResponse:
        asked = await _read(request, MailRequest)
        address = Address("web", asked.session)
        if not mail:
            return told(())
        return told(await mail.fetch(address, asked.after), await mail.staffed(address))

    @router.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(page_text, headers=_HEADERS)

    @router.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> FileResponse:
        if name not in _TYPES:
            raise HTTPException(404)
        return FileResponse(STATIC / name, media_type=_TYPES[name], headers=_HEADERS)

    return router


async def _read(request: Request, kind: type[_Asked]) -> _Asked:
    try:
        return kind.model_validate_json(await bodies.read(request, MAX_BODY))
    except ValidationError:
        raise HTTPException(422) from None


async def _picture(request: Request) -> bytes:
    """The picture of the body. What it claims to be is checked here, what it is where it is read."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in PHOTO_TYPES:
        raise PhotoRefused(415)
    try:
        body = await bodies.read(request, MAX_PHOTO, PHOTO_SECONDS)
    except HTTPException as error:
        raise PhotoRefused(error.status_code) from None
    if not body:
        raise PhotoRefused(422)
    return body


def _origin(request: Request) -> str | None:
    """The other end of the connection; behind a proxy the server puts the forwarded address there."""
    return request.client.host if request.client else None


def _answer(reply: Reply) -> JSONResponse:
    body: dict[str, Any] = {"messages": [render(m) for m in reply.messages]}
    if reply.said is not None:
        body["said"] = reply.said
    if reply.staffed:
        body["staffed"] = True
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application as problem+json."""

    async def on_photo(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, PhotoRefused)
        return _problem(error.status_code, error.detail)

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        return _problem(error.status_code if isinstance(error, StarletteHTTPException) else 500)

    async def on_invalid(_: Request, __: Exception) -> JSONResponse:
        return _problem(422)

    async def on_away(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, DatabaseAway) and not reach.away(error):
            raise error  # a fault of ours: on_crash, with its traceback in the log
        log.warning("database_away", error=type(error).__name__)
        return _problem(503)

    async def on_crash(_: Request, __: Exception) -> JSONResponse:
        return _problem(500)

    app.add_exception_handler(PhotoRefused, on_photo)
    app.add_exception_handler(StarletteHTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(DatabaseAway, on_away)
    app.add_exception_handler(SQLAlchemyError, on_away)
    app.add_exception_handler(Exception, on_crash)


def _problem(status: int, detail: str | None = None) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "title": _TITLES.get(status, "Error"),
        "detail": detail or _DETAILS.get(status, "Yêu cầu không thực hiện được."),
    }
    return JSONResponse(body, status, media_type="application/problem+json")
