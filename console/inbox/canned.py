"""Replies kept for use again: a small page to write them on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from console.guard import need
from console.inbox import desk
from console.parts import parts_of
from console.shell import back, flash, page
from core.conversations.talks.canned import PLACES, Canned
from core.errors import StaffError
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/hoi-dap/mau")
Clerk = Annotated[Staff, need(Right.ANSWER_INBOX)]
Text = Annotated[str, Form()]


@router.get("")
async def listed(request: Request, staff: Clerk) -> Response:
    """Those somebody may use."""
    parts = parts_of(request)
    offices = {office.id: office.name for office in await parts.offices.all(also_closed=True)}
    return page(request, "inbox/canned.html", canned=await desk.canned(parts).of(staff), offices=offices)


@router.get("/them")
async def new(request: Request, staff: Clerk) -> Response:
    """The form of a new one."""
    return await _form(request, staff, Canned(0, None, "", ""))


@router.get("/{ident}")
async def shown(request: Request, staff: Clerk, ident: int) -> Response:
    """One, to be changed."""
    return await _form(request, staff, await _canned(request, staff, ident))


@router.post("/them")
async def add(
    request: Request, staff: Clerk, title: Text = "", text: Text = "", office: Annotated[int, Form()] = 0
) -> Response:
    """Keep a new one."""
    return await _put(request, staff, Canned(0, office or None, title, text))


@router.post("/{ident}")
async def change(
    request: Request,
    staff: Clerk,
    ident: int,
    title: Text = "",
    text: Text = "",
    office: Annotated[int, Form()] = 0,
) -> Response:
    """Change one."""
    await _canned(request, staff, ident)
    return await _put(request, staff, Canned(ident, office or None, title, text))


@router.post("/{ident}/xoa")
async def drop(request: Request, staff: Clerk, ident: int) -> Response:
    """Delete one."""
    await _canned(request, staff, ident)
    try:
        await desk.canned(parts_of(request)).drop(staff, ident)
        flash(request, "Đã xóa câu trả lời mẫu.")
    except StaffError as error:
        flash(request, str(error), "error")
    return back("/hoi-dap/mau", request)


async def _canned(request: Request, staff: Staff, ident: int) -> Canned:
    for one in await desk.canned(parts_of(request)).of(staff):
        if one.id == ident:
            return one
    raise HTTPException(404)


async def _put(request: Request, staff: Staff, canned: Canned) -> Response:
    try:
        await desk.canned(parts_of(request)).put(staff, canned)
    except StaffError as error:
        return await _form(request, staff, canned, error)
    flash(request, f"Đã lưu “{canned.title.strip()}”.")
    return back("/hoi-dap/mau", request)


async def _form(request: Request, staff: Staff, canned: Canned, error: StaffError | None = None) -> Response:
    offices = [office for office in await parts_of(request).offices.all() if staff.works_for(office.id)]
    told = {"canned": canned, "offices": offices, "places": PLACES, "everywhere": staff.everywhere}
    errors = {error.field: str(error)} if error else {}
    return page(request, "inbox/canned_one.html", 422 if error else 200, **told, errors=errors)
