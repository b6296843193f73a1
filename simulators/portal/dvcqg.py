"""The DVCQG exchange as OpenCPS speaks it: one address to sign in, one for all services.

Faults come at HTTP 200 with an ``error_code`` that is not 0. The numbers are this simulator's own: the exchange
publishes none. An unknown dossier is no fault: ``"error_code": 0, "result": []``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.dossiers.model import Status, status_named
from simulators.portal import dvcqg_records as records
from simulators.portal import texts
from simulators.portal.answering import Answer, respond
from simulators.portal.chance import digest
from simulators.portal.failures import Call
from simulators.portal.lifecycle import Event
from simulators.portal.register import Agency, Kind
from simulators.portal.states import Change
from simulators.portal.world import World

SESSION_EXPIRED = -1, "Session hết hạn"
BAD_LOGIN = -2, "Sai tên đăng nhập hoặc mật khẩu"
BAD_DSTCODE = -3, "Sai mã đơn vị đích (dstcode)"
UNKNOWN_SERVICE = -4, "Dịch vụ không tồn tại"
BAD_REQUEST = -5, "Thiếu hoặc sai tham số"
UNKNOWN_DOSSIER = -6, "Không tìm thấy hồ sơ"

Body = dict[str, Any]


class Refused(Exception):
    """An answer with an ``error_code``."""


def routes(world: World) -> list[Route]:
    """``/dvcqg/login`` and ``/dvcqg/integration``."""

    async def login(request: Request) -> Response:
        body = await _body(request)
        call = Call("dvcqg", "login", login=True)
        return await respond(world, request, call, lambda _: _guarded(lambda: _login(world, request, body)))

    async def integration(request: Request) -> Response:
        body = await _body(request)
        service = str(body.get("service", ""))
        call = Call("dvcqg", service if service in SERVICES else "unknown", str(body.get("mahoso", "")))

        def answer(code: str) -> Answer:
            asked = {**body, "mahoso": code}
            return _guarded(lambda: _serve(world, request, service, asked))

        return await respond(world, request, call, answer)

    return [
        Route("/dvcqg/login", login, methods=["POST"]),
        Route("/dvcqg/integration", integration, methods=["POST"]),
    ]


def _guarded(produce: Callable[[], Body]) -> Answer:
    try:
        return Answer(produce())
    except Refused as refused:
        code, message = refused.args
        return Answer({"error_code": code, "message": message})


async def _body(request: Request) -> Body:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _login(world: World, request: Request, body: Body) -> Body:
    _check_destination(world, request)
    if (body.get("username"), body.get("password")) != (world.username, world.password):
        raise Refused(*BAD_LOGIN)
    return {"session": world.open_session(), "error_code": 0}


def _serve(world: World, request: Request, service: str, body: Body) -> Body:
    _check_destination(world, request)
    if not world.signed_in(world.sessions, str(body.get("session", ""))):
        raise Refused(*SESSION_EXPIRED)
    if service not in SERVICES:
        raise Refused(*UNKNOWN_SERVICE)
    if not body.get("madonvi"):
        raise Refused(*BAD_REQUEST)
    return {"error_code": 0, **SERVICES[service](world, body)}


def _check_destination(world: World, request: Request) -> None:
    if request.headers.get("dstcode") != world.dstcode:
        raise Refused(*BAD_DSTCODE)


def _look_up(world: World, body: Body) -> Body:
    if not body["mahoso"].strip():
        raise Refused(*BAD_REQUEST)
    return {"result": _found(world, body["mahoso"])}


def _found(world: World, code: str) -> list[Body]:
    """The dossier of our own making, with what was sent about it; or only what was sent."""
    dossier = world.find(code)
    sent = world.synced.get(code.strip().upper())
    own = records.dossier(world.state(dossier)) if dossier else None
    return [(own or {}) | (sent or {})] if own or sent else []


def _procedure(world: World, body: Body) -> Body:
    kind = world.register.kind(str(body.get("maTTHC", "")))
    return {"result": [records.procedure(kind, _handlers(world, kind))] if kind else []}


def _handlers(world: World, kind: Kind) -> list[Agency]:
    return [world.register.department(kind)] if kind.provincial else list(world.register.communes)


def _procedures(world: World, _: Body) -> Body:
    return {"result": [{"MATTHC": k.code, "TENTTHC": k.name} for k in world.register.kinds]}


def _fields(world: World, _: Body) -> Body:
    fields = {k.field_code: k.field for k in world.register.kinds}
    return {"result": [{"MALINHVUC": code, "TENLINHVUC": name} for code, name in fields.items()]}


def _agencies(world: World, _: Body) -> Body:
    return {"result": [{"MADONVI": a.code, "TENDONVI": a.name} for a in world.register.agencies()]}


def _take_dossiers(world: World, body: Body) -> Body:
    for record in _data(body):
        code = str(record["MaHoSo"]).strip().upper()
        updating = body.get("isUpdating") == "True"
        world.synced[code] = (world.synced.get(code, {}) if updating else {}) | record
    return {"result": [], "message": "Thành công"}


def _take_progress(world: World, body: Body) -> Body:
    for step in _data(body):
        code = str(step["MaHoSo"]).strip().upper()
        dossier, sent = world.find(code), world.synced.get(code)
        if not dossier and sent is None:
            raise Refused(*UNKNOWN_DOSSIER)
        if dossier:
            before = world.state(dossier)
            at = _moment(world, str(step.get("ThoiDiemXuLy", "")))
            world.record(dossier, Change(at, _event(step, at, before.due)))
        if sent is not None:
            sent |= {"TrangThaiHoSo": str(step["TrangThai"]), "DonViXuLy": str(step.get("PhongBanXuLy", ""))}
    return {"result": [], "message": "Thành công"}


def _data(body: Body) -> list[Body]:
    """The records of a message; each names its dossier, progress also its status."""
    data = body.get("data")
    needed = "MaHoSo" if body.get("service") == "DongBoHoSoMC" else "TrangThai"
    if not isinstance(data, list) or not all(isinstance(r, dict) and r.get("MaHoSo") for r in data):
        raise Refused(*BAD_REQUEST)
    if not all(r.get(needed) for r in data):
        raise Refused(*BAD_REQUEST)
    return data


def _event(step: Body, at: dt.datetime, due: dt.datetime | None) -> Event:
    said = str(step["TrangThai"])
    number = int(said) if said.isdecimal() else 0
    status = Status(number) if number in set(Status) else status_named(said)
    what, unit = str(step.get("NoiDungXuLy") or texts.MADE), str(step.get("PhongBanXuLy", ""))
    who, position = str(step.get("NguoiXuLy", "")), str(step.get("ChucDanh", ""))
    return Event(at, status, status.title if status else said, what, unit, who, position, due)


def _moment(world: World, text: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=world.calendar.zone)
    except ValueError:
        raise Refused(*BAD_REQUEST) from None


def _technical_id(_: World, body: Body) -> Body:
    number = str(body.get("mstorcmnd", ""))
    if body.get("provider") != "wso2is" or not number:
        raise Refused(*BAD_REQUEST)
    return {"result": [{"TechID": digest("technical id", number)[:32]}]}


SERVICES: dict[str, Callable[[World, Body], Body]] = {
    "TraCuuHoSo": _look_up,
    "LayThuTuc": _procedure,
    "LayDanhSachTTHC": _procedures,
    "LayDanhMucLinhVuc": _fields,
    "LayDanhMucCoQuan": _agencies,
    "DongBoHoSoMC": _take_dossiers,
    "CapNhatTienDoHoSoMC": _take_progress,
    "TraCuuTechID": _technical_id,
}
