"""The list of notices, one notice, and what is done with it: submit, approve, steer, try again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from console.broadcasts import progress, said
from console.broadcasts.compose import count_of, views
from console.broadcasts.shared import (
    BADGES,
    BASE,
    Approver,
    Reader,
    Writer,
    broadcasts,
    communes,
    found,
    number,
    router,
)
from console.parts import parts_of
from console.shell import back, flash, page
from core.broadcasts.model import Broadcast, State
from core.broadcasts.parts import Broadcasts
from core.broadcasts.rows import may_change
from core.broadcasts.wording import STATES
from core.errors import StaffError
from core.staff.chat_links import ChatLinks
from core.staff.rights import Right, Staff

_PAGE = 20
_GROUPS: dict[str, tuple[str, tuple[State, ...]]] = {
    "": ("Tất cả", ()),
    "nhap": ("Đang soạn", (State.DRAFT,)),
    "cho-duyet": ("Chờ duyệt", (State.WAITING,)),
    "cho-gui": ("Chờ gửi", (State.APPROVED,)),
    "dang-gui": ("Đang gửi", (State.SENDING, State.PAUSED)),
    "xong": ("Đã xong", (State.DONE, State.CANCELLED, State.EXPIRED)),
}
Deed = Callable[[Broadcasts], Awaitable[str]]


@router.get("")
async def listed(request: Request, staff: Reader) -> Response:
    """Notices, the newest first."""
    group, before = request.query_params.get("nhom", ""), number(request.query_params.get("truoc"))
    group = group if group in _GROUPS else ""
    shown = await broadcasts(request).drafts.page(staff, _GROUPS[group][1], before or None, _PAGE + 1)
    older = f"{BASE}?nhom={group}&truoc={shown[_PAGE - 1].id}" if len(shown) > _PAGE else None
    told = {
        "broadcasts": shown[:_PAGE],
        "groups": [(name, title) for name, (title, _) in _GROUPS.items()],
        "group": group,
        "older": older,
        "newest": f"{BASE}?nhom={group}" if before else None,
        "writes": staff.may(Right.WRITE_BROADCAST),
    }
    return page(request, "broadcasts/list.html", **told, states=STATES, badges=BADGES)


@router.get("/{ident:int}")
async def shown(request: Request, staff: Reader, ident: int) -> Response:
    """One notice: what it says, to whom, how far it is, and what can be done with it."""
    return await notice_page(request, staff, await found(request, staff, ident))


@router.get("/{ident:int}/dem")
async def counted(request: Request, staff: Reader, ident: int) -> Response:
    """How many it would reach now, and the deed that follows from it."""
    broadcast = await found(request, staff, ident)
    return page(request, "broadcasts/count.html", **await _count(request, staff, broadcast))


@router.post("/{ident:int}/gui-duyet")
async def submit(request: Request, staff: Writer, ident: int) -> Response:
    """Hand it to a second person, or let a small one go."""
    version = await _version(request)

    async def deed(parts: Broadcasts) -> str:
        made = await parts.approval.submit(staff, ident, version)
        waits = made.state is State.WAITING
        return (
            "Đã gửi duyệt. Người thứ hai duyệt xong thì thông báo mới đi."
            if waits
            else "Đã vào hàng chờ gửi."
        )

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/duyet")
async def approve(request: Request, staff: Approver, ident: int) -> Response:
    """Let it go, as the second person."""
    version = await _version(request)

    async def deed(parts: Broadcasts) -> str:
        await parts.approval.approve(staff, ident, version)
        return "Đã duyệt. Thông báo bắt đầu gửi khi đến giờ."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/tra-lai")
async def refuse(request: Request, staff: Approver, ident: int) -> Response:
    """Send it back with a reason."""
    sent, broadcast = await request.form(), await found(request, staff, ident)
    why = str(sent.get("why") or "")
    try:
        await broadcasts(request).approval.refuse(staff, ident, number(sent.get("version")), why)
    except StaffError as error:
        return await notice_page(request, staff, broadcast, error, why=why)
    flash(request, "Đã trả lại cho người soạn, kèm lý do.")
    return back(f"{BASE}/{ident}", request)


@router.post("/{ident:int}/rut-lai")
async def withdraw(request: Request, staff: Writer, ident: int) -> Response:
    """Make a draft of it again."""

    async def deed(parts: Broadcasts) -> str:
        await parts.approval.withdraw(staff, ident)
        return "Đã rút về nháp."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/gui-thu")
async def trial(request: Request, staff: Writer, ident: int) -> Response:
    """Send it to one's own chats."""

    async def deed(parts: Broadcasts) -> str:
        chats = await parts.trial.send(staff, ident)
        return f"Đã gửi thử tới {chats} kênh chat của anh/chị; tin đến trong chốc lát."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/tam-dung")
async def pause(request: Request, staff: Writer, ident: int) -> Response:
    """Hold what waits."""

    async def deed(parts: Broadcasts) -> str:
        await parts.steering.pause(staff, ident)
        return "Đã tạm dừng. Tin đang trên đường vẫn đến; tin còn chờ thì giữ lại."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/tiep-tuc")
async def resume(request: Request, staff: Writer, ident: int) -> Response:
    """Go on."""

    async def deed(parts: Broadcasts) -> str:
        await parts.steering.resume(staff, ident)
        return "Đang gửi tiếp."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/huy")
async def cancel(request: Request, staff: Writer, ident: int) -> Response:
    """Call off what has not been sent."""

    async def deed(parts: Broadcasts) -> str:
        await parts.steering.cancel(staff, ident)
        return "Đã hủy. Tin chưa gửi sẽ không gửi nữa."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/gui-lai")
async def retry(request: Request, staff: Writer, ident: int) -> Response:
    """Try again those that failed, and only those."""

    async def deed(parts: Broadcasts) -> str:
        return f"Đang gửi lại {await parts.reports.retry(staff, ident)} tin hỏng."

    return await _done(request, staff, ident, deed)


@router.post("/{ident:int}/xoa")
async def discard(request: Request, staff: Writer, ident: int) -> Response:
    """Delete a draft."""

    async def deed(parts: Broadcasts) -> str:
        await parts.drafts.discard(staff, ident)
        return "Đã xóa nháp."

    return await _done(request, staff, ident, deed, BASE)


async def notice_page(
    request: Request,
    staff: Staff,
    broadcast: Broadcast,
    error: StaffError | None = None,
    **more: Any,
) -> HTMLResponse:
    """The page of a notice; ``more`` is what was typed into one of its forms and what came of an upload."""
    content = broadcast.content
    counts = request.query_params.get("dem") and broadcast.state is State.DRAFT
    told = {
        "broadcast": broadcast,
        "content": content,
        "audience": said.audience(content.audience, await _names(request)),
        "views": await views(request, broadcast),
        "counted": _as_counted(broadcast),
        "count": await _count(request, staff, broadcast) if counts else None,
        "chats": len(await _chats(request).of(staff)) if broadcast.state.editable else 0,
        "errors": {error.field: str(error)} if error else {},
        "failed": str(error) if error else "",
        "why": "",
        "upload": None,
        "file_title": "",
        **progress.told(broadcast, await broadcasts(request).reports.report(broadcast.id)),
        **rights(staff, broadcast),
        **more,
    }
    status = 422 if error else 200
    return page(request, "broadcasts/notice.html", status, **told, states=STATES, badges=BADGES)


def rights(staff: Staff, broadcast: Broadcast) -> dict[str, bool]:
    """What this member of staff may do with the notice as it stands."""
    changes = staff.may(Right.WRITE_BROADCAST) and may_change(broadcast, staff)
    second = staff.id not in (broadcast.author, broadcast.editor) and may_change(broadcast, staff)
    return {"changes": changes, "judges": staff.may(Right.APPROVE_BROADCAST) and second}


async def _count(request: Request, staff: Staff, broadcast: Broadcast) -> dict[str, Any]:
    told = await count_of(request, broadcast.content, broadcast.id)
    submits = broadcast.state is State.DRAFT and rights(staff, broadcast)["changes"]
    return {**told, "submits": broadcast if submits else None}


def _as_counted(broadcast: Broadcast) -> dict[str, Any] | None:
    """What was counted when it was submitted, for whoever approves."""
    count = broadcast.counted
    if count is None:
        return None
    return {"count": count, "channels": said.channels(count), "left_out": said.left_out(count.left_out)}


async def _names(request: Request) -> said.Names:
    parts = parts_of(request)
    return said.Names(
        {unit.code: unit.name for unit in communes(request)},
        {office.id: office.name for office in await parts.offices.all(also_closed=True)},
        {p.code: p.name for p in parts.catalogue().values() if p.code},
    )


def _chats(request: Request) -> ChatLinks:
    parts = parts_of(request)
    return ChatLinks(parts.engine, parts.audit, parts.secret, parts.now)


async def _version(request: Request) -> int:
    return number((await request.form()).get("version"))


async def _done(request: Request, staff: Staff, ident: int, deed: Deed, to: str = "") -> Response:
    """Do something with a notice, and back to it; what could not be done is said there."""
    await found(request, staff, ident)
    try:
        flash(request, await deed(broadcasts(request)))
    except StaffError as error:
        flash(request, str(error), "error")
        to = ""
    return back(to or f"{BASE}/{ident}", request)
