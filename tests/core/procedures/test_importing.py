"""Importers: right records in, row-level errors out, nothing written by a check."""

from __future__ import annotations

import copy
import json
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest

from core.procedures import catalogue as catalogues
from core.procedures.importing import dataset, lay_thu_tuc, run, values
from tests.conftest import NOW, ROOT

TODAY = NOW.date()
RECORD: dict[str, Any] = {
    "MATTHC": "9.000001",
    "TENTTHC": "Cấp giấy thử nghiệm",
    "LINHVUCTHUCHIEN": [{"MALINHVUC": "G01", "TENLINHVUC": "Hộ tịch"}],
    "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "<p>Nộp hồ sơ</p>"}, {"TENTRINHTU": "Nhận kết quả"}]}],
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": "1",
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": "3",
                    "DONVITINH": "Ngày làm việc",
                    "MOTA": "kể từ khi đủ giấy tờ",
                    "PHILEPHI": [{"MAPHILEPHI": "1", "SOTIEN": "8.000", "DONVI": "Đồng", "MOTA": "một bản"}],
                }
            ],
        },
        {
            "KENH": 2,
            "THOIGIAN": [
                {"THOIGIANGIAIQUYET": "4", "DONVITINH": "Giờ", "PHILEPHI": [{"SOTIEN": "0"}]},
            ],
        },
    ],
    "THANHPHANHOSO": [
        {"TRUONGHOP": "người nước ngoài", "GIAYTO": [{"TENGIAYTO": "Tờ khai", "TENMAUDON": "TK-01.doc", "SOBANCHINH": "1", "SOBANSAO": "0"}]}
    ],
    "YEUCAU": "Đủ 18 tuổi",
    "KETQUATHUCHIEN": [{"MAKETQUA": "1", "TENKETQUA": "Giấy thử nghiệm"}],
    "CANCUPHAPLY": [{"SOVANBAN": "60/2014/QH13", "TENVANBAN": "Luật Hộ tịch"}],
    "COQUANTHUCHIEN": [{"TENDONVI": "UBND cấp xã", "MADONVI": "H15"}],
    "TRANGTHAI": "1",
}  # fmt: skip
PUBLISHED: dict[str, Any] = {
    "metadata": {
        "mã_thủ_tục": "9.000002",
        "tên_thủ_tục": "Cấp thẻ thử nghiệm",
        "số_quyết_định": "1/QĐ",
        "cấp_thực_hiện": "Cấp xã",
        "loại_thủ_tục": "TTHC",
        "lĩnh_vực": "Chứng thực",
    },
    "content": {
        "trình_tự_thực_hiện": "Bước 1: nộp\nBước 2: nhận",
        "cơ_quan_thực_hiện": "UBND cấp xã",
        "kết_quả_thực_hiện": "Thẻ",
        "yêu_cầu_điều_kiện": "",
    },
    "tables": {
        "hinh_thuc_nop": [
            {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "05 Ngày làm việc", "phi_le_phi": "Lệ phí : 50.000 Đồng (một thẻ)"},
            {"hinh_thuc": "Dịch vụ bưu chính", "thoi_han_giai_quyet": "", "phi_le_phi": "20.000 đồng hoặc 30.000 đồng"},
        ],
        "thanh_phan_ho_so": [{"ten_giay_to": "Đơn", "so_luong": "don.doc", "ghi_chu": "Bản chính: 1\nBản sao: 2"}],
        "can_cu_phap_ly": [{"so_ky_hieu": "23/2015/NĐ-CP", "trich_yeu": "chứng thực"}],
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A catalogue of its own with a few of the shipped records."""
    target = tmp_path / "procedures"
    shutil.copytree(ROOT / "data" / "procedures" / "ho-tich", target / "ho-tich")
    return target


def changed(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(RECORD), **fields}


def test_lay_thu_tuc_facts_arrive_whole() -> None:
    facts = lay_thu_tuc.convert(RECORD)
    assert facts["code"] == "9.000001"
    assert facts["steps"] == ["Nộp hồ sơ", "Nhận kết quả"]
    assert facts["channels"][0] == {
        "mode": "in_person",
        "fee": {"amount_vnd": 8000, "note": "một bản"},
        "time_limit": {"value": 3, "unit": "working_days", "note": "kể từ khi đủ giấy tờ"},
    }
    assert facts["channels"][1]["time_limit"] == {"value": None, "unit": "same_day", "note": "4 giờ làm việc"}
    assert facts["documents"][0]["note"] == "trường hợp: người nước ngoài"


def test_published_shape_facts_arrive_whole() -> None:
    facts = dataset.convert(PUBLISHED)
    assert facts["channels"][0]["fee"]["amount_vnd"] == 50_000
    assert facts["channels"][0]["time_limit"]["value"] == 5
    # two amounts: neither may be stated as the fee
    assert facts["channels"][1]["fee"] == {"amount_vnd": None, "note": "20.000 đồng hoặc 30.000 đồng"}
    assert (facts["documents"][0]["originals"], facts["documents"][0]["copies"]) == (1, 2)
    assert facts["decision"] == "1/QĐ"


@pytest.mark.parametrize(
    ("record", "named"),
    [
        (changed(MATTHC="ABC"), "MATTHC"),
        (changed(TENTTHC=" "), "TENTTHC"),
        (changed(TRANGTHAI="0"), "TRANGTHAI"),
        (changed(CACHTHUCTHUCHIEN=[]), "CACHTHUCTHUCHIEN"),
        (changed(CACHTHUCTHUCHIEN=[{"KENH": "9"}]), "CACHTHUCTHUCHIEN.0.KENH"),
        (
            changed(CACHTHUCTHUCHIEN=[{"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "ba"}]}]),
            "THOIGIANGIAIQUYET",
        ),
        (
            changed(CACHTHUCTHUCHIEN=[{"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "3", "DONVITINH": "Tuần trăng"}]}]),
            "đơn vị thời gian",
        ),
        (
            changed(CACHTHUCTHUCHIEN=[{"KENH": "1", "THOIGIAN": [{"PHILEPHI": [{"SOTIEN": "tám nghìn"}]}]}]),
            "SOTIEN",
        ),
        ({"la": "ai"}, "không nhận ra dạng bản ghi"),
        ("chữ", "không nhận ra dạng bản ghi"),
        (changed(LINHVUCTHUCHIEN="Hộ tịch"), "cấu trúc"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_field(record: Any, named: str, folder: pathlib.Path) -> None:
    outcome = run.plan([RECORD, record], catalogues.load(folder), folder, TODAY, "thử")
    assert len(outcome.new) == 1
    assert len(outcome.problems) == 1
    assert outcome.problems[0].startswith("bản ghi 2")
    assert named in outcome.problems[0]


def test_the_same_code_twice_is_an_error(folder: pathlib.Path) -> None:
    outcome = run.plan([RECORD, RECORD], catalogues.load(folder), folder, TODAY, "thử")
    assert outcome.problems == ["bản ghi 2 (9.000001): trùng mã với bản ghi 1"]


def test_an_import_keeps_what_people_here_wrote(folder: pathlib.Path) -> None:
    before = catalogues.load(folder)["dang-ky-khai-sinh"]
    record = changed(MATTHC="1.001193", TENTTHC="Đăng ký khai sinh mới")
    outcome = run.plan([record], catalogues.load(folder), folder, TODAY, "thử")
    run.write(outcome)
    after = catalogues.load(folder)["dang-ky-khai-sinh"]
    assert after.name == "Đăng ký khai sinh mới"
    assert (after.aliases, after.situations, after.cases) == (before.aliases, before.situations, before.cases)
    assert after.confidence == "partial"
    again = run.plan([record], catalogues.load(folder), folder, TODAY, "thử")
    assert (again.same, again.changed) == (1, {})


@pytest.mark.parametrize(
    ("said", "amount"),
    [("8.000 đồng", 8000), ("Miễn phí", 0), ("Không", 0), ("theo HĐND tỉnh", None), ("20.000 đồng và 50.000 đồng", None),
     ("Phí 8.000 đồng/bản, theo Thông tư 281/2016/TT-BTC", 8000), ("", None), ("Miễn phí 1 bản, thêm 8.000 đồng/bản", 8000)],
)  # fmt: skip
def test_fee_is_stated_only_when_one_amount_is_named(said: str, amount: int | None) -> None:
    assert values.fee_in(said)["amount_vnd"] == amount


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core.procedures", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_check_changes_nothing_and_import_writes(folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(f"{json.dumps(RECORD)}\n{json.dumps(PUBLISHED)}\n", encoding="utf-8")
    before = sorted(folder.rglob("*"))
    dry = _run("import", str(file), "--check", "--folder", str(folder))
    assert dry.returncode == 0
    assert "2 bản ghi: 2 mới, 0 thay đổi, 0 không đổi, 0 lỗi." in dry.stdout
    assert sorted(folder.rglob("*")) == before
    assert _run("import", str(file), "--folder", str(folder)).returncode == 0
    assert catalogues.load(folder).by_code("9.000001") is not None
    assert _run("check", "--folder", str(folder)).returncode == 0


def test_one_bad_row_stops_the_import_unless_skipped(folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "in.json"
    file.write_text(json.dumps([RECORD, changed(MATTHC="?")]), encoding="utf-8")
    stopped = _run("import", str(file), "--folder", str(folder))
    assert stopped.returncode == 1
    assert "bản ghi 2: MATTHC" in stopped.stderr
    assert catalogues.load(folder).by_code("9.000001") is None
    assert _run("import", str(file), "--skip-bad", "--folder", str(folder)).returncode == 0
    assert catalogues.load(folder).by_code("9.000001") is not None


@pytest.mark.parametrize("content", [b"", b"{broken", b"\xff\xfe", b"[1, 2]"])
def test_a_file_that_is_no_import_is_one_clear_line(content: bytes, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    done = _run("import", str(file), "--check")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
