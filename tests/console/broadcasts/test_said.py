"""What staff read about messages and forms, without pages."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData

from console.broadcasts import form, said
from console.masking import masked
from core.broadcasts.model import Content, Link, Report
from core.errors import StaffError
from core.spreadsheet import safe

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("zalo:2512523625412515", "Zalo …515"),
        ("telegram:1234", "Telegram …"),
        ("web:abcdef", "trang web …def"),
    ],
)
def test_addresses_are_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-1", "@sum", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert safe("Đã gửi") == "Đã gửi"


def test_a_platform_s_own_words_are_not_shown() -> None:
    assert said.why("failed", "BadRequest: chat_id is empty") == "Kênh từ chối hoặc lỗi đường truyền"
    assert said.why("dropped", "stopped") == "Đã nhắn “dừng”"
    assert said.why("expired", "too_old") == "Quá hạn của thông báo"
    assert said.why("sent", None) == ""
    report = Report(3, {("zalo", "failed"): 3}, {("failed", "a"): 1, ("failed", "b"): 2}, expanded=True)
    assert said.reasons(report) == [("Kênh từ chối hoặc lỗi đường truyền", 3)]


def test_a_notice_survives_its_form() -> None:
    at = dt.datetime(2026, 12, 1, 8, 30, tzinfo=ZONE)
    content = Content(
        "Tin", "Hai\ndòng", links=(Link("Cổng", "https://a.vn"),), send_at=at, expires_at=at, office=3
    )
    assert form.content(form.typed_from(content, ZONE), ZONE) == content


def test_what_is_left_out_is_put_in_and_what_is_not_meant_left_out() -> None:
    sent = FormData(
        [("title", " Tin  mới "), ("text", "a\r\nb"), ("whom", "subscribers"), ("units", "1"), ("units", "1"),
         ("fields", "Hộ tịch"), ("link_label_1", "Cổng"), ("link_url_1", "a.vn/x"), ("why", "thử"), ("send_at", "1/12/2026 08:00")]
    )  # fmt: skip
    made = form.content(form.typed(sent), ZONE)
    assert (made.title, made.text, made.links) == ("Tin mới", "a\nb", (Link("Cổng", "https://a.vn/x"),))
    assert (made.audience.units, made.audience.fields, made.why) == (("1",), (), "")
    assert made.send_at == dt.datetime(2026, 12, 1, 8, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [("whom", "everybody", "audience"), ("office", "x", "office"), ("send_at", "32/13", "send_at")],
)
def test_what_no_form_sends_is_refused(name: str, value: str, field: str) -> None:
    with pytest.raises(StaffError) as error:
        form.content(form.typed(FormData([("title", "a"), (name, value)])), ZONE)
    assert error.value.field == field
