"""Which words are a report that an answer is wrong, and which only sound like one."""

from __future__ import annotations

import pytest

from core.procedures import wrong_words


@pytest.mark.parametrize(
    "text",
    [
        "thông tin sai", "thong tin sai roi", "Sai thông tin rồi", "thông tin này không đúng", "câu trả lời sai",
        "trả lời sai rồi", "báo thông tin sai", "tôi muốn báo thông tin sai", "bạn ơi thông tin này sai",
        "thông tin trên chưa chính xác", "lệ phí này sai", "nói sai rồi", "thông tin cũ rồi",
    ],
)  # fmt: skip
def test_nothing_but_that_it_is_wrong(text: str) -> None:
    assert wrong_words.heard(text) == "ask"


@pytest.mark.parametrize(
    "text",
    [
        "sai rồi phí không phải vậy",
        "sai rồi, lệ phí là 10 nghìn chứ không phải 8 nghìn",
        "sai rồi, nộp 2 bản sao chứ không phải một",
        "thông tin sai, thời hạn là 5 ngày chứ không phải 3 ngày",
        "khong dung, le phi o xa thu 15000 dong",
    ],
)
def test_that_it_is_wrong_and_what(text: str) -> None:
    assert wrong_words.heard(text) == "told"


@pytest.mark.parametrize(
    "text",
    [
        "thông tin sai trên giấy khai sinh thì sửa thế nào",
        "sai tên trên giấy khai sinh",
        "cccd bị sai ngày sinh",
        "sai ngày sinh trong giấy khai sinh, đính chính ở đâu",
        "sai rồi, tôi hỏi khai tử",
        "sai rồi ý tôi là phí khai tử",
        "không phải thủ tục này",
        "không đúng tuyến có được hưởng bảo hiểm không",
        "thông tin có sai không?",
        "lệ phí bao nhiêu",
        "không",
        "sai",
        "giấy tờ gì",
        "",
    ],
)
def test_what_only_sounds_so(text: str) -> None:
    assert wrong_words.heard(text) is None


def test_leaving_it() -> None:
    assert wrong_words.cancels("Thôi ạ")
    assert not wrong_words.cancels("thôi, phí là 5 nghìn")
