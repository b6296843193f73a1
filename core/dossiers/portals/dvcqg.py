"""The DVCQG (NGSP) exchange as OpenCPS speaks it: a session, then one address for every service.

Dates are ``yyyyMMddHHmmss`` in Vietnam time. ``TraCuuHoSo`` tells the state of a dossier and
``LayThuTuc`` the record of a procedure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier, DossierView, Fee, Owner, Status, Step, Supplement, masked_name
from core.dossiers.portals import reading
from core.dossiers.portals.connections import DvcqgConnection
from core.dossiers.portals.http import Caller, Rejected, Unauthorised
from core.dossiers.portals.reading import Times, file_name, free, text
from core.dossiers.portals.sessions import Session, SessionStore
from core.errors import PortalRefused

_NUMBERS = {str(int(status)): status for status in Status}
_ERROR_CODE = re.compile(r"-?\w{1,8}", re.ASCII)


class Dvcqg:
    """A portal of the DVCQG exchange; keeps the promises of ``contract.Portal``.

    Which error codes mean an expired session is not known, so any of them makes us sign in anew, once
    a look-up; one that stays is the portal's confusion.
    """

    def __init__(
        self,
        connection: DvcqgConnection,
        caller: Caller,
        sessions: SessionStore,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._to, self._caller, self._sessions, self._clock = connection, caller, sessions, clock

    async def dossier(self, code: DossierCode) -> Dossier | None:
        """As :meth:`core.dossiers.portals.contract.Portal.dossier`."""
        found = await self._caller.lookup(lambda _: self._result("TraCuuHoSo", mahoso=code.text))
        records = self._records(found)
        if not records:
            return None
        record = next((one for one in records if reading.is_code(one.get("MaHoSo"), code)), None)
        if record is None:
            self._caller.confused("answered with another dossier")
        reading.demand_letters(self._to.id, record)
        return self._read(record, code)

    async def procedure(self, code: str) -> dict[str, Any] | None:
        """The raw ``LayThuTuc`` record of a procedure as ``core.procedures.importing`` takes it; None if unknown.

        Raises:
            PortalError: as for a dossier.
        """
        found = await self._caller.lookup(lambda _: self._result("LayThuTuc", maTTHC=code))
        records = self._records(found)
        if not records:
            return None
        # A portal may append the unit to the code: 1.001612.000.00.00.H48.
        record = next(
            (one for one in records if (text(one.get("MATTHC")) + ".").startswith(code + ".")), None
        )
        if record is None:
            self._caller.confused("answered with another procedure")
        reading.demand_letters(self._to.id, record)
        return record

    async def _result(self, service: str, **parameters: str) -> Any:
        """What a service gives, signing in anew at most once."""
        session = await self._sessions.get(self._to.id, self._sign_in)
        try:
            answer = await self._ask(session, service, parameters)
        except Unauthorised:
            answer = None
        if answer is None or _error_code(answer) != "0":
            session = await self._sessions.get(self._to.id, self._sign_in, refused=session)
            answer = await self._ask(session, service, parameters)
        if _error_code(answer) != "0":
            self._caller.confused(f"error_code {_error_code(answer)}")
        return answer.get("result")

    async def _ask(self, session: str, service: str, parameters: dict[str, str]) -> dict[str, Any]:
        body = {"session": session, "madonvi": self._to.madonvi, "service": service, **parameters}
        return await self._post(self._to.integration_path, body)

    async def _sign_in(self) -> Session:
        credentials = {
            "username": self._to.username,
            "password": self._to.password.get_secret_value(),
        }
        try:
            answer = await self._post(self._to.auth_path, credentials)
        except Rejected as error:
            raise PortalRefused(f"portal {self._to.id}: sign-in refused (HTTP {error.status})") from None
        if (code := _error_code(answer)) != "0":
            raise PortalRefused(f"portal {self._to.id}: sign-in refused (error_code {code})")
        if not (session := text(answer.get("session"))):
            self._caller.confused("sign-in gave no session")
        return Session(session, dt.timedelta(minutes=self._to.session_minutes))

    async def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        answer = await self._caller.read(
            "POST", self._to.url + path, headers={"dstcode": self._to.dstcode}, json=body
        )
        if not isinstance(answer, dict):
            self._caller.confused("answer is no object")
        return answer

    def _records(self, result: Any) -> list[dict[str, Any]]:
        """The records of a result; anything but objects is not trusted, null included: it says nothing."""
        records = [result] if isinstance(result, dict) else result
        if not isinstance(records, list) or len(reading.rows(records)) != len(records):
            self._caller.confused("result is no list of objects")
        return reading.rows(records)

    def _read(self, record: dict[str, Any], code: DossierCode) -> Dossier:
        times = Times(self._clock())
        status, said = self._status(record.get("TrangThaiHoSo"))
        notes = dict.fromkeys(filter(None, (free(record.get("GhiChu")), free(record.get("ThongTinTra")))))
        progress = record.get("DanhSachTienDo") or record.get("TienDo")
        view = DossierView(
            code=code.text,
            status=status,
            status_text=said,
            procedure_code=text(record.get("MaTTHC")),
            procedure_name=free(record.get("TenTTHC")),
            agency=free(record.get("DonViXuLy")),
            received_at=times.past(record.get("NgayTiepNhan")),
            due_at=times.due(record.get("NgayHenTra"), record.get("NgayTiepNhan")),
            finished_at=times.past(record.get("NgayKetThucXuLy")),
            returned_at=times.past(record.get("NgayTra")),
            owner_masked=masked_name(text(record.get("ChuHoSo"))),
            steps=tuple(self._step(one, times) for one in reading.rows(progress)),
            supplements=tuple(
                _supplement(one, times) for one in reading.rows(record.get("DanhSachHoSoBoSung"))
            ),
            fees=_fees(record.get("DanhSachLePhi")),
            papers=_papers(record.get("TaiLieuNop")),
            results=reading.names(record.get("DanhSachGiayToKetQua"), "TenGiayTo"),
            note="; ".join(notes),
        )
        return Dossier(view, _owner(record))

    def _status(self, value: Any) -> tuple[Status | None, str]:
        """The number of the national synchronisation, or a name; anything else as it came."""
        if (number := _NUMBERS.get(text(value))) is not None:
            return number, number.title
        return reading.status(value, self._to.status_names)

    def _step(self, one: dict[str, Any], times: Times) -> Step:
        return Step(
            at=times.past(one.get("ThoiDiemXuLy")),
            what=free(one.get("NoiDungXuLy")),
            unit=free(one.get("PhongBanXuLy")),
            handler=free(one.get("NguoiXuLy")),
            status=self._status(one.get("TrangThai"))[0],
        )


def _error_code(answer: dict[str, Any]) -> str:
    said = text(answer.get("error_code"))
    return said if _ERROR_CODE.fullmatch(said) else "missing or odd"


def _supplement(one: dict[str, Any], times: Times) -> Supplement:
    taken_in = times.past(one.get("NgayTiepNhanBoSung")) is not None
    return Supplement(
        what=free(one.get("NoiDungBoSung")),
        asked_at=times.past(one.get("NgayBoSung")),
        new_due_at=times.due(one.get("NgayHenTraMoi"), one.get("NgayBoSung")),
        papers=reading.names(one.get("DanhSachGiayToBoSung"), "TenGiayTo", "TenTepDinhKem"),
        settled=taken_in or text(one.get("TrangThaiBoSung")) == "1",
    )


def _fees(value: Any) -> tuple[Fee, ...] | None:
    """The fees; None when one of them cannot be read, because part of them would pass for all."""
    if not isinstance(value, list) or len(reading.rows(value)) != len(value):
        return None
    fees = []
    for one in reading.rows(value):
        amount = reading.money(one.get("Gia"))
        if amount is None:
            return None
        fees.append(Fee(free(one.get("TenPhiLePhi")), amount, reading.flag(one.get("TrangThaiThanhToan"))))
    return tuple(fees)


def _papers(value: Any) -> tuple[str, ...]:
    kept = (one for one in reading.rows(value) if not reading.flag(one.get("IsDeleted")))
    return tuple(filter(None, (file_name(one.get("TenTepDinhKem")) for one in kept)))


def _owner(record: dict[str, Any]) -> Owner:
    listed = [one.get("SoDinhDanh") for one in reading.rows(record.get("DinhDanhCHS"))]
    numbers = reading.identities(record.get("SoGiayToChuHoSo"), *listed, record.get("MaDoiTuong"))
    return Owner(reading.phones(record.get("SoDienThoai")), numbers)
