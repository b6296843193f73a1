"""What a procedure was: older versions, going back to one, and newer files of what was edited."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response
from pydantic import ValidationError

from console.catalogue.desk import desk_of, standing_of
from console.catalogue.routes import Editing, Reader, shown
from console.shell import back, flash, page
from core.errors import StaffError
from core.procedures.editing.differences import changes
from core.procedures.editing.version import dumped
from core.procedures.model import Procedure
from core.staff.rights import Right

router = APIRouter(prefix="/thu-tuc")


@router.get("/{ident}/lich-su/{number}")
async def version(request: Request, staff: Reader, ident: str, number: int) -> Response:
    """One version: why it was made, what it changed, how citizens saw it. 0 is the file."""
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    found = next((v for v in standing.history if v.number == number), None)
    file = standing.file
    if found is None and (number or file is None):
        raise HTTPException(404)
    record = found.record if found else dumped(file) if file else {}
    older = next((v for v in standing.history if v.number < number), None)
    before = older.record if older else dumped(file) if file and found else {}
    try:
        aspects = desk.aspects(Procedure.model_validate(record))
    except ValidationError:  # the model asks for more than it did then
        aspects = []
    told: dict[str, Any] = {
        "standing": standing,
        "found": found,
        "number": number,
        "before": f"phiên bản {older.number}" if older else "bản trong tệp",
        "changes": changes(before, record) if before else [],
        "new": not before,
        "aspects": aspects,
        "may_edit": staff.may(Right.EDIT_CATALOGUE),
        "in_force": standing.now.number == number if standing.now else number == 0,
    }
    return page(request, "catalogue/version.html", **told)


@router.post("/{ident}/lich-su/{number}/khoi-phuc")
async def revert(
    request: Request, staff: Editing, ident: str, number: int, note: Annotated[str, Form()] = ""
) -> Response:
    """Publish an older version anew."""
    desk = await desk_of(request)
    await standing_of(desk, ident)
    try:
        made = await desk.editor.revert(staff, ident, number, note.strip())
    except StaffError as error:
        return await shown(request, staff, ident, error, {"note": note}, "revert")
    old = f"phiên bản {number}" if number else "bản trong tệp"
    flash(request, f"Đã khôi phục {old} thành phiên bản {made}.")
    return back(f"/thu-tuc/{ident}", request)


@router.get("/{ident}/ban-moi")
async def upgrade_page(request: Request, staff: Editing, ident: str) -> Response:
    """A newer file beside what was edited."""
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    file = dumped(standing.file) if standing.file else {}
    told: dict[str, Any] = {
        "standing": standing,
        "changes": changes(standing.record, file) if file else [],
        "aspects": desk.aspects(standing.file) if standing.file else [],
    }
    return page(request, "catalogue/upgrade.html", **told)


@router.post("/{ident}/ban-moi")
async def upgrade(
    request: Request,
    staff: Editing,
    ident: str,
    choice: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Take the newer file, or keep what was edited."""
    if choice not in ("file", "keep"):
        raise StaffError("Chọn nhận bản mới trong tệp hoặc giữ bản đang dùng.")
    desk = await desk_of(request)
    await standing_of(desk, ident)
    await desk.editor.take_up(staff, ident, note.strip(), file=choice == "file")
    flash(request, "Đã nhận bản mới trong tệp." if choice == "file" else "Đã giữ bản đang dùng.")
    return back(f"/thu-tuc/{ident}", request)
