"""What is taken for a wish about links, and what is left to others."""

from __future__ import annotations

import unicodedata

import pytest

from core.people.asking import Wish, code_in, wish
from nlu.vietnamese import clean

LINK = """
liên kết
lien ket
Liên kết tài khoản
liên kết zalo với telegram
lien ket zalo voi telegram
em muốn liên kết tài khoản zalo và trang web ạ
cho tôi liên kết 2 kênh lại với nhau
làm sao để liên kết telegram với zalo
liên kết thêm tài khoản khác
LIÊN KẾT HAI TÀI KHOẢN CỦA TÔI
""".strip().splitlines()
UNLINK = """
hủy liên kết
huy lien ket
bỏ liên kết zalo
gỡ hết liên kết
cho em hủy liên kết với telegram
ngắt liên kết giúp tôi
tôi không muốn liên kết nữa
""".strip().splitlines()
CODES = {
    "liên kết 12345678": "12345678",
    "lien ket 1234 5678": "12345678",
    "liên kết 1234-5678": "12345678",
    "liên kết mã 12 34 56 78 ạ": "12345678",
    "mã liên kết của tôi là 00000000": "00000000",
    "liên kết 1234567": "",
    "liên kết 0905123456": "",
    "liên kết 123456789012": "",
}
OTHERS = """
liên kết đào tạo với nước ngoài cần giấy tờ gì
thủ tục phê duyệt liên kết giáo dục
hợp đồng liên kết sản xuất nông nghiệp
hỗ trợ liên kết chuỗi giá trị
liên kết tài khoản ngân hàng để nhận trợ cấp
liên kết thẻ bảo hiểm y tế với vneid
hủy hợp đồng liên kết
hồ sơ của tôi tới đâu rồi
đăng ký kết hôn
12345678
kết quả khi nào có
""".strip().splitlines()


@pytest.mark.parametrize("text", LINK)
def test_linking_is_asked_for(text: str) -> None:
    for writing in (text, unicodedata.normalize("NFD", text)):
        assert wish(clean(writing)) == Wish("link")


@pytest.mark.parametrize("text", UNLINK)
def test_parting_is_asked_for(text: str) -> None:
    assert wish(text) == Wish("unlink")


@pytest.mark.parametrize(("text", "code"), CODES.items())
def test_a_code_in_any_groups(text: str, code: str) -> None:
    assert wish(text) == Wish("code", code)


@pytest.mark.parametrize("text", OTHERS)
def test_what_names_something_else_is_left_alone(text: str) -> None:
    assert wish(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("12345678", "12345678"), ("12 34.56-78", "12345678"), ("1234567", ""), ("mã 12345678", ""), ("", "")],
)
def test_a_bare_code(text: str, code: str) -> None:
    assert code_in(text) == code
