"""One's own chats: a code to link one, the list, parting. Below "Tài khoản của tôi"."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from console.guard import need
from console.masking import masked
from console.parts import parts_of
from console.screens import Screen
from console.shell import back, flash, page
from core.errors import StaffError
from core.messages import Address
from core.staff.chat_links import LASTS, ChatLinks, spoken
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/tai-khoan/chat")
screen = Screen("my_chat", "", "/tai-khoan/chat", Right.SIGNED_IN, router)
Me = Annotated[Staff, need(Right.SIGNED_IN)]


@router.get("")
async def mine(request: Request, staff: Me) -> Response:
    """The chats of this account."""
    return await _page(request, staff)


@router.post("/ma")
async def code(request: Request, staff: Me) -> Response:
    """A new code, shown on this answer alone."""
    try:
        made = await chat_links(request).code(staff)
    except StaffError as error:
        flash(request, str(error), "error")
        return await _page(request, staff, status=422)
    return await _page(request, staff, spoken(made))


@router.post("/bo")
async def part(request: Request, staff: Me, address: Annotated[str, Form()] = "") -> Response:
    """Part a chat from this account."""
    try:
        which = Address.parse(address)
    except ValueError:
        raise HTTPException(404) from None
    parted = await chat_links(request).part(staff, which)
    flash(request, "Đã hủy liên kết kênh chat." if parted else "Kênh chat này đã hủy liên kết từ trước.")
    return back("/tai-khoan/chat", request)


def chat_links(request: Request) -> ChatLinks:
    """The chats of staff, over the parts behind a request."""
    parts = parts_of(request)
    return ChatLinks(parts.engine, parts.audit, parts.secret, parts.now)


async def _page(request: Request, staff: Staff, made: str = "", status: int = 200) -> HTMLResponse:
    links = [
        {"address": str(link.address), "name": masked(str(link.address)), "since": link.since}
        for link in await chat_links(request).of(staff)
    ]
    minutes = int(LASTS.total_seconds() // 60)
    return page(request, "my_chat/chats.html", status, links=links, code=made, minutes=minutes)
