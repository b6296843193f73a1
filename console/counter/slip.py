"""The QR slip: a small page to print, which opens the dossier on the person's own telephone."""

from __future__ import annotations

from typing import Annotated, Literal

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from console.counter.shared import code_of
from console.guard import need
from console.parts import parts_of
from console.shell import page
from core.counter import slip
from core.counter.slip import Way
from core.staff.rights import Right, Staff

router = APIRouter()
_TITLES = {"zalo": "Zalo", "web": "Trang web", "telegram": "Telegram"}


@router.get("/phieu/{code}")
async def shown(
    request: Request,
    staff: Annotated[Staff, need(Right.SEE_COUNTER)],
    code: str,
    kho: Literal["a6", "a5"] = "a6",
) -> Response:
    """A slip to print."""
    parts, settings = parts_of(request), parts_of(request).settings
    wanted = code_of(code, parts.profile.today(parts.now()))
    ways = slip.ways(wanted, settings.public_url, settings.zalo_oa_id, settings.telegram_bot_name)
    pictures = [(way, _TITLES[way.channel], picture(way)) for way in ways]
    return page(
        request,
        "counter/slip.html",
        code=wanted,
        ways=pictures,
        direct=any(way.direct for way in ways),
        zalo=any(way.channel == "zalo" for way in ways),
        public_url=settings.public_url,
        size=kho,
    )


def picture(way: Way) -> Markup:
    """The code as a picture inside the page: it scales to any paper."""
    made = segno.make(way.url, error="m", micro=False)
    title = f"Mã QR mở {_TITLES[way.channel]}"
    svg = made.svg_inline(scale=4, border=2, omitsize=True, svgclass="qr", title=title)
    return Markup(svg)  # noqa: S704 - drawn by us from an address of the settings and a checked code
