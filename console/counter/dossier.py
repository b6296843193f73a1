"""One dossier: looked for by its code in any writing, shown as far as somebody may see it, reminded of."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from console.counter.shared import WORDS, code_of, counter, own, scope
from console.guard import need
from console.parts import Parts, parts_of
from console.shell import back, flash, page
from core.counter.details import amount_due
from core.counter.looking import Looked, Looking
from core.counter.remind import NOTHING
from core.dossiers import codes
from core.dossiers.codes import DossierCode, FaultyCode
from core.dossiers.lookup import Lookup
from core.dossiers.model import DossierView
from core.dossiers.shown import Shown
from core.dossiers.snapshots import Snapshots
from core.errors import StaffError
from core.reminders.wording import TITLES
from core.staff.rights import Right, Staff

router = APIRouter()
Clerk = Annotated[Staff, need(Right.SEE_COUNTER)]
Sender = Annotated[Staff, need(Right.SEND_REMINDER)]
_FAULTS = {
    "no_day": "Mã này thiếu phần ngày. Mã đúng có dạng H15.50.05.13-261008-0975.",
    "bad_day": "Ngày trong mã không có thật. Xin so lại với giấy hẹn.",
    "future": "Ngày trong mã còn ở phía trước. Xin so lại với giấy hẹn.",
}
_UNSEEN = "Chưa có tình trạng của hồ sơ này nên chưa nhắc được; xin tra hồ sơ trước."


@router.get("/ho-so")
async def search(request: Request, staff: Clerk, ma: str = "") -> Response:
    """Look for a code in what was typed or scanned."""
    found = codes.find(ma[:2000], parts_of(request).profile.today(parts_of(request).now()))
    whole = [code for code in found if isinstance(code, DossierCode)]
    if len(whole) == 1:
        return RedirectResponse(f"/quay/ho-so/{whole[0].text}", 303)
    faulty = next((code for code in found if isinstance(code, FaultyCode)), None)
    wrong = _FAULTS[faulty.fault] if faulty and not whole else ""
    return page(request, "counter/search.html", typed=ma, found=whole, wrong=wrong)


@router.get("/ho-so/{code}")
async def shown(request: Request, staff: Clerk, code: str) -> Response:
    """One dossier as the portal tells it now."""
    parts = parts_of(request)
    wanted = code_of(code, parts.profile.today(parts.now()))
    if parts.portals.serving(wanted) is None:
        return page(request, "counter/unserved.html", code=wanted)
    looked = await _looking(parts).find(staff, wanted)
    made = counter(parts)
    detail = (await made.details.of([wanted.text], parts.now()))[wanted.text] if looked.full else None
    possible = await made.reminding.possible(looked.view) if looked.full and looked.view else None
    told = {
        "looked": looked,
        "code": wanted,
        "detail": detail,
        "shown": _as_shown(parts, looked),
        "amount": amount_due(looked.view) if looked.view else None,
        "kind": TITLES[possible.kind] if possible and possible.kind else None,
        "before": made.reminding.said(possible.before) if possible and possible.before else None,
        "reminders": await made.details.reminders(wanted.text, parts.now()) if looked.full else [],
        "simulated": parts.settings.portals_file is None,
    }
    return page(request, "counter/dossier.html", **told, **WORDS, may_send=staff.may(Right.SEND_REMINDER))


@router.get("/ho-so/{code}/nhac")
async def reminders(request: Request, staff: Clerk, code: str) -> Response:
    """What came of the reminders so far; the dossier's page asks for it every few seconds."""
    parts = parts_of(request)
    wanted = await _own(parts, staff, code)
    found = await counter(parts).details.reminders(wanted.text, parts.now())
    return page(request, "counter/reminders.html", reminders=found, code=wanted, **WORDS)


@router.post("/ho-so/{code}/nhac")
async def remind(request: Request, staff: Sender, code: str) -> Response:
    """Send the reminder its state asks for to everybody who follows it."""
    parts = parts_of(request)
    wanted = await _own(parts, staff, code)
    try:
        number = await counter(parts).reminding.send(staff, await _view(parts, wanted))
    except StaffError as error:
        return _outcome(request, wanted, str(error), ok=False)
    said = f"Đã xếp gửi tới {number} nơi nhận; tin đi trong giờ và theo ý muốn của từng người."
    return _outcome(request, wanted, said, ok=True)


@router.post("/ho-so/{code}/goi")
async def phone(request: Request, staff: Sender, code: str) -> Response:
    """Put phoning the owner on the counter's list."""
    parts = parts_of(request)
    wanted = await _own(parts, staff, code)
    try:
        new = await counter(parts).reminding.phone(staff, await _view(parts, wanted))
    except StaffError as error:
        return _outcome(request, wanted, str(error), ok=False)
    said = (
        "Đã thêm vào Việc của quầy: gọi điện cho chủ hồ sơ."
        if new
        else "Việc gọi điện hôm nay đã có trong danh sách."
    )
    return _outcome(request, wanted, said, ok=True)


def _outcome(request: Request, code: DossierCode, said: str, *, ok: bool) -> Response:
    """What came of a deed: in its place on the list, or on the dossier's page."""
    if "hx-request" in request.headers:
        response: HTMLResponse = page(request, "counter/outcome.html", said=said, ok=ok, code=code)
        return response
    flash(request, said, "ok" if ok else "warning")
    return back(f"/quay/ho-so/{code.text}", request)


def _looking(parts: Parts) -> Looking:
    settings = parts.settings
    fresh = dt.timedelta(seconds=settings.portal_fresh)
    snapshots = Snapshots(parts.engine, parts.secret)
    return Looking(Lookup(parts.portals, snapshots, parts.now, settings.portal_wait, fresh), parts.offices)


async def _own(parts: Parts, staff: Staff, code: str) -> DossierCode:
    """A dossier of an office of theirs; any other answers 404."""
    wanted = code_of(code, parts.profile.today(parts.now()))
    if not own(await scope(parts, staff), wanted.text):
        raise HTTPException(404)
    return wanted


async def _view(parts: Parts, code: DossierCode) -> DossierView:
    """Its last known state: what the page showed. Raises StaffError when there is none."""
    kept = await Snapshots(parts.engine, parts.secret).get(code.text)
    if kept is None:
        raise StaffError(_UNSEEN)
    if kept.view is None:
        raise StaffError(NOTHING)
    return kept.view


def _as_shown(parts: Parts, looked: Looked) -> Shown | None:
    """For lateness and days, which the citizen's texts count in the same way."""
    if looked.view is None or looked.fetched_at is None:
        return None
    calendar = parts.profile.calendar()
    return Shown(looked.view, "proved", True, parts.now(), calendar, looked.fetched_at, looked.away)
