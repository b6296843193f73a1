"""What staff see when something goes wrong: what happened, that nothing was lost, what to do."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from console.guard import MustChange, SignedOut, Stale
from console.shell import problem
from core.db import reach
from core.errors import AssistantError, DatabaseAway, StaffError

log = structlog.get_logger()
_TEXTS = {
    403: (
        "Không có quyền",
        "Tài khoản của anh/chị không được làm việc này. Cần thì nhờ người quản trị cấp quyền.",
    ),
    404: ("Không tìm thấy", "Trang hoặc mục này không có, đã bị xóa, hoặc thuộc nơi khác phụ trách."),
    405: ("Không làm được", "Cách mở trang này không đúng. Xin quay lại và bấm nút trên trang."),
    413: ("Quá lớn", "Tệp hoặc nội dung gửi lên quá lớn, tối đa 10 MB."),
    422: ("Chưa đúng", "Nội dung gửi lên thiếu hoặc sai dạng. Xin quay lại trang trước và xem lại."),
}


def install(app: FastAPI) -> None:
    """Answer every error with a page."""
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(MustChange, _must_change)
    app.add_exception_handler(Stale, _stale)
    app.add_exception_handler(StaffError, _staff)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(DatabaseAway, _database)
    app.add_exception_handler(AssistantError, _ours)
    app.add_exception_handler(Exception, _crash)


def _go(request: Request, to: str) -> Response:
    """Lead to another page; htmx is told to leave the one it is on."""
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": to})
    return RedirectResponse(to, 303)


async def _signed_out(request: Request, _: Exception) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = here if request.method == "GET" and "hx-request" not in request.headers else ""
    return _go(request, f"/dang-nhap?tiep={quote(wanted)}" if wanted else "/dang-nhap")


async def _must_change(request: Request, _: Exception) -> Response:
    return _go(request, "/tai-khoan/mat-khau")


async def _stale(request: Request, _: Exception) -> Response:
    return problem(
        request,
        403,
        "Trang đã cũ",
        "Trang này mở từ phiên đăng nhập trước nên chưa ghi gì. Xin quay lại, tải lại trang rồi làm lại.",
    )


async def _staff(request: Request, error: Exception) -> Response:
    return problem(request, 422, "Chưa làm được", str(error))


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, text = _TEXTS.get(status, ("Không làm được", "Yêu cầu này không thực hiện được."))
    return problem(request, status, title, text)


async def _invalid(request: Request, _: Exception) -> Response:
    """A malformed address is a page that is not there; a malformed form is said to be one."""
    status = 404 if request.method == "GET" else 422
    return problem(request, status, *_TEXTS[status])


async def _database(request: Request, error: Exception) -> Response:
    if not isinstance(error, DatabaseAway) and not reach.away(error):
        return await _crash(request, error)
    log.warning("database_away", error=type(error).__name__)
    text = "Cơ sở dữ liệu đang bận hoặc mất kết nối, chưa ghi gì. Xin thử lại sau ít phút."
    return problem(request, 503, "Tạm gián đoạn", text)


async def _ours(request: Request, error: Exception) -> Response:
    log.warning("refused", error=type(error).__name__)
    return problem(request, 502, "Chưa làm được", str(error))


async def _crash(request: Request, error: Exception) -> Response:
    # The server logs where it happened; what was in hand then (a form, a header) belongs in no log.
    log.error("page_failed", error=type(error).__name__)
    text = "Hệ thống gặp lỗi nên chưa làm được. Lỗi đã được ghi lại; xin thử lại hoặc báo người quản trị."
    return problem(request, 500, "Trục trặc", text)
