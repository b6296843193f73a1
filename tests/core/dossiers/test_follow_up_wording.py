"""Direct answers about the dossier in hand: true to the status and to what was proved."""

from __future__ import annotations

import pytest

from core.dossiers.asking import Follow
from core.dossiers.follow_up_wording import answer
from core.dossiers.model import Status
from tests.core.dossiers.shown import CODE, PRIVATE, at, shown

EVERY = [*Status, None]
FOLLOWS: tuple[Follow, ...] = Follow.__args__  # type: ignore[attr-defined]

BOTH: list[tuple[Follow, Status | None, str]] = [
    ("late", Status.NEW, "chưa được tiếp nhận nên chưa tính thời hạn"),
    ("late", Status.RECEIVED, "chưa quá hẹn: hẹn trả 13/10/2026 (còn 3 ngày làm việc)"),
    ("late", Status.PROCESSING, "chưa quá hẹn"),
    ("late", Status.SUPPLEMENT, "không tính là trễ"),
    ("late", Status.PAYMENT, "không tính là trễ"),
    ("late", Status.STOPPED, "đã dừng xử lý"),
    ("late", Status.DONE, "không phải chờ thêm"),
    ("late", None, "không biết hồ sơ có trễ hay không"),
    ("when", Status.NEW, "Chưa có ngày hẹn"),
    ("when", Status.RECEIVED, "Hẹn trả ngày 13/10/2026 (còn 3 ngày làm việc)"),
    ("when", Status.NOT_RECEIVED, "không có kết quả để nhận"),
    ("when", Status.PROCESSING, "Hẹn trả ngày 13/10/2026"),
    ("when", Status.SUPPLEMENT, "tạm dừng cho đến khi anh/chị nộp đủ giấy tờ bổ sung"),
    ("when", Status.PAYMENT, "tạm dừng cho đến khi anh/chị nộp tiền"),
    ("when", Status.WITHDRAWN, "đã rút"),
    ("when", Status.STOPPED, "không có ngày trả kết quả"),
    ("when", Status.DONE, "Đã có kết quả, anh/chị đi nhận được"),
    ("when", Status.RETURNED, "Kết quả đã được trả"),
    ("when", None, "không biết bao giờ có kết quả"),
    ("pay", Status.PROCESSING, "Cổng không báo hồ sơ phải nộp tiền"),
    ("pay", Status.PAYMENT, "Chỉ nộp tiền trên Cổng DVC quốc gia"),
    ("pay", None, "không biết có phải nộp tiền hay không"),
    ("pickup", Status.PROCESSING, "Chưa có kết quả để nhận"),
    ("pickup", Status.DONE, "Khi đi nhận, mang theo Giấy tiếp nhận và hẹn trả"),
    ("pickup", Status.RETURNED, "Kết quả đã được trả"),
    ("pickup", None, "không biết đã có kết quả hay chưa"),
    ("papers", Status.RECEIVED, "Cổng không báo hồ sơ phải bổ sung giấy tờ"),
    ("papers", Status.SUPPLEMENT, "Nộp bổ sung tại nơi đã nộp hồ sơ"),
    ("papers", Status.NOT_RECEIVED, "không được tiếp nhận"),
    ("papers", None, "không biết có phải bổ sung"),
    ("where_now", Status.PROCESSING, "đang được giải quyết"),
    ("status", Status.RECEIVED, "Hẹn trả ngày 13/10/2026"),
    ("status", Status.DONE, "Kết quả đang chờ anh/chị nhận"),
    ("bring", Status.DONE, "giấy ủy quyền"),
    ("bring", Status.SUPPLEMENT, "Mang giấy tờ được yêu cầu bổ sung"),
    ("bring", Status.PROCESSING, "Chưa có kết quả"),
    ("complain", Status.PROCESSING, "phản ánh, kiến nghị"),
    ("who_can", Status.DONE, "giấy ủy quyền"),
    ("who_can", Status.PROCESSING, "Chưa có kết quả"),
    ("who_can", Status.RETURNED, "Kết quả đã được trả"),
]
PROVED: list[tuple[Follow, Status, str]] = [
    ("pay", Status.PAYMENT, "Còn phải nộp: 7.531 đồng"),
    ("pay", Status.PROCESSING, "QQphi: 7.531 đồng"),
    ("pickup", Status.DONE, "Bộ phận Một cửa của QQcoquan"),
    ("pickup", Status.PROCESSING, "nơi nhận: Bộ phận Một cửa của QQcoquan"),
    ("papers", Status.SUPPLEMENT, "QQgiaybs"),
    ("papers", Status.PROCESSING, "Giấy tờ đã nộp: QQdanop; QQgiay."),
    ("papers", Status.NOT_RECEIVED, "Lý do: QQghichu."),
    ("where_now", Status.PROCESSING, "QQphong: QQbuoc.\nNgười xử lý bước này: QQnguoi."),
    ("history", Status.PROCESSING, "QQphong: QQbuoc"),
    ("bring", Status.SUPPLEMENT, "QQbosung"),
    ("when", Status.SUPPLEMENT, "Ngày hẹn trả mới Cổng ghi: 20/10/2026"),
    ("when", Status.STOPPED, "Cơ quan ghi: QQghichu."),
    ("when", Status.RETURNED, "đã được trả ngày 14/10/2026"),
]
OPENED_BY_PROOF: list[tuple[Follow, Status]] = [
    ("pay", Status.PAYMENT),
    ("pickup", Status.DONE),
    ("papers", Status.SUPPLEMENT),
    ("papers", Status.NOT_RECEIVED),
    ("where_now", Status.PROCESSING),
    ("history", Status.PROCESSING),
    ("bring", Status.SUPPLEMENT),
    ("when", Status.STOPPED),
]


@pytest.mark.parametrize(("follow", "status", "said"), BOTH)
def test_the_answer_fits_the_status(follow: Follow, status: Status | None, said: str) -> None:
    for level in ("code", "proved"):
        assert said in answer(follow, shown(status, level)).text


@pytest.mark.parametrize(("follow", "status", "said"), PROVED)
def test_details_come_with_proof(follow: Follow, status: Status, said: str) -> None:
    assert said in answer(follow, shown(status)).text


@pytest.mark.parametrize(("follow", "status"), OPENED_BY_PROOF)
def test_proof_is_offered_where_it_opens_something(follow: Follow, status: Status) -> None:
    assert "sau khi anh/chị xác nhận chính chủ" in answer(follow, shown(status, "code")).text
    assert "xác nhận chính chủ" not in answer(follow, shown(status)).text


@pytest.mark.parametrize("follow", FOLLOWS)
@pytest.mark.parametrize("status", EVERY)
def test_answers_are_short_and_by_code_nothing_private(follow: Follow, status: Status | None) -> None:
    text = answer(follow, shown(status, "code")).text
    assert not any(mark in text for mark in PRIVATE)
    assert 1 <= len(text.splitlines()) <= 5
    assert len(answer(follow, shown(status)).text.splitlines()) <= 8


@pytest.mark.parametrize("level", ["code", "proved"])
def test_a_late_dossier_gets_its_due(level: str) -> None:
    one = shown(Status.PROCESSING, level, now=at(15, 10))  # type: ignore[arg-type]
    for follow in ("late", "when", "complain", "status"):
        text = answer(follow, one).text
        assert "quá hẹn 2 ngày làm việc" in text
        assert "xin lỗi bằng văn bản và hẹn lại ngày" in text
    assert "Lý do chậm tôi không biết" in answer("late", one).text


def test_a_day_of_return_that_is_not_open_is_offered_after_proof() -> None:
    for follow in ("late", "when"):
        text = answer(follow, shown(level="code", due_allowed=False)).text
        assert "Ngày hẹn trả là thông tin riêng" in text
    assert "Cổng không ghi ngày hẹn trả" in answer("when", shown(due_at=None)).text


def test_a_payment_is_never_confirmed_nor_taken() -> None:
    text = answer("pay", shown(Status.PAYMENT)).text
    assert "không nhận tiền và không gửi số tài khoản nào" in text
    assert "không xác nhận theo lời nhắn hay ảnh chụp" in text


def test_a_result_on_a_holiday_says_when_the_office_opens() -> None:
    for level in ("code", "proved"):
        text = answer("when", shown(Status.DONE, level, now=at(24, 11))).text
        assert "Ngày Văn hóa Việt Nam" in text
        assert "25/11/2026" in text


def test_a_complaint_names_the_code() -> None:
    assert CODE in answer("complain", shown(level="code")).text


def test_where_it_lies_without_steps() -> None:
    assert "Cơ quan giải quyết: QQcoquan." in answer("where_now", shown(steps=())).text
    assert "hỏi nơi đã nộp" in answer("where_now", shown(steps=(), agency="")).text
