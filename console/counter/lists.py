"""The counter's first page: what waits at my offices, the most urgent first; and the tasks."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from console.counter import dossier, slip
from console.counter.shared import WORDS, Counter, counter, numbered, scope
from console.guard import need
from console.parts import parts_of
from console.screens import Screen
from console.shell import back, flash, page
from core.counter.details import amount_due
from core.counter.lists import PAGE, Line
from core.counter.model import KINDS, Section, Today
from core.counter.to_do import PAGE as TASKS
from core.counter.to_do import ToDo
from core.reminders.wording import TITLES
from core.staff.rights import Right, Staff
from core.worktime import Calendar

router = APIRouter(prefix="/quay")
screen = Screen("counter", "Quầy", "/quay", Right.SEE_COUNTER, router)
Clerk = Annotated[Staff, need(Right.SEE_COUNTER)]
Sender = Annotated[Staff, need(Right.SEND_REMINDER)]
Number = Annotated[int, Query(ge=1, le=100_000)]


@router.get("")
async def shown(
    request: Request,
    staff: Clerk,
    muc: str = "",
    trang: Number = 1,
    noi: Annotated[int | None, Query()] = None,
) -> Response:
    """What waits: five figures, and the dossiers of one of them."""
    parts = parts_of(request)
    where, made = await scope(parts, staff, noi), counter(parts)
    today = made.reminding.today()
    counts = await made.lists.counts(where.wanted, today)
    section = next((s for s in Section if s.value == muc), None) or _first(counts)
    found = await made.lists.page(section, where.wanted, today, trang)
    rows = await _rows(made, section, found[:PAGE], today, parts.profile.calendar())
    tasks = await ToDo(parts.engine, parts.audit).page(where.wanted)
    chosen = {"noi": noi} if noi is not None else {}
    newer, older = numbered(
        trang, len(found) > PAGE, f"/quay?{urlencode({'muc': section.value, **chosen})}&trang="
    )
    told = {
        "sections": list(Section),
        "counts": counts,
        "section": section,
        "rows": rows,
        "tasks": tasks.number,
    }
    return page(
        request,
        "counter/list.html",
        **told,
        **WORDS,
        where=where,
        newer=newer,
        older=older,
        chosen=urlencode(chosen),
        kind=TITLES[KINDS[section]],
        soon=parts.profile.counter.soon_days,
        may_send=staff.may(Right.SEND_REMINDER),
    )


@router.get("/viec")
async def tasks(
    request: Request, staff: Clerk, trang: Number = 1, noi: Annotated[int | None, Query()] = None
) -> Response:
    """What messages could not do."""
    parts = parts_of(request)
    where = await scope(parts, staff, noi)
    found = await ToDo(parts.engine, parts.audit).page(where.wanted, trang)
    newer, older = numbered(trang, trang * TASKS < found.number, "/quay/viec?trang=")
    told = {"tasks": found.tasks, "number": found.number, "newer": newer, "older": older, "titles": TITLES}
    return page(request, "counter/tasks.html", **told, may_send=staff.may(Right.SEND_REMINDER))


@router.post("/viec/{ident}")
async def done(request: Request, staff: Sender, ident: int) -> Response:
    """A task was seen to."""
    parts = parts_of(request)
    where = await scope(parts, staff)
    if not await ToDo(parts.engine, parts.audit).done(staff, ident, where.wanted, parts.now()):
        raise HTTPException(404)
    flash(request, "Đã ghi là xong.")
    return back("/quay/viec", request)


def _first(counts: dict[Section, int]) -> Section:
    """The most urgent section in which something waits."""
    return next((section for section in Section if counts[section]), Section.LATE)


async def _rows(
    made: Counter, section: Section, lines: list[Line], today: Today, calendar: Calendar
) -> list[dict[str, object]]:
    """What the table shows of each dossier."""
    codes = [line.code for line in lines]
    details = await made.details.of(codes, today.now)
    held = await made.reminding.held_back(KINDS[section], codes)
    day = today.begins.astimezone(calendar.zone).date()
    rows = []
    for line in lines:
        detail = details[line.code]
        soon = section in (Section.LATE, Section.SOON)
        since = line.due_at if soon and line.due_at else line.since
        days = abs(calendar.working_days(since.astimezone(calendar.zone).date(), day))
        due = amount_due(detail.view) if detail.view else None
        rows.append(
            {"line": line, "detail": detail, "days": days, "amount": due, "held": held.get(line.code)}
        )
    return rows


router.include_router(dossier.router)
router.include_router(slip.router)
