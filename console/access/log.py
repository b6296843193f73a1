"""The audit log, to be read only."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from console.guard import need
from console.parts import parts_of
from console.screens import Screen
from console.shell import page
from core.staff.rights import Right, Staff
from core.staff.told import DEEDS, deed, detail, group

router = APIRouter(prefix="/nhat-ky")
screen = Screen("log", "Nhật ký", "/nhat-ky", Right.SEE_AUDIT, router)
Reader = Annotated[Staff, need(Right.SEE_AUDIT)]
_PAGE = 50


@router.get("")
async def listed(
    request: Request,
    staff: Reader,
    truoc: Annotated[int | None, Query(ge=1)] = None,
    viec: str = "",
    ai: str = "",
    muc: str = "",
) -> Response:
    """What was done, the newest first."""
    found = await parts_of(request).audit.page(truoc, viec, ai.strip(), muc.strip(), _PAGE + 1)
    rows, more = found[:_PAGE], len(found) > _PAGE
    chosen = {"viec": viec, "ai": ai, "muc": muc}
    older = "/nhat-ky?" + urlencode({**chosen, "truoc": rows[-1].id}) if more else None
    newest = "/nhat-ky?" + urlencode(chosen) if truoc else None
    groups = sorted({name.partition(".")[0] for name in DEEDS})
    told = {
        "rows": rows,
        "older": older,
        "newest": newest,
        "groups": groups,
        "deed": deed,
        "group": group,
        "detail": detail,
    }
    return page(request, "access/log.html", **told, **chosen)


@router.get("/kiem-tra")
async def checked(request: Request, staff: Reader) -> Response:
    """Whether every row still follows from the one before it."""
    return page(request, "access/chain.html", broken=await parts_of(request).audit.broken())
