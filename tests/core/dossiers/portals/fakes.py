"""Portals with memory: they remember what they were asked and answer what they were told to."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
from pydantic import SecretStr

from core.dossiers import codes
from core.dossiers.codes import DossierCode
from core.dossiers.portals.connections import DvcqgConnection, IgateConnection, Limits
from core.dossiers.portals.dvcqg import Dvcqg
from core.dossiers.portals.http import Caller
from core.dossiers.portals.igate import Igate
from core.dossiers.portals.sessions import MemorySessions, SessionStore

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
CODE = "H15.50.05.13-261008-0975"
PASSWORD = "pa55-w0rd-of-the-portal"
PHONE, IDENTITY, NAME = "0905123456", "066204000123", "Nguyễn Thị Hoa"
USUAL = Limits()
SHORT = Limits(total=0.5)  # where a portal is slow

Answer = httpx.Response | Exception | Callable[[httpx.Request], Any]


def clock() -> dt.datetime:
    """The moment of all tests."""
    return NOW


def code(text: str = CODE) -> DossierCode:
    """A well-formed code."""
    (found,) = codes.find(text, NOW.date())
    assert isinstance(found, DossierCode)
    return found


class Wire(httpx.AsyncBaseTransport):
    """A transport that keeps requests. Each path answers from its queue; the last answer stays."""

    def __init__(self, **answers: Answer | list[Answer]) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = {key: list(a) if isinstance(a, list) else [a] for key, a in answers.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        queue = self.answers[self.kind(request)]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if callable(answer):
            answer = answer(request)
            if asyncio.iscoroutine(answer):
                answer = await answer
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, httpx.Response)
        # A response of its own for each request; the bodies here can be read again.
        return httpx.Response(answer.status_code, headers=answer.headers, stream=answer.stream)

    @staticmethod
    def kind(request: httpx.Request) -> str:
        """Which of the portal's addresses was asked, by its last words."""
        path = request.url.path
        if path.endswith(("/login", "/token")):
            return "sign_in"
        ends = {"/integration": "ask", "/search": "ask", "/dvc": "public", "--online": "detail"}
        return next((name for end, name in ends.items() if path.endswith(end)), "fees")

    def asked(self, kind: str) -> list[httpx.Request]:
        """The requests to one address."""
        return [r for r in self.requests if self.kind(r) == kind]


async def slow(_: httpx.Request) -> httpx.Response:
    """Never answers in time, whatever the client's own limits."""
    await asyncio.sleep(30)
    raise AssertionError("nobody waits that long")


class CutOff(httpx.AsyncByteStream):
    """A body whose connection ends in the middle."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"error_code":0,"result":[{"MaHoSo":"H15'
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def ok(body: Any) -> httpx.Response:
    """200 with JSON."""
    return httpx.Response(200, content=json.dumps(body, ensure_ascii=False).encode())


def raw(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """Any body."""
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


# --- DVCQG --------------------------------------------------------------------------------------------

SIGNED_IN = ok({"session": "session-1", "error_code": 0})
RECORD: dict[str, Any] = {
    "MaHoSo": CODE,
    "MaTTHC": "2.000635",
    "TenTTHC": "Cấp bản sao trích lục hộ tịch",
    "ChuHoSo": NAME,
    "LoaiDoiTuong": "1",
    "MaDoiTuong": "",
    "SoDienThoai": PHONE,
    "SoGiayToChuHoSo": IDENTITY,
    "NgayTiepNhan": "20261008083000",
    "NgayHenTra": "20261013170000",
    "TrangThaiHoSo": "4",
    "NgayTra": "",
    "ThongTinTra": "",
    "NgayKetThucXuLy": "",
    "DonViXuLy": "UBND phường Tuy Hoà",
    "GhiChu": "",
    "TaiLieuNop": [{"TepDinhKemId": "1", "TenTepDinhKem": "to_khai.pdf", "IsDeleted": "False"}],
    "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "1", "Gia": "8000"}],
    "DanhSachHoSoBoSung": [],
    "DanhSachGiayToKetQua": [],
}


def found(**changes: Any) -> httpx.Response:
    """The answer of TraCuuHoSo with a record changed here and there; None takes a field away as null."""
    return ok({"error_code": 0, "result": [{**RECORD, **changes}]})


def dvcqg(wire: Wire, sessions: SessionStore | None = None, limits: Limits = USUAL, **changes: Any) -> Dvcqg:
    """A driver on a wire."""
    connection = DvcqgConnection(
        id="phu-yen",
        driver="dvcqg",
        prefixes=("H45",),
        url="https://adapter.test",
        username="assistant",
        password=SecretStr(PASSWORD),
        dstcode="SIM",
        madonvi="000.00.00.H15",
        limits=limits,
        **changes,
    )
    client = httpx.AsyncClient(transport=wire, timeout=0.2)
    caller = Caller(connection.id, client, limits)
    return Dvcqg(connection, caller, sessions or MemorySessions(clock), clock)


# --- iGate --------------------------------------------------------------------------------------------

TOKEN = ok({"access_token": "token-1", "expires_in": 300, "token_type": "bearer"})
ROW: dict[str, Any] = {
    "id": "6346abcdef",
    "code": CODE,
    "procedure": {
        "code": "2.000635",
        "translate": {"languageId": 228, "name": "Cấp bản sao trích lục hộ tịch"},
    },
    "agency": {"id": "1", "code": "H15.50.05", "name": "UBND phường Tuy Hoà"},
    "applicant": {
        "data": {"fullname": "Trần Văn Nộp", "ownerFullname": NAME, "phoneNumber": "+84905123456"}
        | {"identityNumber": IDENTITY}
    },
    "dossierStatus": {"id": 2, "name": "Đang xử lý"},
    "dossierTaskStatus": {"id": "60e4", "name": "Mới đăng ký"},
    "acceptedDate": "2026-10-08T01:30:00.000+0000",
    "appointmentDate": "2026-10-13T17:00:00.000+0700",
    "completedDate": None,
    "currentTask": [{"id": "7", "assignee": {"fullname": "Lê Văn Cán"}, "candidateGroup": []}],
}
FEE: dict[str, Any] = {
    "id": "9",
    "procost": {"type": {"name": [{"languageId": 46, "name": "Fee"}, {"languageId": 228, "name": "Lệ phí"}]}},
    "amount": 8000,
    "quantity": 1,
    "paid": 0,
    "required": 1,
    "dossier": {"id": "6346abcdef"},
}


def page(*rows: Any, last: bool = True) -> httpx.Response:
    """A Spring slice."""
    return ok({"content": list(rows), "last": last, "number": 0, "size": 20, "empty": not rows})


def igate_wire(**answers: Answer | list[Answer]) -> Wire:
    """A wire where everything works but for what is given."""
    usual: dict[str, Any] = {"sign_in": TOKEN, "ask": page(ROW), "detail": ok(ROW), "fees": ok([FEE])}
    return Wire(**usual | answers)


def igate(
    wire: Wire,
    sessions: SessionStore | None = None,
    limits: Limits = USUAL,
    public: bool = False,
    **changes: Any,
) -> Igate:
    """A driver on a wire."""
    staff = {"sso": "https://sso.test", "client_id": "assistant", "client_secret": SecretStr(PASSWORD)}
    connection = IgateConnection(
        id="dak-lak",
        driver="igate",
        prefixes=("H15",),
        gateway="https://gw.test",
        limits=limits,
        **({} if public else staff) | changes,
    )
    client = httpx.AsyncClient(transport=wire, timeout=0.2)
    return Igate(connection, Caller(connection.id, client, limits), sessions or MemorySessions(clock), clock)
