"""Accounts: who works with the console, as what, for which offices."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from console.guard import need
from console.parts import parts_of
from console.screens import Screen
from console.shell import back, flash, page
from core.errors import StaffError
from core.staff.accounts import Account, Wanted
from core.staff.rights import Right, Role, Staff

router = APIRouter(prefix="/nhan-su")
screen = Screen("accounts", "Tài khoản", "/nhan-su", Right.MANAGE_ACCOUNTS, router)
Administrator = Annotated[Staff, need(Right.MANAGE_ACCOUNTS)]


@router.get("")
async def listed(request: Request, staff: Administrator) -> Response:
    """Every account."""
    parts = parts_of(request)
    names = {office.id: office.name for office in await parts.offices.all(also_closed=True)}
    accounts = await parts.accounts.all()
    return page(request, "access/accounts.html", accounts=accounts, names=names, now=parts.now())


@router.get("/them")
async def new(request: Request, staff: Administrator) -> Response:
    """The form of a new account."""
    return await _form(request, None, Wanted("", frozenset()))


@router.post("/them")
async def add(
    request: Request,
    staff: Administrator,
    name: Annotated[str, Form()] = "",
    full_name: Annotated[str, Form()] = "",
    roles: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    offices: Annotated[list[int], Form()] = [],  # noqa: B006
    everywhere: Annotated[bool, Form()] = False,
) -> Response:
    """Make an account; the password to begin with is shown this once."""
    wanted = _wanted(full_name, roles, offices, everywhere)
    try:
        ident, password = await parts_of(request).accounts.add(staff, name, wanted)
    except StaffError as error:
        return await _form(request, None, wanted, name, error)
    return page(request, "access/password.html", ident=ident, name=name.strip().lower(), password=password)


@router.get("/{ident}")
async def shown(request: Request, staff: Administrator, ident: int) -> Response:
    """One account, to be changed."""
    account = await _account(request, ident)
    told = account.staff
    return await _form(request, account, Wanted(told.full_name, told.roles, told.offices, told.everywhere))


@router.post("/{ident}")
async def change(
    request: Request,
    staff: Administrator,
    ident: int,
    full_name: Annotated[str, Form()] = "",
    roles: Annotated[list[str], Form()] = [],  # noqa: B006
    offices: Annotated[list[int], Form()] = [],  # noqa: B006
    everywhere: Annotated[bool, Form()] = False,
) -> Response:
    """Change who somebody is and what they may do."""
    account, wanted = await _account(request, ident), _wanted(full_name, roles, offices, everywhere)
    try:
        await parts_of(request).accounts.change(staff, ident, wanted)
    except StaffError as error:
        return await _form(request, account, wanted, error=error)
    flash(request, f"Đã lưu tài khoản {account.staff.name}. Người này đăng nhập lại để áp dụng.")
    return back("/nhan-su", request)


@router.post("/{ident}/khoa")
async def disable(request: Request, staff: Administrator, ident: int) -> Response:
    """Close an account."""
    account = await _account(request, ident)
    if ident == staff.id:
        raise StaffError("Anh/chị không tự đóng tài khoản của mình được; nhờ người quản trị khác.")
    await parts_of(request).accounts.disable(staff, ident)
    flash(request, f"Đã đóng tài khoản {account.staff.name}; mọi phiên đăng nhập đã kết thúc.")
    return back("/nhan-su", request)


@router.post("/{ident}/mo")
async def enable(request: Request, staff: Administrator, ident: int) -> Response:
    """Open a closed or locked account."""
    account = await _account(request, ident)
    await parts_of(request).accounts.enable(staff, ident)
    flash(request, f"Đã mở tài khoản {account.staff.name}.")
    return back("/nhan-su", request)


@router.post("/{ident}/dat-lai")
async def reset(request: Request, staff: Administrator, ident: int) -> Response:
    """A new password to begin with, shown this once."""
    account = await _account(request, ident)
    password = await parts_of(request).accounts.reset(staff, ident)
    return page(request, "access/password.html", ident=ident, name=account.staff.name, password=password)


async def _account(request: Request, ident: int) -> Account:
    account = await parts_of(request).accounts.get(ident)
    if account is None:
        raise HTTPException(404)
    return account


async def _form(
    request: Request,
    account: Account | None,
    wanted: Wanted,
    name: str = "",
    error: StaffError | None = None,
) -> HTMLResponse:
    told: dict[str, Any] = {
        "account": account,
        "wanted": wanted,
        "name": name,
        "errors": {error.field: str(error)} if error else {},
        "roles": list(Role),
        "offices": await parts_of(request).offices.all(),
        "now": parts_of(request).now(),
    }
    return page(request, "access/account.html", 422 if error else 200, **told)


def _wanted(full_name: str, roles: list[str], offices: list[int], everywhere: bool) -> Wanted:
    known = set(Role)
    return Wanted(full_name, frozenset(Role(r) for r in roles if r in known), frozenset(offices), everywhere)
