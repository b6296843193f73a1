"""Reports of citizens that something is wrong: who waits, what they say, what they are told."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from console.catalogue.desk import Desk, desk_of
from console.catalogue.routes import Editing
from console.shell import back, flash, page
from core.conversations.posting import post
from core.errors import StaffError
from core.messages import Address, Message
from core.procedures import reports as reporting
from core.procedures.reports import OUTCOMES, Outcome, Report
from core.sentences import put_in, sentence

router = APIRouter(prefix="/thu-tuc/bao-sai")
_PAGE = 50
_LONGEST = 1000  # letters of an answer
_CHANNELS = {
    "zalo": "Zalo",
    "zalobot": "Zalo Bot",
    "telegram": "Telegram",
    "web": "trang web",
    "terminal": "máy lệnh",
}


@router.get("")
async def listed(
    request: Request, staff: Editing, loc: str = "open", truoc: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Reports, the newest first."""
    desk = await desk_of(request)
    state = Outcome(loc) if loc in set(Outcome) else None
    found = await desk.reports.page(state, truoc, _PAGE + 1)
    rows, more = found[:_PAGE], len(found) > _PAGE
    older = "/thu-tuc/bao-sai?" + urlencode({"loc": loc, "truoc": rows[-1].id}) if more else None
    newest = "/thu-tuc/bao-sai?" + urlencode({"loc": loc}) if truoc else None
    told = {
        "rows": rows,
        "older": older,
        "newest": newest,
        "outcomes": OUTCOMES,
        "loc": loc,
        "name": desk_name(desk),
    }
    return page(request, "catalogue/reports.html", **told)


@router.get("/{number}")
async def one(request: Request, staff: Editing, number: int) -> Response:
    """One report and the form that answers it."""
    return await _page(request, number)


async def _page(
    request: Request, number: int, error: StaffError | None = None, typed: dict[str, str] | None = None
) -> HTMLResponse:
    desk = await desk_of(request)
    report = await _found(desk, number)
    name = desk_name(desk)
    procedures = sorted(
        ((p.short_name, ident) for ident, p in desk.catalogue.items()), key=lambda x: x[0].lower()
    )
    channel = report.address.partition(":")[0] if report.address else ""
    told: dict[str, Any] = {
        "report": report,
        "name": name,
        "outcomes": {o: t for o, t in OUTCOMES.items() if o is not Outcome.OPEN},
        "state": OUTCOMES[report.state],
        "procedures": procedures,
        "channel": _CHANNELS.get(channel, channel),
        "said": {o: _told(report, o, "", name).text for o in OUTCOMES if o is not Outcome.OPEN},
        "errors": {error.field or "outcome": str(error)} if error else {},
        "typed": typed or {},
    }
    return page(request, "catalogue/report.html", 422 if error else 200, **told)


async def _found(desk: Desk, number: int) -> Report:
    report = await desk.reports.get(number)
    if report is None:
        raise HTTPException(404)
    return report


@router.post("/{number}/thu-tuc")
async def link(
    request: Request, staff: Editing, number: int, procedure: Annotated[str, Form()] = ""
) -> Response:
    """Say which procedure a report is about."""
    desk = await desk_of(request)
    await _found(desk, number)
    if procedure and procedure not in desk.catalogue:
        raise StaffError("Không có thủ tục này.")
    async with desk.parts.engine.begin() as connection:
        await desk.parts.audit.lock(connection)
        if not await reporting.link(connection, number, procedure or None):
            raise StaffError("Báo sai này đã được trả lời.")
        detail = {"procedure": procedure}
        await desk.parts.audit.record(
            connection, staff, "catalogue.report_link", f"report:{number}", **detail
        )
    flash(request, "Đã gắn với thủ tục.")
    return back(f"/thu-tuc/bao-sai/{number}", request)


@router.post("/{number}")
async def resolve(
    request: Request,
    staff: Editing,
    number: int,
    outcome: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
) -> Response:
    """Answer a report; the citizen is told where they wrote."""
    desk = await desk_of(request)
    report, typed = await _found(desk, number), {"outcome": outcome, "answer": answer}
    if outcome not in set(Outcome) - {Outcome.OPEN}:
        return await _page(request, number, StaffError("Chọn kết quả kiểm tra.", "outcome"), typed)
    if len(answer) > _LONGEST:
        return await _page(request, number, StaffError(f"Nhiều nhất {_LONGEST} ký tự.", "answer"), typed)
    chosen, said, now = Outcome(outcome), answer.strip(), desk.parts.now()
    async with desk.parts.engine.begin() as connection:
        await desk.parts.audit.lock(connection)
        if not await reporting.resolve(connection, staff, number, chosen, said, now):
            raise StaffError("Báo sai này vừa được người khác trả lời.")
        told = False
        if report.address:
            message = desk.parts.profile.fill(_told(report, chosen, said, desk_name(desk)))
            told = await post(connection, Address.parse(report.address), f"report:{number}", message, now)
        detail = {"outcome": chosen.value, "told": told}
        await desk.parts.audit.record(connection, staff, "catalogue.report", f"report:{number}", **detail)
    flash(
        request,
        "Đã trả lời và báo cho người dân." if told else "Đã ghi kết quả; không báo được cho người dân.",
    )
    return back("/thu-tuc/bao-sai", request)


def _told(report: Report, outcome: Outcome, answer: str, name: Any) -> Message:
    """What the citizen reads."""
    values = {"number": str(report.id), "title": name(report.procedure), "answer": answer}
    message = put_in(sentence(f"wrong_answered_{outcome.value}"), values)
    return Message(message.text.strip(), message.buttons)


def desk_name(desk: Desk) -> Any:
    """Names procedures by id, also those nobody serves any more."""

    def name(ident: str | None) -> str:
        if ident in desk.catalogue.withdrawn:
            return desk.catalogue.withdrawn[ident].procedure.short_name
        found = desk.catalogue.get(ident) if ident else None
        return found.short_name if found else ident or "thông tin của trợ lý"

    return name
