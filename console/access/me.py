"""One's own account: password, authenticator."""

from __future__ import annotations

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from console.guard import need
from console.parts import parts_of
from console.screens import Screen
from console.shell import back, flash, page
from core.errors import StaffError
from core.staff import passwords
from core.staff.rights import Right, Staff
from core.staff.sealing import Sealed

router = APIRouter(prefix="/tai-khoan")
screen = Screen("me", "", "/tai-khoan", Right.SIGNED_IN, router)
Me = Annotated[Staff, need(Right.SIGNED_IN)]


@router.get("")
async def mine(request: Request, staff: Me) -> Response:
    """Who I am here and what I may do."""
    parts = parts_of(request)
    account = await parts.accounts.get(staff.id)
    names = [o.name for o in await parts.offices.all() if o.id in staff.offices]
    return page(request, "access/me.html", account=account, offices=names)


@router.get("/mat-khau")
async def password_page(request: Request, staff: Me) -> Response:
    """The form of a new password."""
    return _password(request)


@router.post("/mat-khau")
async def password(
    request: Request,
    staff: Me,
    old: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's password."""
    try:
        if password != again:
            raise StaffError("Hai lần nhập chưa giống nhau.", "again")
        await parts_of(request).accounts.set_password(staff, old, password, request.state.session.token)
    except StaffError as error:
        return _password(request, error)
    flash(request, "Đã đổi mật khẩu. Các nơi khác đang đăng nhập đã bị đăng xuất.")
    return back("/tai-khoan", request)


@router.get("/hai-buoc")
async def two_steps_page(request: Request, staff: Me) -> Response:
    """The code an authenticator reads. Nothing is kept before it has shown the right number."""
    return _two_steps(request, staff, passwords.new_totp())


@router.post("/hai-buoc")
async def two_steps(
    request: Request,
    staff: Me,
    sealed: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """Ask for the authenticator from now on."""
    parts = parts_of(request)
    secret = Sealed(parts.secret).totp(staff.id, sealed)
    if secret is None:
        return back("/tai-khoan/hai-buoc")
    try:
        await parts.accounts.set_totp(staff, secret, code)
    except StaffError as error:
        return _two_steps(request, staff, secret, error)
    flash(request, "Đã bật xác thực hai bước. Từ lần sau, đăng nhập sẽ hỏi thêm mã trong ứng dụng.")
    return back("/tai-khoan", request)


@router.post("/mot-buoc")
async def one_step(request: Request, staff: Me, password: Annotated[str, Form()] = "") -> Response:
    """Ask for no authenticator any more."""
    await parts_of(request).accounts.drop_totp(staff, password)
    flash(request, "Đã tắt xác thực hai bước.", "warning")
    return back("/tai-khoan", request)


def _password(request: Request, error: StaffError | None = None) -> HTMLResponse:
    errors = {error.field: str(error)} if error else {}
    first = request.state.session.must_change
    return page(request, "access/my_password.html", 422 if error else 200, errors=errors, first=first)


def _two_steps(request: Request, staff: Staff, secret: str, error: StaffError | None = None) -> HTMLResponse:
    parts = parts_of(request)
    address = passwords.totp_address(secret, staff.name, f"Một cửa {parts.profile.province}")
    picture = segno.make(address, micro=False).svg_data_uri(scale=5, border=2)
    told = {
        "picture": picture,
        "letters": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "sealed": Sealed(parts.secret).seal_totp(staff.id, secret),
        "errors": {error.field: str(error)} if error else {},
    }
    return page(request, "access/two_steps.html", 422 if error else 200, **told)
