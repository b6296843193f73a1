"""Offices: which there are, whose dossiers are theirs, when they are open."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from console.guard import need
from console.parts import parts_of
from console.screens import Screen
from console.shell import back, flash, page
from core.errors import StaffError
from core.profile import OfficeHours
from core.staff.offices import Office
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/noi-lam-viec")
screen = Screen("offices", "Nơi làm việc", "/noi-lam-viec", Right.MANAGE_ACCOUNTS, router)
Administrator = Annotated[Staff, need(Right.MANAGE_ACCOUNTS)]
_IDENTIFIER = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,4}")


@router.get("")
async def listed(request: Request, staff: Administrator) -> Response:
    """Every office."""
    return page(request, "access/offices.html", offices=await parts_of(request).offices.all(also_closed=True))


@router.get("/them")
async def new(request: Request, staff: Administrator) -> Response:
    """The form of a new office."""
    return _form(request, Office(0, ""))


@router.get("/{ident}")
async def shown(request: Request, staff: Administrator, ident: int) -> Response:
    """One office, to be changed."""
    return _form(request, await _office(request, ident))


@router.post("/them")
async def add(
    request: Request,
    staff: Administrator,
    name: Annotated[str, Form()] = "",
    identifiers: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    spans: Annotated[str, Form()] = "",
) -> Response:
    """Add an office."""
    return await _put(request, staff, Office(0, ""), (name, identifiers, phone, spans), active=True)


@router.post("/{ident}")
async def change(
    request: Request,
    staff: Administrator,
    ident: int,
    name: Annotated[str, Form()] = "",
    identifiers: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    spans: Annotated[str, Form()] = "",
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Change an office."""
    before = await _office(request, ident)
    return await _put(request, staff, before, (name, identifiers, phone, spans), active=active)


async def _put(
    request: Request, staff: Staff, before: Office, typed: tuple[str, str, str, str], *, active: bool
) -> Response:
    name, identifiers, phone, spans = (" ".join(text.split()) for text in typed)
    codes = tuple(dict.fromkeys(c.strip(".") for c in re.split(r"[\s,;]+", identifiers.upper()) if c))
    hours = tuple(re.split(r"[\s,;]+", spans)) if spans else None
    office = Office(before.id, name, before.unit, codes, phone, hours, active)
    parts = parts_of(request)
    try:
        _check(office)
        async with parts.engine.begin() as connection:
            await parts.audit.lock(connection)
            ident = await parts.offices.put(connection, office)
            told = {"identifiers": list(codes), "spans": list(hours or ()), "active": active}
            await parts.audit.record(connection, staff, "office.put", f"office:{ident}", **told)
    except StaffError as error:
        return _form(request, office, error)
    flash(request, f"Đã lưu “{office.name}”.")
    return back("/noi-lam-viec", request)


def _check(office: Office) -> None:
    """Raises StaffError naming the field."""
    if not 3 <= len(office.name) <= 200:
        raise StaffError("Xin ghi tên nơi làm việc (3 đến 200 ký tự).", "name")
    if wrong := next((c for c in office.identifiers if not _IDENTIFIER.fullmatch(c)), None):
        raise StaffError(f"“{wrong}” không phải mã định danh, ví dụ đúng: H15.50.05", "identifiers")
    if len(office.phone) > 40:
        raise StaffError("Số điện thoại dài quá 40 ký tự.", "phone")
    try:
        OfficeHours(spans=office.spans or ("07:00-11:30",))
    except ValueError:
        raise StaffError("Giờ làm việc ghi theo thứ tự, ví dụ: 07:00-11:30 13:30-17:00", "spans") from None


async def _office(request: Request, ident: int) -> Office:
    office = await parts_of(request).offices.get(ident)
    if office is None:
        raise HTTPException(404)
    return office


def _form(request: Request, office: Office, error: StaffError | None = None) -> HTMLResponse:
    errors = {error.field: str(error)} if error else {}
    usual = " ".join(parts_of(request).profile.office_hours.spans)
    return page(
        request, "access/office.html", 422 if error else 200, office=office, errors=errors, usual=usual
    )
