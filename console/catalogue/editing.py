"""Editing a procedure, looking at the draft, trying it, publishing it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from console.catalogue import form
from console.catalogue.desk import Desk, Standing, desk_of, standing_of
from console.catalogue.routes import Editing
from console.shell import back, flash, page
from core.errors import StaffError
from core.procedures.catalogue import Catalogue
from core.procedures.editing.differences import changes, needs_source
from core.procedures.editing.editor import Conflict, Invalid, Wanted
from core.procedures.editing.fields import CONFIDENCE, LABELS, MODES, PARTS, UNITS, label
from core.procedures.editing.problems import check, codes_of
from core.procedures.editing.version import dumped
from core.procedures.wording import TITLES

router = APIRouter(prefix="/thu-tuc")
RESERVED = frozenset({"moi", "bao-sai"})  # pages of their own, so no id of a procedure


@router.get("/moi")
async def new_page(request: Request, staff: Editing) -> Response:
    """The beginning of a new procedure."""
    return page(request, "catalogue/new.html", errors={}, name="", code="")


@router.post("/moi")
async def new(
    request: Request,
    staff: Editing,
    name: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """Begin a draft of a new procedure."""
    desk = await desk_of(request)
    name, code = name.strip(), code.strip()
    errors = _new_errors(desk.catalogue, name, code)
    if errors:
        return page(request, "catalogue/new.html", 422, errors=errors, name=name, code=code)
    ident = await _free_id(desk, name)
    begun = {"name": name, "channels": [{"mode": "in_person", "fee": {}, "time_limit": {}}], "sources": [{}]}
    record = {**begun, "checked": desk.today.isoformat(), "confidence": "partial"} | (
        {"code": code} if code else {}
    )
    await desk.editor.save(staff, ident, record, 0)
    return back(f"/thu-tuc/{ident}/sua", request)


def _new_errors(catalogue: Catalogue, name: str, code: str) -> dict[str, str]:
    errors = {} if name else {"name": "Chưa nhập."}
    other = codes_of(catalogue).get(code)
    return errors | ({"code": f"Mã này là của thủ tục “{catalogue[other].short_name}”."} if other else {})


async def _free_id(desk: Desk, name: str) -> str:
    """An id that no procedure has or had."""
    taken = set(RESERVED)
    while True:
        ident = form.free_id(name, taken)
        try:
            await standing_of(desk, ident)
        except HTTPException:
            return ident
        taken.add(ident)


@router.get("/{ident}/sua")
async def edit_page(request: Request, staff: Editing, ident: str) -> Response:
    """The edit form, over the draft or what is in force."""
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    draft = standing.draft
    record = draft.record if draft else standing.record
    return _form(
        request, desk, standing, dict(record), draft.revision if draft else 0, told=draft is not None
    )


@router.post("/{ident}/sua")
async def edit(request: Request, staff: Editing, ident: str) -> Response:
    """Save the draft, or add, remove or move a row of the form."""
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    sent = await request.form()
    texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    record = {**form.parse(texts), "id": ident}
    seen, deed = _number(sent.get("seen")), str(sent.get("deed") or "save")
    if deed not in ("save", "preview"):
        return _form(request, desk, standing, form.changed(record, deed), seen, deed=deed)
    kept = form.tidied(record)
    try:
        draft = await desk.editor.save(staff, ident, kept, seen)
    except Conflict as conflict:
        return _form(request, desk, standing, kept, 0, conflict=conflict)
    if deed == "preview":
        return back(f"/thu-tuc/{ident}/nhap?da_luu=1", request)
    wrong = check(draft.record, _codes(desk, ident))[1]
    said = f"Đã lưu nháp, còn {len(wrong)} chỗ cần sửa trước khi công bố." if wrong else "Đã lưu nháp."
    flash(request, said, "warning" if wrong else "ok")
    return back(f"/thu-tuc/{ident}/sua?da_luu=1", request)


def _form(
    request: Request,
    desk: Desk,
    standing: Standing,
    record: dict[str, Any],
    seen: int,
    *,
    told: bool = False,
    deed: str = "",
    conflict: Conflict | None = None,
) -> HTMLResponse:
    """The form over a record.

    Args:
        seen: the draft's revision it stands for.
        told: whether what is wrong is said: not while rows are added.
        conflict: somebody else saved meanwhile; the form then stands for their revision, and shows what differs.
    """
    found = conflict.found if conflict else None
    other = found.record if found else standing.record
    values: dict[str, Any] = {
        "standing": standing,
        "value": form.shown(record),
        "errors": check({**record, "id": standing.ident}, _codes(desk, standing.ident))[1] if told else {},
        "seen": found.revision if found else seen,
        "conflict": conflict,
        "found": found,
        "others": changes(other, record) if conflict else [],
        "fields": sorted({p.field for p in desk.catalogue.values()}),
        "fresh": request.method == "GET",  # otherwise it holds what is not saved
        "added": deed.removeprefix("add:") if deed.startswith("add:") else "",
        "modes": MODES,
        "units": UNITS,
        "confidence": CONFIDENCE,
        "titles": TITLES,
        "labels": LABELS,
        "parts": PARTS,
        "label": label,
    }
    return page(request, "catalogue/form.html", 409 if conflict else 200, **values)


@router.post("/{ident}/bo-nhap")
async def discard(request: Request, staff: Editing, ident: str, seen: Annotated[int, Form()] = 0) -> Response:
    """Throw the draft away."""
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    await desk.editor.discard(staff, ident, seen)
    flash(request, "Đã bỏ bản nháp.")
    return back(f"/thu-tuc/{ident}" if standing.history or standing.file else "/thu-tuc", request)


@router.get("/{ident}/nhap")
async def draft_page(request: Request, staff: Editing, ident: str, hoi: str = "") -> Response:
    """The draft as citizens would see it, what it changes, a place to try it, and the form to publish it."""
    return await _draft(request, ident, hoi=hoi)


async def _draft(
    request: Request,
    ident: str,
    error: StaffError | None = None,
    typed: dict[str, str] | None = None,
    hoi: str = "",
) -> HTMLResponse:
    desk = await desk_of(request)
    standing = await standing_of(desk, ident)
    draft = standing.draft
    if draft is None:
        raise StaffError("Không còn bản nháp: đã được công bố hoặc đã bỏ. Mở lại thủ tục để xem.")
    made, wrong = check(draft.record, _codes(desk, ident))
    after = dumped(made) if made else draft.record
    tried = await desk.trying.ask(desk.catalogue, made, hoi) if made and hoi.strip() else None
    values: dict[str, Any] = {
        "standing": standing,
        "draft": draft,
        "wrong": {label(place): said for place, said in wrong.items()},
        "aspects": desk.aspects(made) if made else [],
        "changes": changes(standing.record, after) if standing.record else [],
        "sourced": bool(standing.record) and needs_source(standing.record, after),
        "passed": [v for v in standing.history if v.number > draft.parent],
        "errors": {error.field or "note": str(error)} if error else {},
        "typed": typed or _usual(standing),
        "hoi": hoi,
        "tried": tried,
        "bubbles": desk.bubbles(tried.messages) if tried else [],
    }
    return page(request, "catalogue/draft.html", 422 if error else 200, **values)


def _usual(standing: Standing) -> dict[str, str]:
    """A version that ends some day is followed by one that ends then too, unless the editor says otherwise."""
    until = standing.now.valid_until if standing.now else None
    return {"valid_until": until.isoformat() if until else ""}


@router.post("/{ident}/cong-bo")
async def publish(
    request: Request,
    staff: Editing,
    ident: str,
    seen: Annotated[int, Form()] = 0,
    newest: Annotated[int, Form()] = 0,
    note: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    valid_from: Annotated[str, Form()] = "",
    valid_until: Annotated[str, Form()] = "",
) -> Response:
    """Put the draft into force."""
    desk = await desk_of(request)
    typed = {"note": note, "source": source, "valid_from": valid_from, "valid_until": valid_until}
    try:
        begins, ends = _date(valid_from, "valid_from"), _date(valid_until, "valid_until")
        number = await desk.editor.publish(staff, ident, Wanted(seen, newest, note, source, begins, ends))
    except (Conflict, Invalid) as error:
        flash(request, str(error), "error")
        return await _draft(request, ident, error, typed)
    except StaffError as error:
        return await _draft(request, ident, error, typed)
    flash(request, f"Đã công bố phiên bản {number}. Trợ lý trả lời theo bản này trong vòng nửa phút.")
    return back(f"/thu-tuc/{ident}", request)


def _date(typed: str, field: str) -> dt.date | None:
    """A day as the form sends it. Raises StaffError naming the field."""
    try:
        return dt.date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise StaffError("Ngày chưa đúng.", field) from None


def _codes(desk: Desk, ident: str) -> dict[str, str]:
    return codes_of({i: p for i, p in desk.catalogue.items() if i != ident})


def _number(value: object) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else 0
