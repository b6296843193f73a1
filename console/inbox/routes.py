"""The queue and one conversation, with everything that is done with it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import Response

from console.guard import need
from console.inbox import desk, view
from console.parts import Parts, parts_of
from console.shell import back, flash, page
from core.conversations.talks.lists import LISTS, PAGE, Which
from core.conversations.talks.model import Talk
from core.errors import StaffError
from core.staff.rights import Right, Staff

router = APIRouter(prefix="/hoi-dap")
Reader = Annotated[Staff, need(Right.SEE_INBOX)]
Clerk = Annotated[Staff, need(Right.ANSWER_INBOX)]
Text = Annotated[str, Form()]
_TITLES = {"waiting": "Đang chờ", "mine": "Của tôi", "all": "Đang mở", "closed": "Đã kết thúc"}


@router.get("")
async def queue(
    request: Request, staff: Reader, muc: Which = "waiting", truoc: int | None = None
) -> Response:
    """One of the lists."""
    return page(request, "inbox/list.html", **await _list(parts_of(request), staff, muc, truoc))


@router.get("/phan/danh-sach")
async def list_part(request: Request, staff: Reader, v: str = "", muc: Which = "waiting") -> Response:
    """The list, when something in it is not as ``v`` says it was shown; else nothing (204)."""
    parts = parts_of(request)
    if v and v == await desk.lists(parts).stamp(parts.now()):
        return Response(status_code=204)
    return page(request, "inbox/rows.html", **await _list(parts, staff, muc, None))


async def _list(parts: Parts, staff: Staff, which: Which, before: int | None) -> dict[str, Any]:
    lists = desk.lists(parts)
    stamp = await lists.stamp(
        parts.now()
    )  # before the rows: what comes between is shown twice rather than never
    talks = await lists.page(staff, which, before)
    offices = {office.id: office.name for office in await parts.offices.all(also_closed=True)}
    catalogue = parts.catalogue()
    procedures = {
        t.procedure: p.short_name for t in talks if t.procedure and (p := catalogue.get(t.procedure))
    }
    return {
        "which": which,
        "titles": {one: _TITLES[one] for one in LISTS},
        "counts": await lists.counts(staff),
        "talks": talks,
        "older": talks[-1].id if which == "closed" and len(talks) == PAGE else None,
        "stamp": stamp,
        "offices": offices,
        "procedures": procedures,
        "channels": view.CHANNELS,
        "said": await lists.last_lines([t.id for t in talks]),
        "names": await lists.names(t.claimed_by or t.closed_by for t in talks),
    }


@router.get("/{number}")
async def shown(
    request: Request,
    staff: Reader,
    number: int,
    mau: Annotated[int, Query()] = 0,
    dua: Annotated[int, Query()] = 0,
) -> Response:
    """One conversation.

    Args:
        mau: a kept reply to be put into the answer.
        dua: the line of a suggestion to be put there.
    """
    parts = parts_of(request)
    told = await view.whole(parts, staff, await _talk(parts, staff, number))
    kept = [text for ident, _, text in told["canned"] if ident == mau]
    suggested = [s.suggestion.text for s in told["shown"] if s.suggestion and s.suggestion.id == dua]
    return page(request, "inbox/talk.html", **{**told, "text": "".join((kept + suggested)[:1])})


@router.get("/{number}/phan")
async def talk_part(
    request: Request, staff: Reader, number: int, v: int = 0, dau: str = "", cuoi: int = 0
) -> Response:
    """The lines, when the conversation is not as ``v`` says; the whole page anew when other deeds are offered.

    Args:
        dau: what was offered, see ``view.mark``.
        cuoi: the citizen's last line that was shown.
    """
    parts = parts_of(request)
    version = await desk.lists(parts).version(staff, number)
    if version == v:
        return Response(status_code=204)
    talk = await desk.lists(parts).get(staff, number)
    if talk is None:  # passed on to an office that is not theirs
        return Response(status_code=204, headers={"HX-Redirect": "/hoi-dap"})
    if dau != view.mark(talk):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    told = await view.stream(parts, staff, talk)
    return page(request, "inbox/part.html", **told, fresh=told["last"] > cuoi)


@router.post("/{number}/nhan")
async def claim(request: Request, staff: Clerk, number: int) -> Response:
    """Take it up."""
    parts = parts_of(request)
    await _talk(parts, staff, number)
    return await _done(request, number, desk.deeds(parts).claim(staff, number))


@router.post("/{number}/tra-lai")
async def release(request: Request, staff: Clerk, number: int) -> Response:
    """Give it back to the queue."""
    parts = parts_of(request)
    await _talk(parts, staff, number)
    return await _done(request, number, desk.deeds(parts).release(staff, number), "Đã trả lại hàng chờ.")


@router.post("/{number}/tra-loi")
async def reply(request: Request, staff: Clerk, number: int, text: Text = "", key: Text = "") -> Response:
    """Answer the citizen."""
    parts = parts_of(request)
    talk = await _talk(parts, staff, number)
    try:
        await desk.deeds(parts).reply(staff, number, text, _key(key))
    except StaffError as error:
        return await _again(request, staff, talk, text, error)
    return back(f"/hoi-dap/{number}#tra-loi", request)


@router.post("/{number}/ghi-chu")
async def note(request: Request, staff: Clerk, number: int, note: Text = "", key: Text = "") -> Response:
    """Write something for colleagues."""
    parts = parts_of(request)
    talk = await _talk(parts, staff, number)
    try:
        await desk.deeds(parts).note(staff, number, note, _key(key))
    except StaffError as error:
        return await _again(request, staff, talk, "", StaffError(str(error), "note"), note=note)
    return back(f"/hoi-dap/{number}", request)


@router.post("/{number}/chuyen-noi")
async def to_office(
    request: Request, staff: Clerk, number: int, office: Annotated[int, Form()] = 0, why: Text = ""
) -> Response:
    """Pass it on to another office."""
    parts = parts_of(request)
    talk = await _talk(parts, staff, number)
    try:
        await desk.deeds(parts).to_office(staff, number, office, why)
    except StaffError as error:
        return await _again(request, staff, talk, "", error)
    flash(request, "Đã chuyển cuộc trò chuyện.")
    return back(f"/hoi-dap/{number}" if staff.works_for(office) else "/hoi-dap", request)


@router.post("/{number}/chuyen-nguoi")
async def to_colleague(
    request: Request, staff: Clerk, number: int, colleague: Annotated[int, Form()] = 0, why: Text = ""
) -> Response:
    """Give it to a colleague."""
    parts = parts_of(request)
    talk = await _talk(parts, staff, number)
    try:
        if colleague not in [ident for ident, _ in await desk.lists(parts).colleagues(staff, talk.office)]:
            raise StaffError("Xin chọn một người trong danh sách.", "colleague")
        await desk.deeds(parts).to_colleague(staff, number, colleague, why)
    except StaffError as error:
        return await _again(request, staff, talk, "", error)
    flash(request, "Đã chuyển cuộc trò chuyện.")
    return back(f"/hoi-dap/{number}", request)


@router.post("/{number}/ket-thuc")
async def close(
    request: Request, staff: Clerk, number: int, last: Text = "", key: Text = "", cho_may: Text = ""
) -> Response:
    """Close it, or hand it back to the assistant (``cho_may``), with a last sentence."""
    parts = parts_of(request)
    talk = await _talk(parts, staff, number)
    deeds = desk.deeds(parts)
    try:
        await (deeds.hand_back if cho_may else deeds.close)(staff, number, last, _key(key))
    except StaffError as error:
        return await _again(request, staff, talk, "", StaffError(str(error), "last"), last_text=last)
    flash(request, "Đã giao lại cho trợ lý tự động." if cho_may else "Đã kết thúc cuộc trò chuyện.")
    return back("/hoi-dap?muc=mine", request)


async def _talk(parts: Parts, staff: Staff, number: int) -> Talk:
    """The conversation; 404 when there is none or it is another office's."""
    talk = await desk.lists(parts).get(staff, number)
    if talk is None:
        raise HTTPException(404)
    return talk


async def _done(request: Request, number: int, deed: Awaitable[None], said: str = "") -> Response:
    try:
        await deed
    except StaffError as error:
        flash(request, str(error), "error")
    else:
        if said:
            flash(request, said)
    return back(f"/hoi-dap/{number}", request)


async def _again(
    request: Request, staff: Staff, talk: Talk, text: str, error: StaffError, **more: Any
) -> Response:
    """The page with what was typed and what is wrong with it."""
    parts = parts_of(request)
    now = await desk.lists(parts).get(staff, talk.id) or talk
    if not error.field:
        flash(request, str(error), "error")
    told = await view.whole(parts, staff, now, text, errors={error.field: str(error)}, **more)
    return page(request, "inbox/talk.html", 422, **told)


def _key(key: str) -> str:
    """The name of a form; one that lost it is its own."""
    return key[:64] if key.isalnum() or "-" in key else secrets.token_hex(12)
