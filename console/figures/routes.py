"""The page of figures, and its tables as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from console.figures import asked as asking
from console.figures.asked import Asked, Wish
from console.guard import need
from console.parts import Parts, parts_of
from console.screens import Screen
from console.shell import page
from core.figures import export, par, whole
from core.figures.numbers import Numbers
from core.figures.read import Reader
from core.figures.report import Report
from core.figures.sheet import NOTHING, Value, show
from core.figures.wording import CHANNELS, NO_OFFICE
from core.staff.offices import Office
from core.staff.rights import Right, Staff

router = APIRouter()
screen = Screen("figures", "Số liệu", "/so-lieu", Right.SEE_FIGURES, router)
Viewer = Annotated[Staff, need(Right.SEE_FIGURES)]
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for, and its figures."""

    asked: Asked
    offices: list[Office]
    numbers: Numbers
    report: Report


def _wish(
    ky: str = "30", thang: str = "", tu: str = "", den: str = "", noi: str = "", kenh: str = ""
) -> Wish:
    return Wish(ky, thang, tu, den, noi, kenh)


Wished = Annotated[Wish, Depends(_wish)]


@router.get("/so-lieu")
async def shown(request: Request, staff: Viewer, wish: Wished) -> HTMLResponse:
    """Figures at a glance, charts and tables."""
    parts = parts_of(request)
    found = await _found(parts, staff, wish)
    scope = staff.scope()
    seen = [o for o in found.offices if scope is None or o.id in scope]
    return page(
        request,
        "figures/page.html",
        wish=found.asked.wish,
        asked=found.asked,
        report=found.report,
        query=wish.query(),
        periods=asking.PERIODS,
        offices=seen,
        everywhere=scope is None,
        none=NO_OFFICE,
        channels=CHANNELS,
        counted_at=await Reader(parts.engine).counted_at(),
        this_month=f"{parts.profile.today(parts.now()):%Y-%m}",
        show=show,
        raw=_raw,
        nothing=NOTHING,
    )


@router.get("/so-lieu/par-index-766.xlsx")
async def indicators(request: Request, staff: Viewer, wish: Wished) -> Response:
    """The indicators of PAR INDEX and QĐ 766, and every table behind them."""
    parts = parts_of(request)
    found = await _found(parts, staff, wish)
    today = parts.profile.today(parts.now())
    held = parts.catalogue()
    counted = par.indicators(found.numbers, list(held.values()), parts.profile.figures, today)
    book = whole.book(parts.profile.province, found.numbers, found.report, counted)
    return _file(export.to_workbook(book.tables, found.asked.said), "par-index-766", "xlsx")


@router.get("/so-lieu/bang/{name}.{kind}")
async def table(
    request: Request, staff: Viewer, wish: Wished, name: str, kind: Literal["csv", "xlsx"]
) -> Response:
    """One table as a file."""
    found = await _found(parts_of(request), staff, wish)
    wanted = found.report.table(name)
    if wanted is None:
        raise HTTPException(404)
    data = export.to_csv(wanted) if kind == "csv" else export.to_workbook([wanted], found.asked.said)
    return _file(data, name, kind)


async def _found(parts: Parts, staff: Staff, wish: Wish) -> Found:
    """The figures somebody asks for and may see; 404 for another's office."""
    offices = await parts.offices.all(also_closed=True)
    asked = asking.read(wish, parts.profile.today(parts.now()), staff.scope(), offices)
    if asked is None:
        raise HTTPException(404)
    numbers, report = await whole.read(
        parts.engine, asked.period, asked.whose, offices, parts.catalogue(), parts.profile.figures
    )
    return Found(asked, offices, numbers, report)


def _file(data: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return Response(data, media_type=_TYPES[kind], headers=headers)


def _raw(value: Value) -> str:
    """A number as a chart reads it."""
    return str(value) if isinstance(value, int | float) else ""
