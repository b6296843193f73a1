"""What the citizen reads: figures as Vietnamese write them, doubts said, sources named."""

from __future__ import annotations

import pytest

from core.procedures import wording
from core.procedures.catalogue import Catalogue
from core.procedures.model import ASPECTS, Case, Fee, TimeLimit
from tests.core.procedures.made import procedure


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "0 đồng"), (8000, "8.000 đồng"), (1_500_000, "1.500.000 đồng")]
)
def test_money(amount: int, said: str) -> None:
    assert wording.money(amount) == said


@pytest.mark.parametrize(
    ("fee", "said"),
    [
        (Fee(amount_vnd=8000), "8.000 đồng"),
        (Fee(amount_vnd=0), "không thu phí"),
        (Fee(), "chưa có mức thu đã xác minh"),
    ],
)
def test_price(fee: Fee, said: str) -> None:
    assert wording.price(fee) == said


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (TimeLimit(value=3, unit="working_days"), "3 ngày làm việc"),
        (TimeLimit(value=30, unit="days"), "30 ngày"),
        (TimeLimit(unit="same_day"), "trong ngày làm việc"),
        (TimeLimit(), "chưa có thông tin đã xác minh"),
    ],
)
def test_duration(limit: TimeLimit, said: str) -> None:
    assert wording.duration(limit) == said


def test_an_unverified_figure_is_never_stated_as_certain() -> None:
    doubt = "chưa được xác minh"
    assert doubt in wording.price(Fee(amount_vnd=8000, certain=False))
    assert doubt in wording.duration(TimeLimit(value=3, unit="working_days", certain=False))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_of_every_procedure_is_answered_with_its_source(
    aspect: str, catalogue: Catalogue
) -> None:
    for p in catalogue.values():
        messages = wording.answer(p, [aspect])  # type: ignore[list-item]
        assert len(messages) == 1
        text = messages[0].text
        assert f"kiểm tra ngày {p.checked:%d/%m/%Y}" in text
        assert (p.code or "chưa xác minh mã thủ tục") in text
        assert ("Lưu ý:" in text) == (p.confidence != "verified"), p.id
        assert "None" not in text
        assert ".." not in text, text
        for button in messages[0].buttons:
            assert button.url or (button.payload and len(button.payload.encode()) <= 64)


def test_no_shipped_answer_sends_anybody_to_a_district(catalogue: Catalogue) -> None:
    for p in catalogue.values():
        for channel in p.channels:
            assert "cấp huyện" not in (channel.note or ""), p.id
        assert "cấp huyện" not in p.authority, p.id


def test_several_aspects_come_in_the_order_asked_with_one_source() -> None:
    messages = wording.answer(procedure(), ["fee", "documents"])
    assert messages[0].text.startswith("Lệ phí")
    assert messages[1].text.startswith("Giấy tờ")
    assert sum("Nguồn:" in m.text for m in messages) == 1
    assert [bool(m.buttons) for m in messages] == [False, True]


def test_channels_that_differ_are_told_apart() -> None:
    p = procedure(
        channels=[
            {"mode": "online", "fee": {"amount_vnd": 5000}, "time_limit": {}},
            {"mode": "in_person", "fee": {"amount_vnd": 8000}, "time_limit": {}},
        ]
    )
    assert "trực tuyến: 5.000 đồng; trực tiếp: 8.000 đồng" in wording.answer(p, ["fee"])[0].text


def test_the_case_that_decides_comes_first() -> None:
    case = Case(id="qua-han", name="Quá hạn", answer="Có thể phải nộp lệ phí.", aspects=("fee",))
    p = procedure(case_question="Quá hạn chưa?", cases=[case.model_dump()])
    assert wording.answer(p, ["fee"], case)[0].text.startswith("Trường hợp quá hạn: Có thể phải nộp lệ phí.")
    assert wording.answer(p, ["documents"], case)[0].text.startswith("Giấy tờ")
    question = wording.ask_case(p, ["fee"])
    assert question.buttons[0].payload == "tt:giay-thu:2:qua-han"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("dịch vụ công trực tuyến toàn trình", "toàn trình (trước gọi là mức độ 4)"),
        ("một phần", "một phần (trước gọi là mức độ 3)"),
        (None, "nộp qua mạng trên Cổng"),
    ],
)
def test_online_level_in_the_words_citizens_still_use(note: str | None, said: str) -> None:
    p = procedure(channels=[{"mode": "online", "note": note, "fee": {}, "time_limit": {}}])
    assert said in wording.answer(p, ["online"])[0].text


def test_not_online_says_so_and_how_instead() -> None:
    assert "chưa nộp được qua mạng" in wording.answer(procedure(), ["online"])[0].text
