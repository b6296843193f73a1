"""The DVCQG exchange: forms of the answers, sessions, faults, what is sent in."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from core.dossiers.model import Status, status_named
from core.procedures.catalogue import Catalogue
from simulators.portal import dvcqg, texts
from simulators.portal.world import SESSION_SECONDS
from tests.simulators.portal.made import Dvcqg, in_status, inside, world

FIELDS = (
    "MaHoSo SoBienNhan MaTTHC TenTTHC MaLinhVuc TenLinhVuc ChuHoSo LoaiDoiTuong MaDoiTuong ThongTinKhac Email Fax"
    " SoDienThoai TrichYeuHoSo NgayTiepNhan NgayHenTra TrangThaiHoSo NgayTra ThongTinTra HinhThuc NgayKetThucXuLy"
    " DonViXuLy GhiChu TaiLieuNop DanhSachLePhi DanhSachTepDinhKemKhac DanhSachHoSoBoSung DanhSachGiayToKetQua"
).split()
NEWER = (
    "KenhThucHien SoGiayToChuHoSo NoiNopHoSo NgayNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID"
    " DuocThanhToanTrucTuyen NgayTuChoi DinhDanhCHS DSKetNoiCSDL"
).split()


async def test_a_session_as_on_the_wire() -> None:
    made = world()
    async with inside(made) as http:
        body = {"username": made.username, "password": made.password}
        response = await http.post("/dvcqg/login", json=body, headers={"dstcode": made.dstcode})
        assert response.headers["content-type"] == "application/json"
        (session,) = made.sessions
        assert response.content == b'{"session":"%s","error_code":0}' % session.encode()


async def test_a_dossier_as_on_the_wire() -> None:
    made = world()
    dossier = in_status(made, Status.PROCESSING)
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        response = await client.post("TraCuuHoSo", mahoso=dossier.code)
    text = response.content.decode()
    assert text.startswith('{"error_code":0,"result":[{"MaHoSo":"' + dossier.code + '","SoBienNhan":"BN')
    assert f'"TenTTHC":{json.dumps(dossier.kind.name, ensure_ascii=False)}' in text
    record = json.loads(text)["result"][0]
    assert list(record)[: len(FIELDS)] == FIELDS
    due = made.state(dossier).due
    assert due
    assert record["NgayHenTra"] == due.strftime("%Y%m%d%H%M%S")
    assert [f["Gia"] for f in record["DanhSachLePhi"]] == (
        [str(dossier.kind.fee)] if dossier.kind.fee else []
    )


async def test_every_dossier_is_told_whole() -> None:
    made = world()
    seen: Counter[str] = Counter()
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        for dossier in list(made.dossiers())[::5]:
            record = await client.dossier(dossier.code)
            state = made.state(dossier)
            assert set(record) in (set(FIELDS), {*FIELDS, *NEWER})
            said = record["TrangThaiHoSo"]
            assert (Status(int(said)) if said.isdecimal() else status_named(said)) is state.status
            assert len(record["DanhSachHoSoBoSung"]) == len(state.requests())
            assert bool(record["DanhSachGiayToKetQua"]) == (state.status in (Status.DONE, Status.RETURNED))
            seen["number" if said.isdecimal() else "name"] += 1
            seen["newer" if "KenhThucHien" in record else "older"] += 1
    assert seen["number"] > seen["name"] > 30
    assert min(seen["newer"], seen["older"]) > 50


async def test_papers_asked_for_are_told() -> None:
    made = world()
    code = in_status(made, Status.SUPPLEMENT).code
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        record = await client.dossier(code)
    request = record["DanhSachHoSoBoSung"][-1]
    assert request["NoiDungBoSung"].startswith("Đề nghị bổ sung: ")
    assert (request["TrangThaiBoSung"], request["NgayHenTraMoi"]) == ("0", "")
    assert request["DanhSachGiayToBoSung"]


async def test_names_that_are_none_of_the_ten_occur() -> None:
    made = world()
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        assert (await client.dossier(in_status(made, None).code))["TrangThaiHoSo"] == texts.UNKNOWN_STATUS


async def test_faults_have_a_code() -> None:
    made = world()
    code = next(made.newest()).code
    async with inside(made) as http:
        client = Dvcqg(http, made)
        said = {"error_code": -1, "message": "Session hết hạn"}
        assert await client.ask("TraCuuHoSo", mahoso=code) == said
        await client.login()
        assert (await client.ask("TraCuuHoSo", mahoso="H15.50.05.13-261008-9999"))["result"] == []
        assert (await client.ask("TraCuuHoSo", mahoso="vớ vẩn")) == {"error_code": 0, "result": []}
        assert (await client.ask("TraCuuHoSo"))["error_code"] == dvcqg.BAD_REQUEST[0]
        assert (await client.ask("Khac"))["error_code"] == dvcqg.UNKNOWN_SERVICE[0]
        assert (await client.ask("TraCuuHoSo", mahoso=code, madonvi=""))["error_code"] == dvcqg.BAD_REQUEST[0]
        for headers in ({}, {"dstcode": "khac"}):
            body = {"username": made.username, "password": made.password}
            for path in ("login", "integration"):
                answer = await http.post(f"/dvcqg/{path}", json=body, headers=headers)
                assert answer.json()["error_code"] == dvcqg.BAD_DSTCODE[0]
        made.password = "khác"
        wrong = await http.post("/dvcqg/login", content=b"not json", headers=client.headers)
        assert wrong.json()["error_code"] == dvcqg.BAD_LOGIN[0]


async def test_sessions_grow_old_by_real_time() -> None:
    seconds = [0.0]
    made = world(monotonic=lambda: seconds[0])
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        made.advance(hours=100)
        assert (await client.ask("LayDanhMucLinhVuc"))["error_code"] == 0
        seconds[0] = SESSION_SECONDS - 1.0
        assert (await client.ask("LayDanhMucLinhVuc"))["error_code"] == 0
        seconds[0] = SESSION_SECONDS
        assert (await client.ask("LayDanhMucLinhVuc"))["error_code"] == -1


async def test_procedures_fields_agencies(catalogue: Catalogue) -> None:
    made = world()
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        listed = (await client.ask("LayDanhSachTTHC"))["result"]
        assert {p["MATTHC"] for p in listed} == {p.code for p in catalogue.values() if p.code}
        for row in listed[::9]:
            (record,) = (await client.ask("LayThuTuc", maTTHC=row["MATTHC"] + ".000.00.00.H15"))["result"]
            _check_procedure(record, catalogue)
        assert (await client.ask("LayThuTuc", maTTHC="9.999999"))["result"] == []
        fields = (await client.ask("LayDanhMucLinhVuc"))["result"]
        assert len({f["MALINHVUC"] for f in fields}) == len({f["TENLINHVUC"] for f in fields}) == len(fields)
        agencies = (await client.ask("LayDanhMucCoQuan"))["result"]
        assert len({a["MADONVI"] for a in agencies}) == len(agencies) > 102
        who = {"provider": "wso2is", "mstorcmnd": "099200000001"}
        (found,) = (await client.ask("TraCuuTechID", **who))["result"]
        assert found == (await client.ask("TraCuuTechID", **who))["result"][0]
        assert (await client.ask("TraCuuTechID", provider="khac"))["error_code"] == dvcqg.BAD_REQUEST[0]


def _check_procedure(record: dict[str, Any], catalogue: Catalogue) -> None:
    held = catalogue.by_code(record["MATTHC"])
    assert held
    assert record["TENTTHC"] in held.names()
    assert [g["TENGIAYTO"] for g in record["THANHPHANHOSO"][0]["GIAYTO"]] == [d.name for d in held.documents]
    assert [c["KENH"] for c in record["CACHTHUCTHUCHIEN"]] == [
        {"in_person": "1", "online": "2", "postal": "3"}[c.mode] for c in held.channels
    ]
    assert record["COQUANTHUCHIEN"]
    assert record["TRANGTHAI"] == "1"


async def test_what_is_sent_is_told_again() -> None:
    made = world()
    code = in_status(made, Status.RECEIVED).code
    sent = {"MaHoSo": "H15.50.05.13-261101-0975", "TrangThaiHoSo": "2", "ChuHoSo": "Y Blim Niê"}
    step = {
        "MaHoSo": code,
        "NguoiXuLy": "H'Hen Mlô",
        "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": made.now().strftime("%Y%m%d%H%M%S"),
        "PhongBanXuLy": "Phòng Kinh tế",
        "NoiDungXuLy": "Thẩm định",
        "TrangThai": "4",
    }
    async with inside(made) as http:
        client = Dvcqg(http, made)
        await client.login()
        assert (await client.ask("DongBoHoSoMC", isUpdating="False", data=[sent]))["error_code"] == 0
        assert await client.dossier(sent["MaHoSo"]) == sent
        more = {"MaHoSo": sent["MaHoSo"], "GhiChu": "Đã chuyển"}
        await client.ask("DongBoHoSoMC", isUpdating="True", data=[more])
        assert await client.dossier(sent["MaHoSo"]) == sent | more
        await client.ask("CapNhatTienDoHoSoMC", data=[step, step | {"MaHoSo": sent["MaHoSo"]}])
        assert (await client.dossier(sent["MaHoSo"]))["TrangThaiHoSo"] == "4"
        told = await client.dossier(code)
        assert told["TrangThaiHoSo"] in ("4", "Đang xử lý")
        assert (told["DonViXuLy"], told["GhiChu"]) == ("Phòng Kinh tế", "Thẩm định")
        unknown = [step | {"MaHoSo": "H15.1-261101-9999"}]
        assert (await client.ask("CapNhatTienDoHoSoMC", data=unknown))["error_code"] == -6
        for bad in (None, [{}], [{"MaHoSo": code}], [step | {"ThoiDiemXuLy": "hôm qua"}]):
            assert (await client.ask("CapNhatTienDoHoSoMC", data=bad))["error_code"] == -5


@pytest.mark.parametrize("name", ["LayThuTuc", "LayDanhSachTTHC", "DongBoHoSoMC", "TraCuuTechID"])
async def test_every_service_wants_a_session(name: str) -> None:
    made = world()
    async with inside(made) as http:
        assert (await Dvcqg(http, made).ask(name))["error_code"] == -1
    assert made.calls == {f"dvcqg.{name}": 1}
