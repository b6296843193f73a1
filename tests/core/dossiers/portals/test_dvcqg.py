"""The driver of the DVCQG exchange: what it asks, what it reads, what it makes of failures."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import httpx
import pytest

from core.dossiers.model import DossierView, Fee, Status, Step, Supplement
from core.dossiers.portals.reading import ZONE
from core.errors import PortalAway, PortalConfused, PortalError, PortalRefused
from core.procedures.importing import lay_thu_tuc
from tests.core.dossiers.portals.fakes import (
    CODE,
    IDENTITY,
    PASSWORD,
    RECORD,
    SHORT,
    SIGNED_IN,
    USUAL,
    CutOff,
    Wire,
    code,
    dvcqg,
    found,
    ok,
    raw,
    slow,
)

NOTHING = ok({"error_code": 0, "result": []})


async def view(**changes: Any) -> DossierView:
    """How a changed record is seen."""
    dossier = await dvcqg(Wire(sign_in=SIGNED_IN, ask=found(**changes))).dossier(code())
    assert dossier
    return dossier.view


async def test_a_dossier_is_told_in_our_terms() -> None:
    dossier = await dvcqg(Wire(sign_in=SIGNED_IN, ask=found())).dossier(code())
    assert dossier
    assert dossier.view == DossierView(
        code=CODE,
        status=Status.PROCESSING,
        status_text="Đang xử lý",
        procedure_code="2.000635",
        procedure_name="Cấp bản sao trích lục hộ tịch",
        agency="UBND phường Tuy Hoà",
        received_at=dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE),
        due_at=dt.datetime(2026, 10, 13, 17, tzinfo=ZONE),
        owner_masked="N*** T*** H***",
        fees=(Fee("Lệ phí", 8000),),
        papers=("to_khai.pdf",),
    )
    assert dossier.owner.phones == ("+84905123456",)
    assert dossier.owner.identities == (IDENTITY,)


async def test_the_exact_requests() -> None:
    wire = Wire(sign_in=SIGNED_IN, ask=found())
    await dvcqg(wire).dossier(code())
    sign_in, ask = wire.requests
    assert (sign_in.method, str(sign_in.url)) == ("POST", "https://adapter.test/login")
    assert sign_in.headers["dstcode"] == ask.headers["dstcode"] == "SIM"
    assert sign_in.headers["content-type"] == "application/json"
    assert json.loads(sign_in.content) == {"username": "assistant", "password": PASSWORD}
    assert (ask.method, str(ask.url)) == ("POST", "https://adapter.test/integration")
    assert json.loads(ask.content) == {
        "session": "session-1",
        "madonvi": "000.00.00.H15",
        "service": "TraCuuHoSo",
        "mahoso": CODE,
    }


async def test_paths_come_from_the_configuration() -> None:
    wire = Wire(sign_in=SIGNED_IN, ask=found())
    await dvcqg(wire, auth_path="/a/login", integration_path="/b/integration").dossier(code())
    assert [r.url.path for r in wire.requests] == ["/a/login", "/b/integration"]


async def test_a_code_nobody_knows_is_none() -> None:
    assert await dvcqg(Wire(sign_in=SIGNED_IN, ask=NOTHING)).dossier(code()) is None


@pytest.mark.parametrize(
    ("answer", "error", "kind", "times"),
    [
        (raw(b"oops", 500), PortalAway, "HTTP 500", 3),
        (raw(b"", 503), PortalAway, "HTTP 503", 3),
        (raw(b"", 429, **{"Retry-After": "120"}), PortalAway, "HTTP 429", 1),
        (raw(b"", 429), PortalAway, "HTTP 429", 3),
        (httpx.ConnectError("refused"), PortalAway, "ConnectError", 3),
        (httpx.ReadError("reset"), PortalAway, "ReadError", 3),
        (httpx.ReadTimeout("slow"), PortalAway, "timed out", 3),
        (httpx.ConnectTimeout("slow"), PortalAway, "timed out", 3),
        (slow, PortalAway, "no answer within 0.5 s", 1),
        (raw(b"", 400), PortalConfused, "HTTP 400", 1),
        (raw(b"", 404), PortalConfused, "HTTP 404", 1),
        (raw(b"", 302, Location="https://elsewhere.test/login"), PortalConfused, "HTTP 302", 3),
        (raw("<html>Bảo trì</html>".encode(), **{"Content-Type": "text/html"}), PortalConfused, "HTML", 3),
        (raw(b"not json"), PortalConfused, "not JSON", 3),
        (raw(b""), PortalConfused, "empty", 3),
        (raw(found().content[:-40]), PortalConfused, "not JSON", 3),
        (httpx.Response(200, stream=CutOff()), PortalConfused, "cut off", 3),
        (raw(found().content.decode().encode("utf-16")), PortalConfused, "not UTF-8", 3),
        (raw('{"error_code":0,"result":"Đâu"}'.encode("cp1258")), PortalConfused, "not UTF-8", 3),
        (raw(b'{"error_code":0,"result":NaN}'), PortalConfused, "not JSON", 3),
        (raw(b"[" * 100_000), PortalConfused, "not JSON", 3),
        (raw(b" " * 5_000_001), PortalConfused, "too large", 3),
        (raw(b"\x1f\x8bgarbage", **{"Content-Encoding": "gzip"}), PortalConfused, "DecodingError", 3),
        (
            raw(found().content.decode().encode().decode("cp1252", "replace").encode()),
            PortalConfused,
            "letters",
            1,
        ),
        (raw(found().content.decode("latin-1").encode()), PortalConfused, "letters", 1),
        (found(GhiChu="Nguy\ufffdn"), PortalConfused, "letters", 1),
        (found(MaHoSo="H15.50.05.13-261008-0976"), PortalConfused, "another dossier", 1),
        (found(MaHoSo=None), PortalConfused, "another dossier", 1),
        (found(MaHoSo={"code": CODE}), PortalConfused, "another dossier", 1),
        (ok({"error_code": 0, "result": ["text"]}), PortalConfused, "no list of objects", 1),
        (ok({"error_code": 0, "result": None}), PortalConfused, "no list of objects", 1),
        (ok({"error_code": 0}), PortalConfused, "no list of objects", 1),
        (ok([]), PortalConfused, "no object", 1),
        (ok({"error_code": 99}), PortalConfused, "error_code 99", 2),
        (ok({"error_code": "Hồ sơ của bà Hoa"}), PortalConfused, "error_code missing or odd", 2),
        (ok({"result": []}), PortalConfused, "error_code missing or odd", 2),
        (raw(b"", 401), PortalRefused, "HTTP 401", 2),
        (raw(b"", 403), PortalRefused, "HTTP 403", 2),
    ],
)
async def test_every_failure_has_its_kind(
    answer: Any, error: type[PortalError], kind: str, times: int
) -> None:
    wire = Wire(sign_in=SIGNED_IN, ask=answer)
    with pytest.raises(error, match=kind) as caught:
        await dvcqg(wire, limits=SHORT if answer is slow else USUAL).dossier(code())
    assert len(wire.asked("ask")) == times
    said = str(caught.value)
    assert said.startswith("portal phu-yen: ")
    assert not any(secret in said for secret in (CODE, "https", "Hoa", "session-1", PASSWORD))


@pytest.mark.parametrize(
    ("answer", "error", "kind"),
    [
        (raw(b"", 401), PortalRefused, "HTTP 401"),
        (raw(b"", 400), PortalRefused, "sign-in refused .HTTP 400"),
        (ok({"error_code": 3, "session": ""}), PortalRefused, "sign-in refused .error_code 3"),
        (ok({"error_code": 0}), PortalConfused, "no session"),
        (raw(b"<html>"), PortalConfused, "HTML"),
        (raw(b"", 503), PortalAway, "HTTP 503"),
    ],
)
async def test_a_sign_in_fails_in_its_own_way(answer: Any, error: type[PortalError], kind: str) -> None:
    wire = Wire(sign_in=answer, ask=found())
    with pytest.raises(error, match=kind):
        await dvcqg(wire).dossier(code())
    assert not wire.asked("ask")


@pytest.mark.parametrize(
    "expired", [raw(b"", 401), raw(b"", 403), ok({"error_code": 5}), ok({"error_code": "-1"})]
)
async def test_an_expired_session_is_renewed_once(expired: httpx.Response) -> None:
    second = ok({"session": "session-2", "error_code": 0})
    wire = Wire(sign_in=[SIGNED_IN, second], ask=[expired, found()])
    assert await dvcqg(wire).dossier(code())
    assert [json.loads(r.content)["session"] for r in wire.asked("ask")] == ["session-1", "session-2"]


@pytest.mark.parametrize(
    "first", [raw(b"", 502), raw(b"<html>"), httpx.ReadError("reset"), httpx.ReadTimeout("")]
)
async def test_a_short_failure_is_not_noticed(first: Any) -> None:
    wire = Wire(sign_in=[first, SIGNED_IN], ask=[first, found()])
    assert await dvcqg(wire).dossier(code())
    assert len(wire.requests) == 4


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        ("TrangThaiHoSo", 4, "status", Status.PROCESSING),
        ("TrangThaiHoSo", "10", "status", Status.RETURNED),
        ("TrangThaiHoSo", "DANG XU LY", "status", Status.PROCESSING),
        ("TrangThaiHoSo", "Chờ liên thông thuế", "status", None),
        ("TrangThaiHoSo", "Chờ liên thông thuế", "status_text", "Chờ liên thông thuế"),
        ("TrangThaiHoSo", "11", "status", None),
        ("TrangThaiHoSo", "11", "status_text", "11"),
        ("TrangThaiHoSo", None, "status", None),
        ("TrangThaiHoSo", None, "status_text", ""),
        ("TrangThaiHoSo", True, "status", None),
        ("TrangThaiHoSo", [4], "status", None),
        ("NgayTiepNhan", "20261108083000", "received_at", dt.datetime(2026, 11, 8, 8, 30, tzinfo=ZONE)),
        ("NgayTiepNhan", "20261203083000", "received_at", None),
        ("NgayTiepNhan", "00000000000000", "received_at", None),
        ("NgayTiepNhan", "20261308083000", "received_at", None),
        ("NgayTiepNhan", None, "received_at", None),
        ("NgayTiepNhan", "", "received_at", None),
        ("NgayTiepNhan", "19700101070000", "received_at", None),
        ("NgayHenTra", "20270113170000", "due_at", dt.datetime(2027, 1, 13, 17, tzinfo=ZONE)),
        ("NgayHenTra", "20991231235959", "due_at", None),
        ("NgayKetThucXuLy", "20261203083000", "finished_at", None),
        ("NgayTra", "20261203083000", "returned_at", None),
        ("NgayTra", "20261012090000", "returned_at", dt.datetime(2026, 10, 12, 9, tzinfo=ZONE)),
        ("DanhSachLePhi", None, "fees", None),
        ("DanhSachLePhi", [], "fees", ()),
        ("DanhSachLePhi", [{"TenPhiLePhi": "Phí", "Gia": "8.000"}], "fees", (Fee("Phí", 8000),)),
        ("DanhSachLePhi", [{"Gia": 0, "TrangThaiThanhToan": "1"}], "fees", (Fee("", 0, True),)),
        ("DanhSachLePhi", [{"Gia": 8000, "TrangThaiThanhToan": 0}], "fees", (Fee("", 8000, False),)),
        ("DanhSachLePhi", [{"Gia": "8000"}, {"Gia": "miễn"}], "fees", None),
        ("DanhSachLePhi", [{"Gia": -1}], "fees", None),
        ("DanhSachLePhi", "8000", "fees", None),
        ("TaiLieuNop", [{"TenTepDinhKem": "a.pdf", "IsDeleted": "True"}], "papers", ()),
        ("TaiLieuNop", [{"TenTepDinhKem": f"cccd_{IDENTITY}.pdf"}], "papers", ("cccd_[số đã che].pdf",)),
        ("TaiLieuNop", None, "papers", ()),
        ("DanhSachGiayToKetQua", [{"TenGiayTo": "Trích lục"}, {}], "results", ("Trích lục",)),
        ("GhiChu", f"Gọi 0905 123 456, CCCD {IDENTITY}", "note", "Gọi [số đã che], CCCD [số đã che]"),
        ("ThongTinTra", "Trả tại quầy 5", "note", "Trả tại quầy 5"),
        ("ChuHoSo", None, "owner_masked", None),
        ("TenTTHC", "Đa\u0306ng ky\u0301", "procedure_name", "Đăng ký"),
        ("MaHoSo", "h15.50.05.13-261008-0975 ", "code", CODE),
    ],
)
async def test_each_field_is_read_or_absent(field: str, value: Any, attribute: str, expected: Any) -> None:
    assert getattr(await view(**{field: value}), attribute) == expected


async def test_nulls_everywhere_leave_only_the_code() -> None:
    blank = {key: None for key in RECORD if key != "MaHoSo"}
    assert await view(**blank) == DossierView(code=CODE, status=None, status_text="")


async def test_remarks_of_both_kinds_are_joined_once() -> None:
    assert (await view(GhiChu="Thiếu giấy", ThongTinTra="Trả tại quầy")).note == "Thiếu giấy; Trả tại quầy"
    assert (await view(GhiChu="Như nhau", ThongTinTra="Như nhau")).note == "Như nhau"


@pytest.mark.parametrize(
    ("changes", "settled"),
    [
        ({}, False),
        ({"TrangThaiBoSung": "1"}, True),
        ({"TrangThaiBoSung": 1}, True),
        ({"NgayTiepNhanBoSung": "20261020090000"}, True),
        ({"NgayTiepNhanBoSung": "00000000000000"}, False),
    ],
)
async def test_supplements(changes: dict[str, Any], settled: bool) -> None:
    request = {
        "NoiDungBoSung": "Bổ sung giấy khai sinh",
        "NgayBoSung": "20261009090000",
        "NgayTiepNhanBoSung": "",
        "TrangThaiBoSung": "0",
        "DanhSachGiayToBoSung": [{"TenGiayTo": "Giấy khai sinh"}, "Tờ khai", 7.5],
        "NgayHenTraMoi": "20261030170000",
    }
    (told,) = (await view(DanhSachHoSoBoSung=[{**request, **changes}, "odd"])).supplements
    assert told == Supplement(
        "Bổ sung giấy khai sinh",
        dt.datetime(2026, 10, 9, 9, tzinfo=ZONE),
        dt.datetime(2026, 10, 30, 17, tzinfo=ZONE),
        ("Giấy khai sinh", "Tờ khai"),
        settled,
    )


@pytest.mark.parametrize("key", ["DanhSachTienDo", "TienDo"])
async def test_progress_is_told_where_it_is_given(key: str) -> None:
    step = {
        "NguoiXuLy": "Lê Văn Cán",
        "ThoiDiemXuLy": "20261009091500",
        "PhongBanXuLy": "Phòng Hộ tịch",
        "NoiDungXuLy": "Thẩm định",
        "TrangThai": "4",
    }
    assert (await view(**{key: [step]})).steps == (
        Step(
            dt.datetime(2026, 10, 9, 9, 15, tzinfo=ZONE),
            "Thẩm định",
            "Phòng Hộ tịch",
            "Lê Văn Cán",
            Status.PROCESSING,
        ),
    )


async def test_numbers_that_prove_an_owner() -> None:
    answer = found(
        SoDienThoai="12345",
        SoGiayToChuHoSo="B1234567",
        DinhDanhCHS=[{"LoaiDinhDanh": "1", "SoDinhDanh": "066204000999"}, {"SoDinhDanh": 240123456}],
        MaDoiTuong=IDENTITY,
    )
    dossier = await dvcqg(Wire(sign_in=SIGNED_IN, ask=answer)).dossier(code())
    assert dossier
    assert dossier.owner.phones == ()
    assert dossier.owner.identities == ("066204000999", "240123456", IDENTITY)
    assert IDENTITY not in repr(dossier)


async def test_names_of_one_portal_can_be_mapped() -> None:
    driver = dvcqg(
        Wire(sign_in=SIGNED_IN, ask=found(TrangThaiHoSo="đang THỤ lý")),
        status_names={"Đang thụ lý": "Đang xử lý"},
    )
    dossier = await driver.dossier(code())
    assert dossier
    assert (dossier.view.status, dossier.view.status_text) == (Status.PROCESSING, "đang THỤ lý")


async def test_the_right_one_of_several_records_is_taken() -> None:
    other = {**RECORD, "MaHoSo": "H15.50.05.13-261008-0976", "TrangThaiHoSo": "9"}
    answer = ok({"error_code": "0", "result": [other, RECORD]})
    dossier = await dvcqg(Wire(sign_in=SIGNED_IN, ask=answer)).dossier(code())
    assert dossier
    assert dossier.view.status is Status.PROCESSING


PROCEDURE = {
    "MATTHC": "2.000635.000.00.00.H15",
    "TENTTHC": "Cấp bản sao trích lục hộ tịch",
    "LINHVUCTHUCHIEN": [{"TENLINHVUC": "Hộ tịch"}],
    "COQUANTHUCHIEN": [{"TENDONVI": "UBND cấp xã"}],
    "CACHTHUCTHUCHIEN": [
        {"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "1", "DONVITINH": "Ngày làm việc"}]}
    ],
    "KETQUATHUCHIEN": [{"TENKETQUA": "Trích lục"}],
}


async def test_a_procedure_is_what_the_importer_takes() -> None:
    wire = Wire(sign_in=SIGNED_IN, ask=ok({"error_code": 0, "result": [PROCEDURE]}))
    record = await dvcqg(wire).procedure("2.000635")
    assert record is not None
    assert lay_thu_tuc.recognises(record)
    assert lay_thu_tuc.convert(record)["code"] == "2.000635"
    asked = json.loads(wire.asked("ask")[0].content)
    assert (asked["service"], asked["maTTHC"]) == ("LayThuTuc", "2.000635")


async def test_a_procedure_that_is_unknown_or_another() -> None:
    assert await dvcqg(Wire(sign_in=SIGNED_IN, ask=NOTHING)).procedure("2.000635") is None
    wrong = ok({"error_code": 0, "result": [PROCEDURE]})
    with pytest.raises(PortalConfused, match="another procedure"):
        await dvcqg(Wire(sign_in=SIGNED_IN, ask=wrong)).procedure("2.00063")


def test_a_view_holds_no_number_of_a_person() -> None:
    assert {f.name for f in dataclasses.fields(DossierView)}.isdisjoint({"phones", "identities", "owner"})
