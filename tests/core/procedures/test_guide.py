"""Answer, ask back, or decline: decisions over a small catalogue."""

from __future__ import annotations

import pytest

from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide, case_in
from core.procedures.model import ASPECTS
from tests.core.procedures.made import procedure

BIRTH = procedure(
    id="khai-sinh",
    code="9.000001",
    name="Đăng ký khai sinh",
    situations=["vợ tôi mới sinh em bé"],
    case_question="Bé sinh chưa quá 60 ngày phải không ạ?",
    cases=[
        {"id": "dung-han", "name": "Chưa quá 60 ngày", "words": ["mới sinh"], "answer": "Không thu phí.", "aspects": ["fee"]},
        {"id": "qua-han", "name": "Đã quá 60 ngày", "words": ["trễ hạn", "quá hạn"], "answer": "Theo mức của tỉnh.", "aspects": ["fee"]},
    ],
)  # fmt: skip
AGAIN = procedure(
    id="khai-sinh-lai", code="9.000002", name="Đăng ký lại khai sinh", aliases=["mất giấy khai sinh gốc"]
)
LAND = procedure(id="sang-ten-dat", code="9.000003", name="Sang tên sổ đỏ", aliases=["mua bán đất", "bìa đỏ"])
CARS = procedure(id="sang-ten-xe", code="9.000004", name="Sang tên xe", aliases=["mua xe cũ"])


@pytest.fixture(scope="module")
def small() -> Guide:
    return Guide(Catalogue([BIRTH, AGAIN, LAND, CARS]))


def test_a_clear_question_is_answered(small: Guide) -> None:
    got = small.ask("sang tên sổ đỏ cần giấy tờ gì", ["documents"])
    assert got.procedure == "sang-ten-dat"
    assert got.messages[0].text.startswith("Giấy tờ cần nộp – Sang tên sổ đỏ")


@pytest.mark.parametrize("text", ["sang ten so do", "SANG TÊN SỔ ĐỎ", "sang tên bìa đỏ", "sang ten sodo"])
def test_other_writings_find_the_same(small: Guide, text: str) -> None:
    assert small.search(text)[0].id == "sang-ten-dat"


def test_two_close_ones_are_asked_about(small: Guide) -> None:
    got = small.ask("sang tên", ["fee"])
    assert got.procedure is None
    assert {b.title for b in got.messages[0].buttons} >= {"Sang tên sổ đỏ", "Sang tên xe"}
    assert got.messages[0].buttons[-1].payload == "none"


def test_a_follow_up_keeps_the_procedure_and_a_new_one_replaces_it(small: Guide) -> None:
    kept = small.ask("thế lệ phí bao nhiêu", ["fee"], "sang-ten-xe")
    assert kept.procedure == "sang-ten-xe"
    assert "Sang tên xe" in kept.messages[0].text
    replaced = small.ask("còn sang tên sổ đỏ thì sao", ["overview"], "sang-ten-xe")
    assert replaced.procedure == "sang-ten-dat"


def test_an_aspect_without_a_procedure_asks_which(small: Guide) -> None:
    got = small.ask("lệ phí bao nhiêu", ["fee"])
    assert "của thủ tục nào" in got.messages[0].text


def test_nothing_fits_offers_the_portal_and_a_person(small: Guide) -> None:
    got = small.ask("tôi muốn mở quán karaoke gia đình ở thị trấn cũ", ["overview"])
    assert got.procedure is None
    targets = [b.url or b.payload for b in got.messages[0].buttons]
    assert targets == ["https://dichvucong.gov.vn", "person"]


def test_the_deciding_case_is_asked_and_then_answered(small: Guide) -> None:
    asked = small.ask("lệ phí đăng ký khai sinh", ["fee"])
    assert "60 ngày" in asked.messages[0].text
    pressed = small.press(asked.messages[0].buttons[1].payload or "")
    assert pressed is not None
    assert pressed.messages[0].text.startswith("Trường hợp đã quá 60 ngày: Theo mức của tỉnh.")


def test_a_case_told_in_the_message_is_not_asked_again(small: Guide) -> None:
    got = small.ask("đăng ký khai sinh trễ hạn lệ phí bao nhiêu", ["fee"])
    assert got.messages[0].text.startswith("Trường hợp đã quá 60 ngày")
    found = case_in(BIRTH, "khai sinh qua han")
    assert found is not None
    assert found.id == "qua-han"


def test_a_case_that_does_not_bear_on_the_question_is_not_asked(small: Guide) -> None:
    assert small.ask("đăng ký khai sinh cần giấy tờ gì", ["documents"]).messages[0].text.startswith("Giấy tờ")


@pytest.mark.parametrize(
    "payload",
    ["", "tt", "tt:", "tt:khai-sinh", "tt:nobody:1", "tt:khai-sinh:99", "tt:khai-sinh:-1", "tt:khai-sinh:x", "tt:a:b:c:d", "tt:khai-sinh:²"],
)  # fmt: skip
def test_a_button_that_is_not_ours_is_refused(small: Guide, payload: str) -> None:
    assert small.press(payload) is None


def test_every_button_of_every_shipped_answer_works(guide: Guide) -> None:
    for ident, p in guide.catalogue.items():
        for number in range(len(ASPECTS)):
            got = guide.press(f"tt:{ident}:{number}")
            assert got is not None
            for message in got.messages:
                for button in message.buttons:
                    assert button.url or guide.press(button.payload or ""), (p.id, button)


@pytest.mark.parametrize("text", ["", " ", "🙂", "???", "a" * 10_000, "\u0301\u0301", "中文", "1.2.3"])
def test_odd_input_never_breaks_the_search(guide: Guide, text: str) -> None:
    assert guide.ask(text, []).messages
