"""What is uploaded to a notice: its list of recipients, checked row by row, and files for citizens to open."""

from __future__ import annotations

import asyncio

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from console.broadcasts.notice import notice_page
from console.broadcasts.shared import BASE, Writer, broadcasts, found, number, router
from console.parts import parts_of
from console.shell import back, flash
from core.broadcasts import upload
from core.broadcasts.model import MAX_TITLE, Broadcast
from core.broadcasts.upload_model import Uploaded
from core.errors import StaffError
from core.staff.rights import Staff

_NONE = "Chưa chọn tệp."
_WRONG = "Có {} ô sai nên chưa thay danh sách. Sửa tệp rồi tải lại, hoặc chọn bỏ qua dòng sai."


@router.post("/{ident:int}/danh-sach")
async def put_list(request: Request, staff: Writer, ident: int) -> Response:
    """Replace the list; with wrong lines only where that was asked for."""
    broadcast, sent = await found(request, staff, ident), await request.form()
    version, partly = number(sent.get("version")), bool(sent.get("partly"))
    try:
        uploaded = await _read(request, sent)
    except StaffError as error:
        return await notice_page(request, staff, broadcast, StaffError(str(error), "list"))
    if not uploaded.rows:
        none = StaffError("Không có dòng nào dùng được nên chưa thay danh sách.", "list")
        return await notice_page(request, staff, broadcast, none, upload=uploaded)
    if uploaded.problems and not partly:
        wrong = StaffError(_WRONG.format(len(uploaded.problems)), "list")
        return await notice_page(request, staff, broadcast, wrong, upload=uploaded)
    return await _put(request, staff, broadcast, version, uploaded)


async def _put(
    request: Request, staff: Staff, broadcast: Broadcast, version: int, uploaded: Uploaded
) -> Response:
    try:
        made, entries = await broadcasts(request).drafts.put_list(
            staff, broadcast.id, version, uploaded.entries
        )
    except StaffError as error:
        return await notice_page(request, staff, broadcast, StaffError(str(error), "list"))
    flash(request, f"Đã nhận danh sách: {len(uploaded.rows)} dòng, {entries} mục khác nhau.")
    if uploaded.problems or uploaded.repeats or uploaded.empty or uploaded.notes:
        return await notice_page(request, staff, made, upload=uploaded)
    return back(f"{BASE}/{broadcast.id}", request)


async def _read(request: Request, sent: FormData) -> Uploaded:
    data, _ = await _file(sent, upload.BYTES)
    parts = parts_of(request)
    # A full list takes seconds: not in the loop that everybody else waits for.
    return await asyncio.to_thread(upload.read, data, parts.profile.today(parts.now()))


@router.post("/{ident:int}/tep")
async def attach(request: Request, staff: Writer, ident: int) -> Response:
    """Attach a file."""
    broadcast, sent = await found(request, staff, ident), await request.form()
    title = str(sent.get("file_title") or "").strip()
    try:
        content, name = await _file(sent, upload.BYTES)
        version = number(sent.get("version"))
        await broadcasts(request).files.attach(staff, ident, version, title or _name(name), content)
    except StaffError as error:
        return await notice_page(request, staff, broadcast, error, file_title=title)
    flash(request, "Đã đính kèm tệp.")
    return back(f"{BASE}/{ident}", request)


@router.post("/{ident:int}/tep/bo")
async def detach(request: Request, staff: Writer, ident: int) -> Response:
    """Take a file off."""
    sent = await request.form()
    await found(request, staff, ident)
    try:
        token, version = str(sent.get("token") or ""), number(sent.get("version"))
        await broadcasts(request).files.detach(staff, ident, version, token)
        flash(request, "Đã bỏ tệp.")
    except StaffError as error:
        flash(request, str(error), "error")
    return back(f"{BASE}/{ident}", request)


async def _file(sent: FormData, most: int) -> tuple[bytes, str]:
    """The bytes and the name of the file that was sent. Raises StaffError when none was."""
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise StaffError(_NONE, "file")
    return await file.read(most + 1), file.filename


def _name(name: str) -> str:
    """A button's name from that of a file."""
    return name.rpartition(".")[0].replace("_", " ")[:MAX_TITLE] or "Tệp đính kèm"
