"""What words mean, when an office reads, what a kept reply becomes."""

from __future__ import annotations

import datetime as dt

import pytest

from core.conversations.talks import hours, phrases
from core.conversations.talks.canned import filled
from core.conversations.talks.model import failure_of
from core.errors import SendError
from core.profile import load

CALENDAR = load("dak-lak").calendar()


@pytest.mark.parametrize(
    "text", ["gặp cán bộ", "cho toi gap can bo voi", "Cho em nói chuyện với nhân viên ạ", "nối máy cán bộ giúp tôi",
             "chuyển cán bộ", "tôi muốn gặp người thật", "gặp cán bộ một cửa"],
)  # fmt: skip
def test_asks_for_a_person(text: str) -> None:
    assert phrases.asks_person(text)
    assert not phrases.goes_back(text)


@pytest.mark.parametrize(
    "text", ["thôi gặp cán bộ", "thoi gap can bo", "không cần gặp cán bộ nữa", "hủy gặp cán bộ ạ", "hỏi lại trợ lý",
             "quay lại trợ lý tự động", "thôi chuyển cán bộ"],
)  # fmt: skip
def test_goes_back(text: str) -> None:
    assert phrases.goes_back(text)
    assert not phrases.asks_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "nộp cho cán bộ nào",
        "gặp cán bộ thì cần giấy tờ gì",
        "cán bộ hộ tịch làm việc mấy giờ",
        "chuyển hồ sơ",
        "thôi",
    ],
)
def test_leaves_questions_alone(text: str) -> None:
    assert not phrases.asks_person(text)
    assert not phrases.goes_back(text)


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("gọi 113 giúp tôi", True),
        ("cháy nhà rồi", True),
        ("cấp cứu với", True),
        ("con tôi bị đuối nước", True),
        ("chồng đang đánh tôi bị thương", True),
        ("chạy nhà đất", True),  # without accents it may be a fire: one telling too many
        ("hồ sơ của tôi chạy đến đâu rồi", False),
        ("lệ phí 115.000 đồng phải không", False),
        ("phiếu khai tử", False),
    ],
)
def test_words_of_danger(text: str, danger: bool) -> None:
    assert phrases.danger(text) is danger


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0912 345 678", "0912345678"),
        ("số tôi là +84 912.345.678 nhé", "0912345678"),
        ("0262 3850 123", "02623850123"),
        ("0912345", None),
        ("066099012345", None),  # an identity number
        ("0912345678 hoặc 0987654321", None),
        ("gọi cho tôi", None),
    ],
)
def test_telephone_numbers(text: str, number: str | None) -> None:
    assert phrases.phone_in(text) == number


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((2026, 11, 23, 6, 0), "07:00 hôm nay"),
        ((2026, 11, 23, 12, 0), "13:30 hôm nay"),
        ((2026, 11, 25, 18, 0), "07:00 ngày mai, 26/11/2026"),
        ((2026, 11, 23, 18, 0), "07:00 thứ Tư, 25/11/2026"),  # the 24th is a holiday since 2026
        ((2026, 11, 27, 17, 0), "07:00 thứ Hai, 30/11/2026"),
        ((2026, 12, 31, 18, 0), "07:00 thứ Hai, 04/01/2027"),
    ],
)
def test_when_somebody_reads_it(now: tuple[int, int, int, int, int], said: str) -> None:
    moment = dt.datetime(*now, tzinfo=CALENDAR.zone).astimezone(dt.UTC)
    office = hours.of_office(CALENDAR, None, verified=False)
    assert hours.moment_said(office.opens(moment), moment) == said
    assert not office.open_at(moment)


def test_an_office_with_hours_of_its_own() -> None:
    office = hours.of_office(CALENDAR, ("08:00-12:00",), verified=False)
    assert (office.said(), office.sure) == ("08:00–12:00", True)
    assert office.open_at(dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC))
    assert not office.open_at(dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC))


def test_places_of_a_kept_reply() -> None:
    assert filled("Tới {nơi}, gọi { điện thoại }", {"nơi": "quầy 1"}) == "Tới quầy 1, gọi …"


@pytest.mark.parametrize(
    ("error", "late", "why"),
    [
        (SendError("x", gone=True), True, "gone"),
        (SendError("x", outside_window=True), False, "window"),
        (SendError("x", retry_after=5), True, "late"),
        (SendError("x"), False, "refused"),
    ],
)
def test_why_it_was_given_up(error: SendError, late: bool, why: str) -> None:
    assert failure_of(error, late=late) == why
