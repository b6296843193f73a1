"""The list of procedures and the page of one."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from console.catalogue import listing
from console.catalogue.desk import Desk, desk_of, standing_of
from console.guard import need
from console.shell import back, flash, page
from core.errors import StaffError
from core.procedures.editing import store
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/thu-tuc")
Reader = Annotated[Staff, need(Right.SEE_CATALOGUE)]
Editing = Annotated[Staff, need(Right.EDIT_CATALOGUE)]
_PAGE = 50


@router.get("")
async def listed(
    request: Request,
    staff: Reader,
    tim: str = "",
    linh_vuc: str = "",
    loc: str = "",
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Every procedure, or those a search finds."""
    desk = await desk_of(request)
    every = await _lines(desk)
    found = listing.chosen(every, tim, linh_vuc, loc if loc in listing.FILTERS else "")
    here = found[(trang - 1) * _PAGE : trang * _PAGE]
    kept = {"tim": tim, "linh_vuc": linh_vuc, "loc": loc}
    told: dict[str, Any] = {
        "lines": here,
        "total": len(found),
        "fields": sorted({line.field for line in every if line.field}),
        "filters": listing.FILTERS,
        "counts": listing.counts(every),
        "before": _address(kept, trang - 1) if trang > 1 else None,
        "after": _address(kept, trang + 1) if trang * _PAGE < len(found) else None,
        "may_edit": staff.may(Right.EDIT_CATALOGUE),
    }
    return page(request, "catalogue/list.html", **told, **kept)


async def _lines(desk: Desk) -> list[listing.Line]:
    overdue = desk.today - dt.timedelta(days=desk.parts.profile.catalogue.review_after_days)
    async with desk.parts.engine.connect() as connection:
        newest, drafts = await store.newest(connection), await store.drafts(connection)
    waiting = await desk.reports.waiting()
    return listing.lines(desk.catalogue, desk.seed, newest, drafts, waiting, overdue)


def _address(kept: dict[str, str], number: int) -> str:
    return "/thu-tuc?" + urlencode({**{k: v for k, v in kept.items() if v}, "trang": number})


async def shown(
    request: Request,
    staff: Staff,
    ident: str,
    error: StaffError | None = None,
    typed: dict[str, str] | None = None,
    deed: str = "",
) -> HTMLResponse:
    """The page of one procedure; with what was typed and what is wrong when a deed on it failed.

    Args:
        deed: which of the page's forms failed: ``review``, ``withdraw`` or ``revert``.
    """
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    may_edit = staff.may(Right.EDIT_CATALOGUE)
    overdue = desk.today - dt.timedelta(days=desk.parts.profile.catalogue.review_after_days)
    told: dict[str, Any] = {
        "standing": standing,
        "aspects": desk.aspects(standing.served) if standing.served else [],
        "overdue": bool(standing.served and standing.served.checked < overdue),
        "reports": await desk.reports.about(ident) if may_edit else [],
        "may_edit": may_edit,
        "errors": {error.field or deed: str(error)} if error else {},
        "typed": typed or {},
        "deed": deed,
    }
    return page(request, "catalogue/procedure.html", 422 if error else 200, **told)


@router.get("/{ident}")
async def one(request: Request, staff: Reader, ident: str) -> Response:
    """A procedure as citizens see it, and what can be done with it."""
    return await shown(request, staff, ident)


@router.post("/{ident}/ra-soat")
async def review(
    request: Request, staff: Editing, ident: str, source: Annotated[str, Form()] = ""
) -> Response:
    """Note that the record was compared with a source today."""
    try:
        await (await desk_of(request)).editor.reviewed(staff, ident, source.strip())
    except StaffError as error:
        return await shown(request, staff, ident, error, {"source": source}, "review")
    flash(request, "Đã ghi nhận đối chiếu hôm nay.")
    return back(f"/thu-tuc/{ident}", request)


@router.post("/{ident}/ngung")
async def withdraw(
    request: Request,
    staff: Editing,
    ident: str,
    notice: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Take a procedure out of service."""
    try:
        await (await desk_of(request)).editor.withdraw(staff, ident, notice.strip(), note.strip())
    except StaffError as error:
        typed = {"notice": notice, "note": note}
        return await shown(request, staff, ident, error, typed, "withdraw")
    flash(request, "Đã ngừng thủ tục. Trợ lý trả lời theo câu vừa nhập trong vòng nửa phút.")
    return back(f"/thu-tuc/{ident}", request)
