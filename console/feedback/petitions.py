"""The queue of complaints and proposals: by day, answered, forwarded, closed."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import Response

from console.feedback.shared import download, names, numbered
from console.guard import need
from console.parts import Parts, parts_of
from console.shell import back, flash, page
from core.errors import StaffError
from core.feedback.petition_model import STATES, Petition
from core.feedback.petition_queue import MAX_ANSWER, PAGE, Queue
from core.spreadsheet import table
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/phan-anh")
Reader = Annotated[Staff, need(Right.SEE_FEEDBACK)]
Writer = Annotated[Staff, need(Right.ANSWER_FEEDBACK)]
_MOST = 5000  # lines of a table
STEPS = {"forwarded": "Chuyển", "answered": "Trả lời", "closed": "Kết thúc"}
PROVINCE = "Cấp tỉnh"


def _queue(parts: Parts) -> Queue:
    return Queue(parts.engine, parts.audit, parts.now)


@router.get("")
async def listed(
    request: Request,
    staff: Reader,
    tinh_trang: str = "open",
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Those that wait, by the day they should be answered; or those of one state."""
    parts, state = parts_of(request), tinh_trang if tinh_trang in STATES else "open"
    found = await _queue(parts).page(staff.scope(), state, trang)
    address = f"/gop-y/phan-anh?{urlencode({'tinh_trang': state})}&trang="
    newer, older = numbered(trang, len(found) > PAGE, address)
    told = {
        "petitions": found[:PAGE],
        "counts": await _queue(parts).counts(staff.scope()),
        "states": STATES,
        "state": state,
        "names": await names(parts),
        "now": parts.now(),
    }
    return page(request, "feedback/petitions.html", **told, newer=newer, older=older)


@router.get(".csv")
async def exported(request: Request, staff: Reader) -> Response:
    """Everything of my offices as a table, the newest first."""
    parts = parts_of(request)
    called, rows = await names(parts), []
    for one in await _queue(parts).newest(staff.scope(), _MOST):
        rows.append(
            (
                one.number,
                one.title,
                called.get(one.office, PROVINCE),
                _day(parts, one.at),
                _day(parts, one.due_at),
                _day(parts, one.answered_at),
                "trễ" if one.late(parts.now()) else "",
                one.dossier or "",
                one.text,
                one.answer or "",
            )
        )
    head = (
        "Số",
        "Tình trạng",
        "Nơi giải quyết",
        "Nhận",
        "Hạn",
        "Trả lời lúc",
        "Trễ",
        "Hồ sơ",
        "Nội dung",
        "Trả lời",
    )
    return download(table(head, rows), "phan-anh.csv")


@router.get("/{ident}")
async def shown(request: Request, staff: Reader, ident: int) -> Response:
    """One of them."""
    return await _page(request, staff, ident)


@router.post("/{ident}/tra-loi")
async def answer(
    request: Request,
    staff: Writer,
    ident: int,
    answer: Annotated[str, Form()] = "",
    close: Annotated[bool, Form()] = False,
) -> Response:
    """Answer, and close it where that was asked for."""
    petition, work = await _mine(request, staff, ident), _queue(parts_of(request))
    try:
        await work.answer(staff, petition.id, answer)
        if close:
            await work.close(staff, petition.id)
    except StaffError as error:
        return await _page(request, staff, ident, error, answer=answer, close=close)
    flash(request, "Đã trả lời; người gửi được báo ngay.")
    return back(f"/gop-y/phan-anh/{ident}", request)


@router.post("/{ident}/chuyen")
async def forward(
    request: Request,
    staff: Writer,
    ident: int,
    office: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Hand it over to another office."""
    parts, petition = parts_of(request), await _mine(request, staff, ident)
    try:
        await _queue(parts).forward(staff, petition.id, await _office(parts, office), note)
    except StaffError as error:
        return await _page(request, staff, ident, error, office=office, note=note)
    flash(request, f"Đã chuyển {petition.number}.")
    seen = await _queue(parts).get(staff.scope(), ident) is not None
    return back(f"/gop-y/phan-anh/{ident}" if seen else "/gop-y/phan-anh", request)


@router.post("/{ident}/ket-thuc")
async def close(request: Request, staff: Writer, ident: int) -> Response:
    """End it."""
    petition = await _mine(request, staff, ident)
    try:
        await _queue(parts_of(request)).close(staff, petition.id)
    except StaffError as error:
        return await _page(request, staff, ident, error)
    flash(request, f"Đã kết thúc {petition.number}.")
    return back("/gop-y/phan-anh", request)


async def _office(parts: Parts, typed: str) -> int | None:
    """The office chosen in the form; None for the province. Raises StaffError when there is none."""
    if typed == "tinh":
        return None
    found = await parts.offices.get(int(typed)) if typed.isdecimal() and len(typed) < 10 else None
    if found is None or not found.active:
        raise StaffError("Xin chọn nơi nhận.", "office")
    return found.id


async def _mine(request: Request, staff: Staff, ident: int) -> Petition:
    petition = await _queue(parts_of(request)).get(staff.scope(), ident)
    if petition is None:
        raise HTTPException(404)
    return petition


async def _page(
    request: Request, staff: Staff, ident: int, error: StaffError | None = None, **typed: Any
) -> Response:
    """One petition, with what was typed and what is wrong with it."""
    parts, petition = parts_of(request), await _mine(request, staff, ident)
    told = {
        "petition": petition,
        "steps": await _queue(parts).steps(ident),
        "names": await names(parts),
        "offices": await parts.offices.all(),
        "words": STEPS,
        "now": parts.now(),
        "most": MAX_ANSWER,
        "errors": {error.field: str(error)} if error and error.field else {},
        "typed": {"answer": petition.answer or "", "office": "", "note": "", "close": False, **typed},
        "may_answer": staff.may(Right.ANSWER_FEEDBACK),
    }
    if error and not error.field:
        flash(request, str(error), "error")
    return page(request, "feedback/petition.html", 422 if error else 200, **told)


def _day(parts: Parts, moment: Any) -> str:
    return f"{moment.astimezone(parts.zone):%d/%m/%Y %H:%M}" if moment else ""
