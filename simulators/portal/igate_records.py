"""A dossier as VNPT iGate 2.0 writes it, with all the ways in which it writes one thing. Pure.

Real answers give a name as text or as a list of languages (228 Vietnamese, 46 English), ``translate`` as an
object or a list, ``dossierStatus`` as a number or an object, times in ``+0700`` or ``+0000``, and null for
what is missing. Which way is taken hangs on the dossier's code only. Numeric statuses other than 0 ("Mới đăng
ký") and 4 ("Đã trả kết quả") are this simulator's own: the full list is not public.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.dossiers.model import Status
from simulators.portal.chance import digest, share
from simulators.portal.dossiers import Dossier
from simulators.portal.lifecycle import Event
from simulators.portal.states import State

Json = dict[str, Any]
VIETNAMESE, ENGLISH = 228, 46
UNKNOWN_NUMBER = 16
NUMBERS: dict[Status, int] = {
    Status.NEW: 0,
    Status.SUPPLEMENT: 1,
    Status.PROCESSING: 2,
    Status.PAYMENT: 3,
    Status.RETURNED: 4,
    Status.DONE: 5,
    Status.RECEIVED: 8,
    Status.NOT_RECEIVED: 9,
    Status.WITHDRAWN: 10,
    Status.STOPPED: 11,
}


def number_of(state: State) -> int:
    """The numeric status."""
    return NUMBERS[state.status] if state.status else UNKNOWN_NUMBER


def public(state: State) -> Json:
    """The row of the public lookup: nothing that proves who the owner is."""
    row = staff(state)
    data = row["applicant"]["data"]
    shown = {key: data[key] for key in ("fullname", "ownerFullname")}
    return row | {"applicant": {"data": shown}, "accepter": None, "currentTask": []}


def staff(state: State) -> Json:
    """The row of the staff search."""
    d = state.dossier
    return {
        "id": d.ident,
        "code": d.code,
        "nationCode": f"{d.code}-QG" if _trait(d, 50, "nation") else None,
        "procedure": _procedure(d),
        "agency": {
            "id": _id(d.agency.code),
            "code": d.agency.code,
            "name": _name(d, "agency", d.agency.desk),
        },
        "applicant": {
            "eformId": _id("eform", d.kind.code),
            "userId": _id("user", d.code),
            "data": _person(d),
        },
        **_statuses(state),
        "applyMethod": {"id": 0, "name": "Trực tuyến"} if d.online else {"id": 1, "name": "Trực tiếp"},
        "accepter": _accepter(state),
        "appliedDate": _time(d, d.handed_in),
        "acceptedDate": _time(d, state.entered(Status.RECEIVED)),
        "appointmentDate": _time(d, state.due),
        "dueDate": _time(d, state.due) if _trait(d, 40, "due") else None,
        "completedDate": _time(d, state.entered(Status.DONE)),
        "currentTask": [_current(state)] if state.last.handler else [],
        "processingTime": d.kind.term,
        "processingTimeUnit": "d",
        "paymentRequestData": _payment(state),
    }


def detail(state: State) -> Json:
    """Everything about one dossier: the row, its history, its papers."""
    d = state.dossier
    last = len(state.events) - 1
    return staff(state) | {
        "task": [_task(d, event, n, n == last) for n, event in enumerate(state.events)],
        "dossierFormFile": [_paper(d, n, name) for n, name in enumerate(d.kind.papers)],
    }


def fees(state: State) -> list[Json]:
    """The rows of the fee answer, none when it is free; ``paid`` is the sum paid so far."""
    d = state.dossier
    if not d.kind.fee:
        return []
    kind = {"id": _id("fee type"), "type": 1, "name": _name(d, "fee", "Lệ phí", "Fee"), "quantityEditable": 0}
    description = [{"languageId": VIETNAMESE, "name": d.kind.record.short_name}]
    row = {
        "id": _id("fee", d.code),
        "procost": {"id": _id("cost", d.kind.code), "type": kind, "description": description},
        "amount": float(d.kind.fee),
        "quantity": 1,
        "paid": float(d.kind.fee) if state.paid else 0.0,
        "required": 1,
        "dossier": {"id": d.ident},
    }
    return [row]


def _statuses(state: State) -> Json:
    """Number or object; with a number ``dossierTaskStatus`` carries the name."""
    d, name = state.dossier, state.last.name
    task = {"id": _id("task", name), "name": _name(d, "task", name)}
    menu = {"id": _id("menu", name), "name": _name(d, "menu", name)}
    by_number = _trait(d, 40, "status number")
    status = number_of(state) if by_number else {"id": number_of(state), "name": _name(d, "status", name)}
    return {
        "dossierStatus": status,
        "dossierTaskStatus": task if by_number or _trait(d, 70, "task status") else None,
        "dossierMenuTaskRemind": menu if _trait(d, 70, "remind") else None,
    }


def _procedure(d: Dossier) -> Json:
    said = {"languageId": VIETNAMESE, "name": d.kind.name}
    return {
        "id": _id(d.kind.code),
        "code": d.kind.code,
        "translate": [said] if _trait(d, 50, "translate") else said,
        "sector": {"id": _id(d.kind.field_code), "code": d.kind.field_code.split("-")[-1]},
    }


def _person(d: Dossier) -> Json:
    owner = d.owner
    there = _trait(d, 60, "address")
    return {
        "fullname": owner.name,
        "ownerFullname": owner.title,
        "phoneNumber": f"+84{owner.phone[1:]}" if _trait(d, 50, "phone") else owner.phone,
        "email": owner.email or None,
        "identityNumber": owner.identity,
        "identityDate": _time(d, dt.datetime.combine(dt.date(2022, 3, 15), dt.time(), d.handed_in.tzinfo)),
        "birthday": _time(d, dt.datetime.combine(owner.birthday, dt.time(), d.handed_in.tzinfo)),
        "address": owner.address if there else None,
        "province": {"label": "Tỉnh Đắk Lắk", "value": _id("province")} if there else None,
        "village": {"label": owner.address.split(", ")[1], "value": _id(owner.address)} if there else None,
        "gender": 0 if owner.woman else 1,
        "noidungyeucaugiaiquyet": d.kind.record.short_name,
    }


def _accepter(state: State) -> Json | None:
    received = next((e for e in state.events if e.status is Status.RECEIVED and e.handler), None)
    return {"fullname": received.handler} if received else None


def _current(state: State) -> Json:
    return {
        "id": _id(state.dossier.code, state.last.at),
        "assignee": {"fullname": state.last.handler},
        "candidateGroup": [],
    }


def _task(d: Dossier, event: Event, number: int, current: bool) -> Json:
    """A step of the history, in the shape of iGate's task list."""
    return {
        "id": _id(d.code, event.at),
        "assignee": {"fullname": event.handler} if event.handler else None,
        "candidateGroup": [{"name": event.unit}],
        "isFirst": int(number == 0),
        "isLast": int(bool(event.status and event.status.ended)),
        "isCurrent": int(current),
        "dueDate": _time(d, event.due),
        "createdDate": _time(d, event.at),
        "updatedDate": _time(d, event.at),
        "bpmProcessDefinitionTask": {
            "id": _id(event.what),
            "name": {"id": _id(event.what), "name": event.what},
            "remind": {"id": _id("menu", event.name), "name": event.name},
        },
    }


def _paper(d: Dossier, number: int, name: str) -> Json:
    file = {"id": _id(d.code, "file", number), "filename": f"giay_to_{number + 1}.pdf", "size": 67_627}
    return {
        "id": _id(d.code, "paper", number),
        "formName": name,
        "procedureForm": {"id": _id(name), "name": name},
        "requirement": {"typeId": _id("copy"), "typeName": "Bản chụp", "quantity": 1},
        "file": [file] if d.online else [],
    }


def _payment(state: State) -> Json | None:
    if not any(e.status is Status.PAYMENT for e in state.events):
        return {"paidDate": None} if _trait(state.dossier, 50, "payment") else None
    asked = next(n for n, e in enumerate(state.events) if e.status is Status.PAYMENT)
    after = state.events[asked + 1].at if state.paid and asked + 1 < len(state.events) else None
    return {"paidDate": _time(state.dossier, after)}


def _name(d: Dossier, what: str, vietnamese: str, english: str = "") -> Any:
    """Text, or a list of languages in either order."""
    if _trait(d, 50, "name", what):
        return vietnamese
    both = [{"languageId": VIETNAMESE, "name": vietnamese}, {"languageId": ENGLISH, "name": english}]
    return both[::-1] if _trait(d, 30, "order", what) else both


def _time(d: Dossier, moment: dt.datetime | None) -> str | None:
    """Milliseconds and an offset without a colon, in Vietnam time or in UTC."""
    if moment is None:
        return None
    local = moment.astimezone(dt.UTC) if _trait(d, 50, "utc") else moment
    return f"{local:%Y-%m-%dT%H:%M:%S.000%z}"


def _trait(d: Dossier, percent: float, *what: object) -> bool:
    return share(percent, d.code, *what)


def _id(*parts: object) -> str:
    return digest(*parts)[:24]
