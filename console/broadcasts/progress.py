"""How far a notice is: numbers that renew themselves while it is sent, recipients, an export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from console.broadcasts import said
from console.broadcasts.shared import BADGES, BASE, Reader, broadcasts, found, number, router
from console.masking import masked
from console.parts import parts_of
from console.shell import page
from core.broadcasts.model import Broadcast, Progress, Reached, Report, State
from core.broadcasts.wording import PROGRESS, STATES
from core.spreadsheet import MARK, line

_PAGE = 50
_STEP = 10  # per cent between two times it is said aloud
_HEAD = ("STT", "Kênh", "Người nhận", "Tình trạng", "Lý do", "Mã lý do", "Lúc", "Gửi qua")


@router.get("/{ident:int}/tien-do")
async def going_on(request: Request, staff: Reader, ident: int) -> Response:
    """The numbers; asked again and again until the notice has ended."""
    broadcast = await found(request, staff, ident)
    report = await broadcasts(request).reports.report(ident)
    before = request.query_params.get("tu", "")
    aloud = number(request.query_params.get("da"))
    context = told(broadcast, report)
    changed = before != broadcast.state.value
    context |= {"aloud": changed or context["tenth"] != aloud, "polled": True}
    answer = page(
        request, "broadcasts/progress.html", broadcast=broadcast, states=STATES, badges=BADGES, **context
    )
    if changed:  # other deeds are possible now
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.get("/{ident:int}/nguoi-nhan")
async def recipients(request: Request, staff: Reader, ident: int) -> Response:
    """Recipients, masked, by how far their message is and by channel."""
    broadcast = await found(request, staff, ident)
    asked = request.query_params
    chosen = asked.get("tinh-trang", "")
    progress: Progress | None = next((p for p in get_args(Progress) if p == chosen), None)
    channel, number_of = asked.get("kenh", ""), max(number(asked.get("trang")), 1)
    reports = broadcasts(request).reports
    rows = await reports.page(ident, progress, channel, (number_of - 1) * _PAGE, _PAGE + 1)
    context = told(broadcast, await reports.report(ident))
    chosen_too = {"tinh-trang": progress or "", "kenh": channel}
    return page(
        request,
        "broadcasts/recipients.html",
        broadcast=broadcast,
        rows=[_row(row) for row in rows[:_PAGE]],
        progress=progress,
        channel=channel,
        progresses=PROGRESS,
        older=_address(ident, chosen_too, number_of + 1) if len(rows) > _PAGE else None,
        newer=_address(ident, chosen_too, number_of - 1) if number_of > 1 else None,
        first=(number_of - 1) * _PAGE + 1,
        **{k: v for k, v in context.items() if k != "channel"},
    )


@router.get("/{ident:int}/ket-qua.csv")
async def export(request: Request, staff: Reader, ident: int) -> Response:
    """Every recipient with what became of their message, for a spreadsheet."""
    await found(request, staff, ident)
    headers = {"Content-Disposition": f'attachment; filename="thong-bao-{ident}.csv"'}
    return StreamingResponse(_lines(request, ident), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(request: Request, ident: int) -> AsyncIterator[str]:
    zone = parts_of(request).zone
    yield MARK + line(_HEAD)
    place = 0
    async for one in broadcasts(request).reports.rows(ident):
        place += 1
        row = _row(one)
        at = f"{one.at.astimezone(zone):%d/%m/%Y %H:%M:%S}" if one.at else ""
        name, _, signs = row["address"].rpartition(" ")
        yield line((str(place), name, signs, row["said"], row["why"], one.reason or "", at, row["way"]))


def told(broadcast: Broadcast, report: Report | None) -> dict[str, Any]:
    """What a page says of the numbers; nothing before sending began."""
    if report is None or broadcast.began_at is None:
        return {"report": None, "tenth": 0, "failed_number": 0, "goes_on": False, "polled": False}
    ended = said.ended(report)
    share = 100 * ended // report.recipients if report.recipients else 0
    return {
        "report": report,
        "ended": ended,
        "tenth": share // _STEP * _STEP,
        "numbers": said.numbers(report),
        "by_channel": said.by_channel(report),
        "reasons": said.reasons(report),
        "left_out_then": said.left_out(broadcast.left_out),
        "failed_number": report.of("failed"),
        "goes_on": broadcast.state in (State.SENDING, State.PAUSED),
        "progress_names": PROGRESS,
        "polled": False,
        "aloud": False,
    }


def _row(row: Reached) -> dict[str, Any]:
    return {
        "address": masked(row.address),
        "progress": row.progress,
        "said": PROGRESS[row.progress],
        "why": said.why(row.progress, row.reason),
        "at": row.at,
        "way": said.way(row.way),
    }


def _address(ident: int, chosen: dict[str, str], page_number: int) -> str:
    asked = {**{key: value for key, value in chosen.items() if value}, "trang": str(page_number)}
    return f"{BASE}/{ident}/nguoi-nhan?{urlencode(asked)}"
