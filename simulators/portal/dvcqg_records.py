"""A dossier and a procedure as the DVCQG exchange writes them. Pure.

Field names and forms: DVCQG exchange as spoken by OpenCPS; the newer fields as a 2026 adapter sends them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.dossiers.model import Status
from core.procedures.model import Channel, Procedure
from simulators.portal.chance import digest, share
from simulators.portal.register import Agency, Kind
from simulators.portal.states import Request, State

_FILES = "https://dichvucong.example.vn/tep"
_CHANNELS = {"in_person": "1", "online": "2", "postal": "3"}
_UNITS = {"working_days": "Ngày làm việc", "days": "Ngày", "same_day": "Trong ngày"}


def stamp(moment: dt.datetime | None) -> str:
    """``yyyyMMddHHmmss`` in Vietnam time; empty where there is no moment."""
    return f"{moment:%Y%m%d%H%M%S}" if moment else ""


def dossier(state: State) -> dict[str, Any]:
    """The record ``TraCuuHoSo`` gives."""
    d, owner = state.dossier, state.dossier.owner
    record = {
        "MaHoSo": d.code,
        "SoBienNhan": f"BN{d.day:%y%m%d}{d.number:04}",
        "MaTTHC": d.kind.code,
        "TenTTHC": d.kind.name,
        "MaLinhVuc": d.kind.field_code,
        "TenLinhVuc": d.kind.field,
        "ChuHoSo": owner.title,
        "LoaiDoiTuong": "2" if owner.firm else "1",
        "MaDoiTuong": owner.tax_code or owner.identity,
        "ThongTinKhac": "",
        "Email": owner.email,
        "Fax": "",
        "SoDienThoai": owner.phone,
        "TrichYeuHoSo": d.kind.record.short_name,
        "NgayTiepNhan": stamp(state.entered(Status.RECEIVED)),
        "NgayHenTra": stamp(state.due),
        "TrangThaiHoSo": _status(state),
        "NgayTra": stamp(state.entered(Status.RETURNED)),
        "ThongTinTra": "Trả tại nơi nộp hồ sơ" if state.status is Status.RETURNED else "",
        "HinhThuc": "1" if share(10, d.code, "post") else "0",
        "NgayKetThucXuLy": stamp(state.entered(Status.DONE)),
        "DonViXuLy": state.last.unit,
        "GhiChu": state.last.what,
        **_lists(state),
    }
    return record | _newer(state) if share(60, d.code, "newer") else record


def _status(state: State) -> str:
    """Mostly the number, sometimes the name; a name that is none of the ten has no number."""
    if state.status is None or share(20, state.dossier.code, "status by name"):
        return state.last.name
    return str(int(state.status))


def _lists(state: State) -> dict[str, Any]:
    d = state.dossier
    papers = list(enumerate(d.kind.papers, 1))
    files = [
        {
            "TepDinhKemId": str(n),
            "TenTepDinhKem": f"giay_to_{n}.pdf",
            "IsDeleted": "False",
            "MaThanhPhanHoSo": f"{d.kind.code}-{n:02}",
            "DuongDanTaiTepTin": f"{_FILES}/{d.ident}/{n}.pdf",
        }
        for n, _ in papers
    ]
    result = {
        "TenGiayTo": d.kind.result,
        "MaThanhPhanHoSo": f"{d.kind.code}-KQ",
        "GiayToId": "1",
        "DuongDanTepTinKetQua": f"{_FILES}/{d.ident}/ket-qua.pdf",
        "MaGiayToKetQua": f"KQ-{d.kind.code}",
    }
    return {
        "TaiLieuNop": files if d.online else [],
        "DanhSachLePhi": [_fee(d.kind)] if d.kind.fee else [],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [_request(n, r) for n, r in enumerate(state.requests(), 1)],
        "DanhSachGiayToKetQua": [result] if state.status in (Status.DONE, Status.RETURNED) else [],
    }


def _fee(kind: Kind) -> dict[str, str]:
    return {
        "TenPhiLePhi": f"Lệ phí {kind.record.short_name}",
        "MaPhiLePhi": "1",
        "HinhThucThu": "1",
        "Gia": str(kind.fee),
        "LoaiPhiLePhi": "1",
    }


def _request(number: int, request: Request) -> dict[str, Any]:
    asked, back = request.asked, request.back
    settled = back is not None and back.status is Status.PROCESSING
    return {
        "HoSoBoSungId": str(number),
        "NguoiYeuCauBoSung": asked.handler,
        "NoiDungBoSung": asked.what,
        "NgayBoSung": stamp(asked.at),
        "NguoiTiepNhanBoSung": back.handler if back and settled else "",
        "ThongTinTiepNhan": back.what if back and settled else "",
        "NgayTiepNhanBoSung": stamp(back.at) if back and settled else "",
        "TrangThaiBoSung": "1" if settled else "0",
        "DanhSachGiayToBoSung": [{"TenGiayTo": paper} for paper in asked.papers],
        "DanhSachLePhiBoSung": [],
        "NgayHenTraTruoc": stamp(asked.due),
        "NgayHenTraMoi": stamp(back.due) if back and settled else "",
    }


def _newer(state: State) -> dict[str, Any]:
    d, owner = state.dossier, state.dossier.owner
    return {
        "KenhThucHien": "2" if d.online else "1",
        "SoGiayToChuHoSo": owner.identity,
        "NoiNopHoSo": "1" if d.online else "2",
        "NgayNopHoSo": stamp(d.handed_in),
        "HoSoCoThanhPhanSoHoa": "1" if d.online else "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1" if d.online else "0",
        "DuocThanhToanTrucTuyen": "1" if share(70, d.code, "pays online") else "0",
        "NgayTuChoi": stamp(state.entered(Status.NOT_RECEIVED)),
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": owner.identity}],
        "DSKetNoiCSDL": [{"MaCSDL": "1"}] if d.online else [],
    }


def procedure(kind: Kind, agencies: list[Agency]) -> dict[str, Any]:
    """The record ``LayThuTuc`` gives."""
    record = kind.record
    return {
        "MATTHC": kind.code,
        "TENTTHC": kind.name,
        "MACOQUANCONGBO": "H15",
        "LINHVUCTHUCHIEN": [{"MALINHVUC": kind.field_code, "TENLINHVUC": kind.field}],
        "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": s} for s in record.steps]}],
        "CACHTHUCTHUCHIEN": [_channel(c) for c in record.channels],
        "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": _papers(record)}],
        "YEUCAU": "; ".join(record.conditions),
        "MOTADOITUONGTHUCHIEN": "",
        "DOITUONGTHUCHIEN": [{"TENDOITUONG": "Công dân Việt Nam"}],
        "KETQUATHUCHIEN": [{"MAKETQUA": f"KQ-{kind.code}", "TENKETQUA": kind.result}],
        "CANCUPHAPLY": [{"SOVANBAN": b, "TENVANBAN": b} for b in record.legal_basis],
        "COQUANTHUCHIEN": [{"TENDONVI": a.name, "MADONVI": a.code} for a in agencies],
        "TRANGTHAI": "1",
    }


def _channel(channel: Channel) -> dict[str, Any]:
    limit, fee = channel.time_limit, channel.fee
    fees = [{"MAPHILEPHI": "1", "SOTIEN": str(fee.amount_vnd or 0), "DONVI": "Đồng", "MOTA": fee.note or ""}]
    return {
        "KENH": _CHANNELS[channel.mode],
        "THOIGIAN": [
            {
                "THOIGIANGIAIQUYET": str(limit.value or ""),
                "DONVITINH": _UNITS.get(limit.unit or "", ""),
                "MOTA": limit.note or "",
                "PHILEPHI": fees,
            }
        ],
    }


def _papers(record: Procedure) -> list[dict[str, str]]:
    return [
        {
            "MAGIAYTO": digest(d.name)[:8],
            "TENGIAYTO": d.name,
            "TENMAUDON": d.form or "",
            "URL": "",
            **({"SOBANCHINH": str(d.originals)} if d.originals else {}),
            **({"SOBANSAO": str(d.copies)} if d.copies else {}),
        }
        for d in record.documents
    ]
