"""Composing a notice: the form, its live preview and its live count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from console.broadcasts import form as forms
from console.broadcasts import said
from console.broadcasts.form import Typed
from console.broadcasts.shared import BASE, Writer, broadcasts, communes, found, number, router
from console.parts import parts_of
from console.shell import back, flash, page
from core.broadcasts.confine import confined
from core.broadcasts.model import MAX_LINKS, MAX_TEXT, MAX_TITLE, MAX_WHY, Broadcast, Content
from core.broadcasts.preview import CHANNELS, View, preview
from core.broadcasts.rules import needs_approval
from core.dossiers.model import Status
from core.errors import StaffError
from core.staff.rights import Staff

_SAVED = "Đã lưu nháp số {}. Chưa gửi cho ai."


@router.get("/soan")
async def new(request: Request, staff: Writer) -> Response:
    """The empty form."""
    office = "" if staff.everywhere else str(min(staff.offices, default=""))
    return await _form(request, staff, Typed(office=office))


@router.post("/soan")
async def create(request: Request, staff: Writer) -> Response:
    """Keep a new draft."""
    typed = forms.typed(await request.form())
    try:
        made = await broadcasts(request).drafts.create(staff, forms.content(typed, parts_of(request).zone))
    except StaffError as error:
        return await _form(request, staff, typed, error=error)
    return _kept(request, made)


@router.get("/{ident:int}/sua")
async def change(request: Request, staff: Writer, ident: int) -> Response:
    """The form of a notice that can still be changed."""
    broadcast = await found(request, staff, ident)
    if not broadcast.state.editable:
        flash(request, "Thông báo này đã bắt đầu gửi nên không sửa được nữa.", "warning")
        return back(f"{BASE}/{ident}", request)
    return await _form(request, staff, forms.typed_from(broadcast.content, parts_of(request).zone), broadcast)


@router.post("/{ident:int}/sua")
async def edit(request: Request, staff: Writer, ident: int) -> Response:
    """Keep what was changed; what was submitted becomes a draft again."""
    broadcast, sent = await found(request, staff, ident), await request.form()
    typed, version = forms.typed(sent), number(sent.get("version"))
    try:
        content = forms.content(typed, parts_of(request).zone)
        made = await broadcasts(request).drafts.edit(staff, ident, version, content)
    except StaffError as error:
        return await _form(request, staff, typed, replace(broadcast, version=version), error)
    return _kept(request, made)


@router.post("/xem-truoc")
async def shown(request: Request, staff: Writer) -> Response:
    """How it would look on each channel, as it stands in the form."""
    sent = await request.form()
    typed, ident = forms.typed(sent), number(sent.get("ident"))
    files = (await found(request, staff, ident)).files if ident else ()
    message = await broadcasts(request).letters.preview(forms.sketch(typed), files)
    letters = len(typed.text.replace("\r\n", "\n").strip())
    told = {"views": preview(message, channels(request)), "letters": letters, "most": MAX_TEXT}
    return page(request, "broadcasts/preview.html", **told)


@router.post("/dem")
async def counted(request: Request, staff: Writer) -> Response:
    """How many it would reach, as it stands in the form."""
    sent = await request.form()
    typed, ident = forms.typed(sent), number(sent.get("ident"))
    try:
        content = forms.content(replace(typed, send_at="", expires_at=""), parts_of(request).zone)
        if ident:
            await found(request, staff, ident)
        if content.audience.whom == "listed" and not ident:
            return page(request, "broadcasts/count.html", problem="Lưu nháp rồi tải danh sách lên để đếm.")
        if not staff.everywhere:
            content = await _within(request, staff, content)
        return page(request, "broadcasts/count.html", **await count_of(request, content, ident or None))
    except StaffError as error:
        return page(request, "broadcasts/count.html", problem=str(error))


async def count_of(request: Request, content: Content, ident: int | None) -> dict[str, Any]:
    """What the page says of an audience before anything is sent."""
    count = await broadcasts(request).audiences.count(content, ident)
    sending = parts_of(request).profile.broadcasts
    return {
        "problem": "",
        "count": count,
        "channels": said.channels(count),
        "left_out": said.left_out(count.left_out),
        "needs": needs_approval(content, count.recipients, sending),
        "above": sending.approve_above,
        "emergency": content.emergency,
    }


async def views(request: Request, broadcast: Broadcast) -> tuple[View, ...]:
    """How a notice looks on each channel."""
    message = await broadcasts(request).letters.preview(broadcast.content, broadcast.files)
    return preview(message, channels(request))


def channels(request: Request) -> tuple[str, ...]:
    """The channels a preview is shown of: a Zalo bot only where the province has one."""
    return (*CHANNELS, "zalobot") if parts_of(request).settings.zalo_bot_token else CHANNELS


async def _within(request: Request, staff: Staff, content: Content) -> Content:
    """The audience as it will be confined to the office that sends. Raises StaffError."""
    office = await parts_of(request).offices.get(content.office) if content.office in staff.offices else None
    if content.office is None or office is None:
        raise StaffError("Chọn nơi gửi để đếm người nhận.", "office")
    return replace(content, audience=confined(content.audience, office))


def _kept(request: Request, made: Broadcast) -> Response:
    flash(request, _SAVED.format(made.id))
    return back(f"{BASE}/{made.id}", request)


async def _form(
    request: Request,
    staff: Staff,
    typed: Typed,
    broadcast: Broadcast | None = None,
    error: StaffError | None = None,
) -> HTMLResponse:
    parts = parts_of(request)
    offices = await parts.offices.all()
    catalogue = parts.catalogue().values()
    told = {
        "typed": typed,
        "broadcast": broadcast,
        "errors": {error.field: str(error)} if error else {},
        "units": communes(request),
        "senders": [office for office in offices if staff.works_for(office.id)],
        "all_offices": offices,
        "fields": sorted({procedure.field for procedure in catalogue}),
        "procedures": sorted((p for p in catalogue if p.code), key=lambda p: p.name),
        "statuses": list(Status),
        "whom": said.WHOM,
        "limits": {"title": MAX_TITLE, "text": MAX_TEXT, "why": MAX_WHY, "links": MAX_LINKS},
        "hours": parts.profile.broadcasts.expires_hours,
    }
    return page(request, "broadcasts/form.html", 422 if error else 200, **told)
