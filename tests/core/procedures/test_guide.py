"""Answer, ask back, or decline: decisions over a small catalogue."""

from __future__ import annotations

import pytest

from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide, case_in
from core.procedures.model import ASPECTS, NotHeld
from nlu.vietnamese import words
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


@pytest.fixture(scope="module")
def small() -> Guide:
    """For what needs no search: buttons and cases."""
    return Guide(Catalogue([BIRTH, AGAIN]))


def test_a_clear_question_is_answered(guide: Guide) -> None:
    got = guide.ask("đăng ký kết hôn cần giấy tờ gì", ["documents"])
    assert got.procedure == "dang-ky-ket-hon"
    assert got.messages[0].text.startswith("Giấy tờ cần nộp – Đăng ký kết hôn")


@pytest.mark.parametrize(
    "text",
    ["cap lai so do bi mat", "CẤP LẠI SỔ ĐỎ BỊ MẤT", "xin lại bìa đỏ bị mất", "cap lai sodo bi mat", "cấp lại sổ đỏo bị mất"],
)  # fmt: skip
def test_other_writings_find_the_same(guide: Guide, text: str) -> None:
    assert guide.search(text)[0].id == "cap-lai-so-do"


def test_two_close_ones_are_asked_about(guide: Guide) -> None:
    got = guide.ask("sang tên cần giấy tờ gì", ["documents"])
    assert got.procedure is None
    titles = {b.title for b in got.messages[0].buttons}
    assert {guide.catalogue[i].short_name for i in ("bien-dong-chuyen-nhuong", "sang-ten-xe")} <= titles
    assert got.messages[0].buttons[-1].payload == "none"


def test_a_follow_up_keeps_the_procedure_and_a_new_one_replaces_it(guide: Guide) -> None:
    kept = guide.ask("thế lệ phí bao nhiêu", ["fee"], "sang-ten-xe")
    assert kept.procedure == "sang-ten-xe"
    assert "Sang tên xe" in kept.messages[0].text
    replaced = guide.ask("còn đăng ký tạm trú thì sao", ["overview"], "sang-ten-xe")
    assert replaced.procedure == "dang-ky-tam-tru"


def test_another_event_is_not_answered_with_the_procedure_in_hand(guide: Guide) -> None:
    got = guide.ask("bà nội tôi mới mất", ["overview"], "dang-ky-khai-sinh")
    assert got.procedure != "dang-ky-khai-sinh"
    assert any("khai tử" in b.title.lower() for b in got.messages[0].buttons)


@pytest.mark.parametrize("text", ["nhờ người khác nộp giùm được không", "tôi đang ở Sài Gòn thì nộp ở đâu"])
def test_a_follow_up_in_other_words_keeps_the_procedure(guide: Guide, text: str) -> None:
    assert guide.ask(text, ["conditions"], "dang-ky-khai-sinh").procedure == "dang-ky-khai-sinh"


def test_an_aspect_without_a_procedure_asks_which(guide: Guide) -> None:
    got = guide.ask("lệ phí bao nhiêu", ["fee"])
    assert "của thủ tục nào" in got.messages[0].text


def test_nothing_fits_offers_the_portal_and_a_person(guide: Guide) -> None:
    got = guide.ask("dự báo giá cà phê robusta tuần tới tăng hay giảm", ["overview"])
    assert got.procedure is None
    targets = [b.url or b.payload for b in got.messages[0].buttons]
    assert targets == ["https://dichvucong.gov.vn", "person"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("xin giấy phép kinh doanh karaoke cần gì", "karaoke"),
        ("thủ tục nhập quốc tịch Việt Nam", "quốc tịch"),
    ],
)
def test_a_procedure_that_is_not_held_is_declined_by_name(guide: Guide, text: str, name: str) -> None:
    got = guide.ask(text, ["documents"])
    assert got.procedure is None
    assert name in got.messages[0].text
    assert "chưa có trong danh mục" in got.messages[0].text


def test_nothing_is_offered_where_only_procedures_not_held_come_near() -> None:
    others = [NotHeld(name=f"Giấy phép karaoke {kind}") for kind in ("hạng nhất", "hạng nhì", "hạng ba")]
    got = Guide(Catalogue([BIRTH], others)).ask("xin giấy phép karaoke", ["overview"])
    assert got.procedure is None
    assert [b.url or b.payload for b in got.messages[0].buttons] == ["https://dichvucong.gov.vn", "person"]


def test_none_of_the_procedures_not_held_is_held(guide: Guide) -> None:
    held = {" ".join(words(p.name)) for p in guide.catalogue.values()}
    assert not [n.name for n in guide.catalogue.not_held if " ".join(words(n.name)) in held]


def test_the_deciding_case_is_asked_and_then_answered(small: Guide) -> None:
    asked = small.answer(BIRTH, "lệ phí đăng ký khai sinh", ["fee"]).messages
    assert "60 ngày" in asked[0].text
    pressed = small.press(asked[0].buttons[1].payload or "")
    assert pressed is not None
    assert pressed.messages[0].text.startswith("Trường hợp đã quá 60 ngày: Theo mức của tỉnh.")


def test_a_case_told_in_the_message_is_not_asked_again(small: Guide) -> None:
    got = small.answer(BIRTH, "đăng ký khai sinh trễ hạn lệ phí bao nhiêu", ["fee"]).messages
    assert got[0].text.startswith("Trường hợp đã quá 60 ngày")
    found = case_in(BIRTH, "khai sinh qua han")
    assert found is not None
    assert found.id == "qua-han"


def test_a_case_that_does_not_bear_on_the_question_is_not_asked(small: Guide) -> None:
    assert (
        small.answer(BIRTH, "đăng ký khai sinh cần giấy tờ gì", ["documents"])
        .messages[0]
        .text.startswith("Giấy tờ")
    )


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
