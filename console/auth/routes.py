"""Signing in, in one or two steps, and out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from console.filters import ago
from console.guard import COOKIE, need, session_of
from console.parts import Parts, parts_of
from console.screens import all_screens
from console.shell import page
from core.staff import accounts
from core.staff.rights import Right, Staff
from core.staff.sessions import LONGEST, Refused, SignedIn

router = APIRouter()
_WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."
_WRONG_CODE = "Mã chưa đúng hoặc đã dùng rồi. Xin đợi mã mới trong ứng dụng rồi nhập lại."


@router.get("/")
async def home(request: Request, staff: Annotated[Staff, need(Right.SIGNED_IN)]) -> Response:
    """The first screen somebody may see."""
    first = next((s.path for s in all_screens() if s.title and staff.may(s.right)), "/tai-khoan")
    return RedirectResponse(first, 303)


@router.get("/dang-nhap")
async def sign_in_page(request: Request, tiep: str = "") -> Response:
    """The form, unless somebody is signed in already."""
    if await session_of(request):
        return RedirectResponse(_inside(tiep), 303)
    return await _form(request, wanted=tiep)


@router.post("/dang-nhap")
async def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "",
) -> Response:
    """Try a password."""
    done = await parts_of(request).sessions.sign_in(name, password, _origin(request))
    if isinstance(done, SignedIn):
        return _enter(request, done, tiep)
    if done.why == "code":
        return page(request, "auth/code.html", halfway=done.halfway, wanted=tiep, wrong="")
    return await _form(request, wanted=tiep, name=name, wrong=_said(parts_of(request), done, _WRONG))


@router.post("/dang-nhap/ma")
async def second_step(
    request: Request,
    halfway: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "",
) -> Response:
    """Try the authenticator's code."""
    done = await parts_of(request).sessions.second_step(halfway, code, _origin(request))
    if isinstance(done, SignedIn):
        return _enter(request, done, tiep)
    if done.why == "code":
        return page(request, "auth/code.html", 422, halfway=done.halfway, wanted=tiep, wrong=_WRONG_CODE)
    expired = "Bước này đã quá 5 phút. Xin đăng nhập lại."
    return await _form(request, wanted=tiep, wrong=_said(parts_of(request), done, expired))


@router.post("/dang-xuat")
async def sign_out(request: Request, staff: Annotated[Staff, need(Right.SIGNED_IN)]) -> Response:
    """End the session, here and in the database."""
    await parts_of(request).sessions.sign_out(request.state.session)
    response = RedirectResponse("/dang-nhap", 303)
    response.delete_cookie(COOKIE)
    return response


async def _form(request: Request, wanted: str, name: str = "", wrong: str = "") -> HTMLResponse:
    nobody = await accounts.number(parts_of(request).engine) == 0
    told: dict[str, Any] = {"wanted": wanted, "name": name, "wrong": wrong, "nobody": nobody}
    return page(request, "auth/sign_in.html", 422 if wrong else 200, **told)


def _enter(request: Request, signed_in: SignedIn, wanted: str) -> Response:
    response = RedirectResponse(_inside(wanted), 303)
    response.set_cookie(
        COOKIE,
        signed_in.cookie,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _inside(wanted: str) -> str:
    """Where to go on: a page of ours, never another site (``//evil.example``, ``/\\evil.example``)."""
    ours = (
        wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/dang-nhap")) and "\\" not in wanted
    )
    return wanted if ours and wanted.isprintable() else "/"


def _said(parts: Parts, refused: Refused, otherwise: str) -> str:
    if refused.why != "locked" or refused.until is None:
        return otherwise
    wait = ago((parts.now() - refused.until).total_seconds())
    return f"Đã thử sai nhiều lần nên tạm khóa đăng nhập ({wait}). Cần gấp, nhờ người quản trị mở khóa."


def _origin(request: Request) -> str | None:
    return request.client.host if request.client else None
