"""What editors read: what is wrong and what differs, in words."""

from __future__ import annotations

from typing import Any

import pytest

from core.procedures.editing.differences import Change, changes, needs_source
from core.procedures.editing.fields import LABELS, PARTS, label
from core.procedures.editing.problems import check
from core.procedures.editing.version import digest, dumped
from core.procedures.model import Case, Channel, Document, Fee, Procedure, Source, TimeLimit
from tests.core.procedures.made import BASE, procedure

CASE = {"id": "qua-han", "name": "Quá hạn", "answer": "Phải nộp phí.", "aspects": ["fee"]}


def way(**changes: Any) -> dict[str, Any]:
    return {**BASE["channels"][0], **changes}


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"result": " "}, "result", "Chưa nhập."),
        ({"name": None}, "name", "Chưa nhập."),
        ({"code": "1.23"}, "code", "1.001193"),
        ({"code": "7.777777"}, "code", "là của thủ tục “khac”"),
        ({"checked": "32/13/2026"}, "checked", "ngày/tháng/năm"),
        ({"confidence": "chắc"}, "confidence", "Chọn một mục"),
        ({"channels": []}, "channels", "ít nhất một dòng"),
        ({"channels": [way(fee={"amount_vnd": "tám nghìn"})]}, "channels.0.fee.amount_vnd", "số nguyên"),
        ({"channels": [way(fee={"amount_vnd": -1})]}, "channels.0.fee.amount_vnd", "từ 0 trở lên"),
        ({"channels": [way(time_limit={"value": 0})]}, "channels.0.time_limit.value", "lớn hơn 0"),
        ({"channels": [way(time_limit={"value": 3})]}, "channels.0.time_limit.unit", "ngày làm việc"),
        ({"channels": [way(time_limit={"unit": "days"})]}, "channels.0.time_limit.value", "số ngày"),
        ({"channels": [way(), way()]}, "channels.1.mode", "đã có ở dòng trên"),
        ({"documents": [{"name": "Tờ khai", "copies": "hai"}]}, "documents.0.copies", "số nguyên"),
        ({"cases": [CASE]}, "case_question", "câu hỏi"),
        ({"cases": [CASE, CASE], "case_question": "?"}, "cases.1.id", "Trùng mã"),
        (
            {"id": "g" * 40, "cases": [{**CASE, "id": "c" * 24}], "case_question": "?"},
            "cases.0.id",
            "nút bấm không chứa hết",
        ),
        ({"cases": [{**CASE, "id": "Quá hạn"}], "case_question": "?"}, "cases.0.id", "không dấu"),
        ({"sources": [{}]}, "sources.0.ref", "Nhập trang web"),
        ({"sources": [{"page": "dichvucong.gov.vn"}]}, "sources.0.page", "https://"),
        ({"màu": "xanh"}, "màu", "không có mục này"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(changes: dict[str, Any], place: str, said: str) -> None:
    made, wrong = check({**BASE, **changes}, {"7.777777": "khac"})
    assert made is None
    assert said in wrong[place]


def test_nothing_is_said_in_english() -> None:
    record: dict[str, Any] = {"id": 3, "documents": [{}], "channels": [{"fee": {}, "mode": 1}], "cases": "x"}
    for said in check(record, {})[1].values():
        assert not {"should", "Input", "valid", "required"} & set(said.split()), said


def test_a_right_record_and_its_own_code() -> None:
    made, wrong = check(BASE, {"9.000001": "giay-thu"})
    assert wrong == {}
    assert made == procedure()


def told(**changed: Any) -> list[Change]:
    return changes(dumped(procedure()), dumped(procedure(**changed)))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"channels": [way(fee={"amount_vnd": 0})]},
            [Change("Cách nộp, lệ phí, thời hạn – Trực tiếp: Lệ phí (đồng)", "8.000 đồng", "0 đồng")],
        ),
        (
            {"channels": [way(fee={"amount_vnd": 8000, "certain": False})]},
            [Change("Cách nộp, lệ phí, thời hạn – Trực tiếp: Lệ phí đã xác minh", "có", "không")],
        ),
        (
            {"documents": [{"name": "Tờ khai", "form": "Mẫu 01", "copies": 2}]},
            [Change("Giấy tờ cần nộp – Tờ khai: Số bản sao", "0", "2")],
        ),
        (
            {"documents": [{"name": "Đơn", "form": "Mẫu 01"}]},
            [Change("Giấy tờ cần nộp – Đơn: Tên giấy tờ", "Tờ khai", "Đơn")],
        ),
        (
            {"documents": [*BASE["documents"], {"name": "Ảnh"}]},
            [Change("Giấy tờ cần nộp", None, "Tên giấy tờ: Ảnh; Số bản chính: 1; Số bản sao: 0")],
        ),
        ({"steps": ["Nhận", "Nộp"]}, [Change("Các bước (thứ tự)", "Nộp · Nhận", "Nhận · Nộp")]),
        ({"steps": ["Nộp"]}, [Change("Các bước", "Nhận", None)]),
        ({"checked": "2026-11-24"}, [Change("Ngày đối chiếu", "20/07/2026", "24/11/2026")]),
        ({"confidence": "partial"}, [Change("Mức độ tin cậy", "Đã đối chiếu", "Đối chiếu một phần")]),
        ({"title": "Giấy thử"}, [Change("Tên thường gọi", None, "Giấy thử")]),
        (
            {"cases": [CASE], "case_question": "Quá hạn?"},
            [
                Change("Câu hỏi phân biệt trường hợp", None, "Quá hạn?"),
                Change(
                    "Trường hợp",
                    None,
                    "Tên trường hợp: Quá hạn; Câu trả lời riêng: Phải nộp phí.; Ảnh hưởng đến: Lệ phí",
                ),
            ],
        ),
        ({}, []),
    ],
)
def test_what_differs_in_words(changed: dict[str, Any], expected: list[Change]) -> None:
    assert told(**changed) == expected


def test_rows_that_changed_places() -> None:
    two = [*BASE["documents"], {"name": "Ảnh"}]
    before, after = dumped(procedure(documents=two)), dumped(procedure(documents=two[::-1]))
    assert changes(before, after) == [Change("Giấy tờ cần nộp (thứ tự)", "Tờ khai · Ảnh", "Ảnh · Tờ khai")]


@pytest.mark.parametrize(
    ("changed", "needed"),
    [
        ({"channels": [way(fee={"amount_vnd": 1})]}, True),
        ({"channels": [way(time_limit={"value": 9, "unit": "days"})]}, True),
        ({"channels": [way(note="tầng 2")]}, False),
        ({"documents": []}, True),
        ({"aliases": ["giấy"]}, False),
        ({"checked": "2026-11-24"}, False),
    ],
)
def test_what_needs_a_source(changed: dict[str, Any], needed: bool) -> None:
    assert needs_source(dumped(procedure()), dumped(procedure(**changed))) is needed


def test_every_field_of_the_model_has_its_name() -> None:
    assert set(LABELS) == set(Procedure.model_fields)
    rows = {"documents": Document, "cases": Case, "sources": Source}
    expected = {f"{name}.{field}" for name, model in rows.items() for field in model.model_fields}
    expected |= {"channels.mode", "channels.note"} | {f"channels.fee.{f}" for f in Fee.model_fields}
    expected |= {f"channels.time_limit.{f}" for f in TimeLimit.model_fields}
    assert set(PARTS) == expected
    assert set(Channel.model_fields) == {"mode", "note", "fee", "time_limit"}
    assert label("documents.0.name") == "Giấy tờ cần nộp, dòng 1: Tên giấy tờ"


def test_a_digest_tells_records_apart_and_nothing_else() -> None:
    assert digest(procedure()) == digest(procedure(aliases=[]))
    assert digest(procedure()) != digest(procedure(aliases=["giấy"]))
