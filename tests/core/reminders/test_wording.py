"""What a person reads when we speak first: by kind, by what they proved, on one screen."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dossiers.model import DossierView, Fee, Status, Step, Supplement
from core.messages import Message
from core.reminders.model import Kind
from core.reminders.timetable import KindRule, Timetable
from core.reminders.told import lines
from core.reminders.wording import MORE, SCREEN, TITLES, compose
from tests.core.dossiers.shown import CODE, PRIVATE, Shown, at, shown
from tests.core.reminders.made import TIMETABLE

PORTAL = "https://dichvucong.gov.vn"
CASES: list[tuple[Kind, str, Status]] = [
    (Kind.CHANGED, "4.x.now", Status.PROCESSING), (Kind.CHANGED, "3.x.now", Status.NOT_RECEIVED),
    (Kind.CHANGED, "8.x.now", Status.STOPPED), (Kind.CHANGED, "10.x.now", Status.RETURNED),
    (Kind.CHANGED, "moved.202610091700.202610131700", Status.PROCESSING),
    (Kind.SUPPLEMENT, "5.x.now", Status.SUPPLEMENT), (Kind.SUPPLEMENT, "5.x.d20261020-1", Status.SUPPLEMENT),
    (Kind.PAYMENT, "6.x.now", Status.PAYMENT), (Kind.PAYMENT, "6.x.d20261020-0", Status.PAYMENT),
    (Kind.PAID, "6.x.paid", Status.PROCESSING), (Kind.PICKUP, "9.x.now", Status.DONE),
    (Kind.PICKUP, "9.x.+3", Status.DONE), (Kind.DUE, "due.202610131700.1", Status.PROCESSING),
    (Kind.LATE, "late.202610131700.+1", Status.PROCESSING), (Kind.CLOSED, "closed.20261124", Status.SUPPLEMENT),
    (Kind.CLOSED, "closed.20261124", Status.PAYMENT), (Kind.CLOSED, "closed.20261124", Status.DONE),
    (Kind.RATING, "once", Status.RETURNED),
]  # fmt: skip
WHEN = {Kind.DUE: at(12, 10), Kind.LATE: at(14, 10), Kind.CLOSED: at(23, 11)}


def say(kind: Kind, occasion: str, one: Shown, timetable: Timetable = TIMETABLE) -> Message | None:
    return compose(kind, occasion, one, "4F7K", timetable, PORTAL, "tỉnh Đắk Lắk")


def text(kind: Kind, occasion: str, one: Shown) -> str:
    message = say(kind, occasion, one)
    assert message is not None
    return message.text


@pytest.mark.parametrize(("kind", "occasion", "status"), CASES)
@pytest.mark.parametrize("level", ["code", "proved"])
def test_every_message_says_which_dossier_and_who_we_are(
    kind: Kind, occasion: str, status: Status, level: str
) -> None:
    one = shown(status, level, now=WHEN.get(kind, at(9, 10)), label="của mẹ", simulated=True)  # type: ignore[arg-type]
    message = say(kind, occasion, one)
    assert message is not None
    said = message.text
    assert CODE in said
    assert "của mẹ" in said
    assert "mô phỏng" in said
    assert said.splitlines()[-1] == (
        "Mã kiểm tra 4F7K – gửi “kiểm tra 4F7K” để biết tin này có phải do tỉnh Đắk Lắk gửi."
    )
    assert not any(word in said for word in ("None", "$", "61/2018", "01/2018", "cam kết"))
    assert len(said) <= 900
    assert len(said.splitlines()) <= 26
    if level == "code":
        assert not any(mark in said for mark in PRIVATE)
        assert not any(day in said for day in ("08/10/2026", "12/10/2026", "14/10/2026", "20/10/2026"))
    payloads = [button.payload for button in message.buttons if button.payload]
    assert all(payload.isascii() and len(payload) <= 64 for payload in payloads)
    assert payloads[-2:] == ["rm:why:4F7K", f"rm:off:{kind.value}"]
    assert (f"d:show:{CODE}" in payloads) is (kind is not Kind.RATING)
    assert (f"d:prove:{CODE}" in payloads) is (level == "code" and kind is not Kind.RATING)
    assert len(message.buttons) <= (7 if kind is Kind.RATING else 5)


@pytest.mark.parametrize(("kind", "occasion", "status"), CASES)
def test_a_day_of_return_that_is_not_open_is_kept(kind: Kind, occasion: str, status: Status) -> None:
    one = shown(status, "code", now=WHEN.get(kind, at(9, 10)), due_allowed=False)
    message = say(kind, occasion, one)
    if kind in (Kind.DUE, Kind.LATE) or occasion.startswith("moved"):
        assert message is None
    else:
        assert message is not None
        assert "13/10/2026" not in message.text
        assert "quá hẹn" not in message.text
        assert "kết quả sớm" not in message.text


PROVED: list[tuple[Kind, str, Status, tuple[str, ...]]] = [
    (Kind.SUPPLEMENT, "5.x.now", Status.SUPPLEMENT, ("QQbosung", "QQgiaybs", "ghi trên thông báo của cơ quan", "QQcoquan", "VNeID", "chưa xác minh")),
    (Kind.PAYMENT, "6.x.now", Status.PAYMENT, ("QQphi: 7.531 đồng", "Còn phải nộp: 7.531 đồng", PORTAL, "VNeID", "không gửi số tài khoản", "QQcoquan")),
    (Kind.PICKUP, "9.x.now", Status.DONE, ("Có kết quả sớm", "Bộ phận Một cửa của QQcoquan", "Hôm nay làm việc sáng 07:00–11:30", "chưa xác minh", "Giấy tiếp nhận và hẹn trả", "giấy ủy quyền", "Nếu đã đăng ký trả kết quả qua bưu chính")),
    (Kind.DUE, "due.202610131700.1", Status.PROCESSING, ("ngày mai, còn 1 ngày làm việc", "QQbuoc", "xem lại tình trạng")),
    (Kind.LATE, "late.202610131700.+1", Status.PROCESSING, ("quá hẹn 1 ngày làm việc", "Cổng chưa ghi lời xin lỗi", "xin lỗi bằng văn bản", "phản ánh")),
    (Kind.CHANGED, "3.x.now", Status.NOT_RECEIVED, ("Lý do: QQghichu", "nộp lại")),
    (Kind.CHANGED, "8.x.now", Status.STOPPED, ("Thông báo: QQghichu",)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "occasion", "status", "parts"), PROVED)
def test_the_owner_reads_what_to_do(
    kind: Kind, occasion: str, status: Status, parts: tuple[str, ...]
) -> None:
    said = text(kind, occasion, shown(status, now=WHEN.get(kind, at(9, 10))))
    assert all(part in said for part in parts), said
    assert "thông tin riêng" not in said


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.PROCESSING, ["Cơ quan: QQcoquan", "Người xử lý: QQnguoi", "Tiếp nhận: 08:30 ngày 08/10/2026",
                             "Xử lý: 09:15 ngày 09/10/2026 (QQphong)", "Hẹn trả: 13/10/2026 (còn 3 ngày làm việc)"]),
        (Status.RETURNED, ["Cơ quan: QQcoquan", "Người xử lý: QQnguoi", "Tiếp nhận: 08:30 ngày 08/10/2026",
                           "Xử lý: 09:15 ngày 09/10/2026 (QQphong)", "Đã trả: 09:00 ngày 14/10/2026"]),
    ],
)  # fmt: skip
def test_a_change_of_state_carries_what_the_decree_asks(status: Status, told: list[str]) -> None:
    one = shown(status)
    assert lines(one) == told
    number = f"{status:d}.x.now"
    assert all(line in text(Kind.CHANGED, number, one) for line in told)
    assert lines(shown(status, view=DossierView(CODE, status, ""))) == []
    by_code = lines(shown(status, "code"))
    assert by_code == ([told[-1]] if status is Status.PROCESSING else [])


def test_a_finished_dossier_without_steps_says_when() -> None:
    assert "Xử lý: 08:30 ngày 12/10/2026" in lines(shown(Status.DONE, steps=()))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(16, 10), "Hạn nộp Cổng ghi: 20/10/2026 (còn 2 ngày làm việc)."),
        (at(20, 10), "Hôm nay là hạn cuối Cổng ghi."),
        (at(21, 10), "Hạn Cổng ghi 20/10/2026 đã qua."),
    ],
)
def test_the_last_day_is_the_portals(now: dt.datetime, said: str) -> None:
    note = "Đề nghị nộp phí, chậm nhất ngày 20/10/2026"
    one = shown(Status.PAYMENT, now=now, note=note)
    assert said in text(Kind.PAYMENT, "6.x.d20261020-0", one)
    by_code = shown(Status.PAYMENT, "code", now=now, note=note)
    assert "hạn" not in text(Kind.PAYMENT, "6.x.d20261020-0", by_code).lower().replace("thời hạn", "")


def test_no_last_day_is_made_up() -> None:
    assert "Hạn nộp Cổng ghi" not in text(Kind.PAYMENT, "6.x.+5", shown(Status.PAYMENT))


def test_a_payment_is_confirmed_as_the_portal_says() -> None:
    paid = (Fee("QQphi", 7531, True),)
    waiting = text(Kind.PAID, "6.x.paid", shown(Status.PAYMENT, fees=paid))
    assert "Cổng ghi đã nộp đủ các khoản" in waiting
    assert "7.531 đồng (Cổng ghi đã nộp)" in waiting
    assert "chưa chuyển tiếp" in waiting
    assert say(Kind.PAID, "6.x.paid", shown(Status.PAYMENT, "code", fees=paid)) is None
    assert say(Kind.PAID, "6.x.paid", shown(Status.PAYMENT, fees=None)) is None
    moved = text(Kind.PAID, "6.x.paid", shown(Status.PROCESSING, fees=None))
    assert "đã qua bước nộp tiền" in moved
    assert "Cổng ghi đã nộp" not in moved


def test_an_early_result_without_its_day() -> None:
    early = "Có kết quả sớm, trước ngày hẹn 13/10/2026."
    assert early in text(Kind.PICKUP, "9.x.now", shown(Status.DONE, finished_at=None))
    assert early in text(Kind.PICKUP, "9.x.now", shown(Status.DONE, "code"))
    assert "sớm" not in text(Kind.PICKUP, "9.x.now", shown(Status.DONE, finished_at=None, now=at(13, 10)))
    assert "sớm" not in text(Kind.PICKUP, "9.x.+3", shown(Status.DONE, finished_at=None))


def test_only_the_agencys_apology_is_an_apology() -> None:
    sorry = Step(at(14, 10, hour=10), "Xin lỗi, hẹn lại ngày trả 20/10/2026", "QQphong")
    said = text(Kind.LATE, "late.202610131700.+1", shown(now=at(14, 10, hour=11), steps=(sorry,)))
    assert "Cơ quan ghi trên Cổng (10:30 ngày 14/10/2026): “Xin lỗi, hẹn lại ngày trả 20/10/2026”." in said
    assert "chưa ghi lời xin lỗi" not in said
    by_code = text(Kind.LATE, "late.202610131700.+1", shown(level="code", now=at(14, 10), steps=(sorry,)))
    assert "20/10/2026" not in by_code
    assert "Cổng chưa ghi" not in by_code  # whether there is one is private, too
    moved = text(Kind.CHANGED, "moved.202610091700.202610131700", shown(steps=(sorry,)))
    assert "Ngày hẹn trước: 09/10/2026" in moved
    assert "“Xin lỗi" in moved
    assert say(Kind.LATE, "late.202610131700.+1", shown(Status.DONE, now=at(14, 10))) is None


@pytest.mark.parametrize(
    ("occasion", "now", "said"),
    [
        ("closed.20261124", at(23, 11), ("Ngày mai 24/11/2026, các quầy Một cửa nghỉ (Ngày Văn hóa Việt Nam).", "Mở cửa lại thứ Tư, ngày 25/11/2026")),
        ("closed.20270204", at(3, 2, 2027), ("Từ ngày mai 04/02/2027 đến hết 10/02/2027, các quầy Một cửa nghỉ (Tết Nguyên Đán).", "thứ Năm, ngày 11/02/2027")),
        ("closed.20260829", at(28, 8), ("Từ ngày mai 29/08/2026 đến hết 02/09/2026, các quầy Một cửa nghỉ (Quốc khánh).",)),
        ("closed.20260425", at(24, 4), ("Từ ngày mai 25/04/2026 đến hết 27/04/2026", "(Ngày Giỗ Tổ Hùng Vương)")),
    ],
)  # fmt: skip
def test_a_closed_counter(occasion: str, now: dt.datetime, said: tuple[str, ...]) -> None:
    told = text(Kind.CLOSED, occasion, shown(Status.DONE, now=now))
    assert all(part in told for part in said), told


def test_a_closure_that_is_none_is_not_told() -> None:
    assert say(Kind.CLOSED, "closed.20261125", shown(Status.DONE)) is None
    assert say(Kind.CLOSED, "9.x.now", shown(Status.DONE)) is None
    assert say(Kind.CLOSED, "closed.20261124", shown(None)) is None


def test_offices_with_unknown_or_own_hours() -> None:
    one = shown(Status.DONE, hours_verified=True)
    assert "chưa xác minh" not in text(Kind.PICKUP, "9.x.now", one)
    evening = text(Kind.PICKUP, "9.x.+3", shown(Status.DONE, now=at(9, 10, hour=18)))
    assert "mở cửa lại lúc 07:00 thứ Hai, ngày 12/10/2026 (giờ hành chính" in evening
    calendar = type(one.calendar)(one.calendar.zone, hours=())
    assert "Giờ làm việc tôi chưa biết" in text(Kind.PICKUP, "9.x.now", shown(Status.DONE, calendar=calendar))


def test_scores_are_a_button_each() -> None:
    message = say(Kind.RATING, "once", shown(Status.RETURNED))
    assert message is not None
    assert [b.payload for b in message.buttons[:5]] == [f"rm:rate:{n}:{CODE}" for n in (1, 2, 3, 4, 5)]


def test_links_are_the_profiles() -> None:
    payment = say(Kind.PAYMENT, "6.x.now", shown(Status.PAYMENT))
    late = say(Kind.LATE, "late.202610131700.+1", shown(now=at(14, 10)))
    assert payment is not None
    assert late is not None
    assert (payment.buttons[0].url, late.buttons[0].payload) == (PORTAL, f"pa:start:{CODE}")


def test_every_kind_has_a_name_and_a_notice_is_written_by_staff() -> None:
    assert set(TITLES) == set(Kind)
    with pytest.raises(ValueError, match="staff"):
        say(Kind.NOTICE, "n1", shown())


def test_a_kind_the_province_turned_off_is_not_worded() -> None:
    off = Timetable(pickup=KindRule(enabled=False))
    assert say(Kind.PICKUP, "9.x.now", shown(Status.DONE), off) is None


LONG = st.text("aăâ bcdđ\n", min_size=0, max_size=3000)
VIEWS = st.builds(
    DossierView,
    st.just(CODE),
    st.sampled_from(Status),
    st.just(""),
    procedure_name=LONG,
    agency=LONG,
    received_at=st.just(at(8, 10)),
    due_at=st.just(at(13, 10)),
    steps=st.lists(st.builds(Step, st.just(at(9, 10)), st.just("xin lỗi ") | LONG, LONG, LONG), max_size=3).map(tuple),
    supplements=st.lists(
        st.builds(Supplement, LONG, st.none(), st.none(), st.lists(LONG, max_size=30).map(tuple)), max_size=3
    ).map(tuple),
    fees=st.lists(st.builds(Fee, LONG, st.integers(0, 10**9), st.none() | st.booleans()), max_size=20).map(tuple),
    note=LONG,
)  # fmt: skip


@given(st.sampled_from(CASES), VIEWS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_longest_dossier_fits(case: tuple[Kind, str, Status], view: DossierView, stale: bool) -> None:
    kind, occasion, status = case
    fields = {
        name: getattr(view, name) for name in DossierView.__slots__ if name not in ("status", "status_text")
    }
    now = WHEN.get(kind, at(9, 10))
    one = shown(status, now=now, stale=stale, simulated=True, label="của mẹ " * 20, **fields)
    message = say(kind, occasion, one)
    if message is not None:
        assert len(message.text) <= SCREEN + 10
        assert message.text.count("4F7K") == 2


def test_what_is_left_out_is_said() -> None:
    papers = tuple(f"Giấy tờ thứ {n} " + "dài " * 30 for n in range(40))
    said = text(
        Kind.SUPPLEMENT,
        "5.x.now",
        shown(Status.SUPPLEMENT, supplements=(Supplement("Nhiều", None, None, papers),)),
    )
    assert MORE in said
    assert "Nộp bổ sung tại nơi đã nộp" in said  # what to do is never cut
