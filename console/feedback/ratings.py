"""How people found the work: scores, answers and comments of offices, without anybody's name."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from console.feedback import petitions
from console.feedback.shared import download, names, numbered
from console.guard import need
from console.parts import Parts, parts_of
from console.screens import Screen
from console.shell import page
from core.feedback.figures import PAGE, SCORES, Figures
from core.feedback.petition_queue import Queue
from core.spreadsheet import table
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/gop-y")
screen = Screen("feedback", "Góp ý", "/gop-y", Right.SEE_FEEDBACK, router)
Reader = Annotated[Staff, need(Right.SEE_FEEDBACK)]
Period = Literal[30, 90, 365]
PERIODS = {30: "30 ngày", 90: "90 ngày", 365: "một năm"}
Office = Annotated[int | None, Query()]


@router.get("")
async def shown(
    request: Request,
    staff: Reader,
    ky: Annotated[int, Query()] = 30,
    noi: Office = None,
    trang: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Scores of each office, the answers to the questions, the newest comments."""
    parts, days = parts_of(request), ky if ky in PERIODS else 30
    offices = _mine(staff, noi)
    figures, since = Figures(parts.engine, parts.zone), _since(parts, days)
    scores = await figures.scores(offices, since)
    comments = await figures.comments(offices, since, noi, trang)
    chosen = {"ky": days, **({"noi": noi} if noi is not None else {})}
    newer, older = numbered(trang, len(comments) > PAGE, f"/gop-y?{urlencode(chosen)}&trang=")
    waiting = await Queue(parts.engine, parts.audit, parts.now).counts(staff.scope())
    told = {
        "scores": [one for one in scores if noi is None or one.office == noi],
        "answers": await figures.answers(offices, since, noi),
        "comments": comments[:PAGE],
        "names": await names(parts),
        "periods": PERIODS,
        "days": days,
        "noi": noi,
        "values": SCORES,
        "csv": f"/gop-y/danh-gia.csv?{urlencode({'ky': days})}",
        "waiting": waiting,
    }
    return page(request, "feedback/ratings.html", **told, newer=newer, older=older)


@router.get("/danh-gia.csv")
async def exported(request: Request, staff: Reader, ky: Annotated[int, Query()] = 30) -> Response:
    """The same figures as a table: one line for each office and score, each office's answers after them."""
    parts, days = parts_of(request), ky if ky in PERIODS else 30
    figures, since = Figures(parts.engine, parts.zone), _since(parts, days)
    called, rows = await names(parts), []
    for one in await figures.scores(staff.scope(), since):
        office = called.get(one.office, "Chưa rõ nơi")
        rows += [(office, "Điểm chung", f"{s}/5", one.counts.get(s, 0)) for s in SCORES]
        if one.office is None:
            continue
        for answer in await figures.answers(staff.scope(), since, one.office):
            rows += [
                (office, answer.question.title, words, answer.counts.get(value, 0))
                for value, words in answer.question.choices
            ]
    text = table(("Nơi làm việc", "Nội dung", "Trả lời", "Số lượt"), rows)
    return download(text, f"danh-gia-{days}-ngay.csv")


def _since(parts: Parts, days: int) -> dt.datetime:
    """The beginning of the first of the last ``days`` days in the province."""
    first = parts.profile.today(parts.now()) - dt.timedelta(days - 1)
    return dt.datetime.combine(first, dt.time(), parts.zone)


def _mine(staff: Staff, office: int | None) -> frozenset[int] | None:
    """The offices to look at; a foreign one that is chosen answers 404."""
    if office is not None and not staff.everywhere and office not in staff.offices:
        raise HTTPException(404)
    scope = staff.scope()
    return None if scope is None else frozenset(scope)


router.include_router(petitions.router)
