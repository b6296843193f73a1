"""What is read about a dossier: by status, by what was proved, by the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dossiers.follow_up_wording import _ANSWERS, answer
from core.dossiers.model import DossierView, Fee, Status, Step, Supplement
from core.dossiers.shown import Shown
from core.dossiers.wording import SIMULATED, about, is_late, summary, timeline
from tests.core.dossiers.shown import CALENDAR, CODE, PRIVATE, at, shown

FORBIDDEN = ("61/2018", "01/2018", "chắc chắn sẽ", "cam kết", "None", "  \n")

STATES: dict[Status | None, str] = {
    Status.NEW: "đã gửi, đang chờ tiếp nhận.",
    Status.RECEIVED: "đã được tiếp nhận.",
    Status.NOT_RECEIVED: "không được tiếp nhận.",
    Status.PROCESSING: "đang được giải quyết.",
    Status.SUPPLEMENT: "đang chờ anh/chị bổ sung giấy tờ.",
    Status.PAYMENT: "đang chờ anh/chị nộp tiền",
    Status.WITHDRAWN: "đã được rút",
    Status.STOPPED: "đã dừng xử lý.",
    Status.DONE: "đã giải quyết xong, có kết quả.",
    Status.RETURNED: "kết quả đã được trả.",
    None: ": Cổng ghi tình trạng “Chờ thuế”.",
}
BY_CODE: dict[Status | None, tuple[str, ...]] = {
    Status.NEW: ("bước 1/5", "chưa tính thời hạn"),
    Status.RECEIVED: ("bước 2/5", "13/10/2026 (còn 3 ngày làm việc)"),
    Status.NOT_RECEIVED: ("Lý do không tiếp nhận là thông tin riêng", "nộp lại"),
    Status.PROCESSING: ("Mức độ: bước 3/5 – đang giải quyết", "còn 3 ngày làm việc"),
    Status.SUPPLEMENT: ("Giấy tờ cần bổ sung là thông tin riêng", "tạm dừng"),
    Status.PAYMENT: ("Số tiền phải nộp là thông tin riêng", "không nhận tiền", "VNeID"),
    Status.WITHDRAWN: ("nộp hồ sơ mới",),
    Status.STOPPED: ("Lý do dừng là thông tin riêng",),
    Status.DONE: ("bước 4/5", "Nơi nhận kết quả là thông tin riêng", "giấy ủy quyền"),
    Status.RETURNED: ("bước 5/5",),
    None: ("không dám đoán nghĩa",),
}
PROVED: dict[Status | None, tuple[str, ...]] = {
    Status.NEW: ("Nơi tiếp nhận: QQcoquan",),
    Status.RECEIVED: ("Hẹn trả: 13/10/2026 (còn 3 ngày làm việc)",),
    Status.NOT_RECEIVED: ("Lý do: QQghichu.", "nộp lại"),
    Status.PROCESSING: ("Bước gần nhất: 09:15 ngày 09/10/2026 – QQphong: QQbuoc.",),
    Status.SUPPLEMENT: (
        "QQbosung (yêu cầu ngày 09/10/2026)", "QQgiaybs", "Ngày hẹn trả mới: 20/10/2026", "tạm dừng",
        "Cổng DVC quốc gia",
    ),
    Status.PAYMENT: ("QQphi: 7.531 đồng (chưa nộp)", "Còn phải nộp: 7.531 đồng", "không gửi số tài khoản nào", "VNeID"),
    Status.WITHDRAWN: ("nộp hồ sơ mới",),
    Status.STOPPED: ("Thông báo: QQghichu.",),
    Status.DONE: (
        "Có kết quả sớm", "Kết quả gồm: QQketqua.", "Bộ phận Một cửa của QQcoquan", "sáng 07:00–11:30",
        "Giấy tiếp nhận và hẹn trả", "căn cước", "giấy ủy quyền", "gọi hỏi trước khi đi",
    ),
    Status.RETURNED: ("Ngày trả kết quả: 14/10/2026.",),
    None: ("không dám đoán nghĩa", "Hẹn trả: 13/10/2026"),
}  # fmt: skip
EVERY = [*Status, None]


@pytest.mark.parametrize("status", EVERY)
def test_the_first_line_is_the_state_in_plain_words(status: Status | None) -> None:
    for level in ("code", "proved"):
        for label, head in (("của mẹ", "Hồ sơ của mẹ"), ("", "Hồ sơ")):
            first = about(shown(status, level, label=label)).text.splitlines()[0]
            assert first.startswith(head)
            assert STATES[status] in first


@pytest.mark.parametrize("status", EVERY)
def test_by_code_alone(status: Status | None) -> None:
    message = about(shown(status, "code"))
    assert all(part in message.text for part in (CODE, *BY_CODE[status])), message.text
    assert not any(mark in message.text for mark in PRIVATE)
    assert not any(day in message.text for day in ("08/10/2026", "12/10/2026", "14/10/2026", "20/10/2026"))
    assert message.buttons == ()


@pytest.mark.parametrize("status", EVERY)
def test_when_proved(status: Status | None) -> None:
    text = about(shown(status)).text
    common = ("Thủ tục: QQthutuc", "Chủ hồ sơ: QQchu", "Tiếp nhận: 08/10/2026")
    assert all(part in text for part in (*common, *PROVED[status])), text
    assert "thông tin riêng" not in text
    assert "QQnguoi" not in text
    for other, own in ((Status.SUPPLEMENT, "QQbosung"), (Status.PAYMENT, "7.531"), (Status.DONE, "QQketqua")):
        assert (own in text) == (status is other)


@pytest.mark.parametrize("status", EVERY)
def test_what_is_unknown_is_left_out_or_said(status: Status | None) -> None:
    bare = shown(status, view=DossierView(CODE, status, ""), status_text="")
    text = "\n".join([about(bare).text, timeline(bare).text, summary(bare)])
    assert not any(word in text for word in ("Thủ tục:", "Chủ hồ sơ:", "Cơ quan giải quyết:", "Hẹn trả:"))
    said = {
        Status.NOT_RECEIVED: "Lý do: Cổng không ghi",
        Status.RECEIVED: "Cổng không ghi ngày hẹn trả",
        Status.PROCESSING: "Cổng không ghi ngày hẹn trả",
        Status.SUPPLEMENT: "Cổng không ghi cần bổ sung giấy gì",
        Status.PAYMENT: "Cổng không ghi số tiền",
        Status.STOPPED: "Thông báo: Cổng không ghi",
        Status.DONE: "Nơi nhận: theo Giấy tiếp nhận và hẹn trả",
        None: "Cổng không cho biết tình trạng",
    }
    assert said.get(status, "") in text


@pytest.mark.parametrize("status", EVERY)
@pytest.mark.parametrize("level", ["code", "proved"])
def test_no_text_promises_or_cites_what_is_replaced(status: Status | None, level: str) -> None:
    one = shown(status, level, now=at(1, 12))  # type: ignore[arg-type]
    texts = [about(one).text, timeline(one).text, summary(one), *(answer(f, one).text for f in _ANSWERS)]
    assert not any(word in text for text in texts for word in FORBIDDEN)


@pytest.mark.parametrize(
    ("due", "now", "said", "late"),
    [
        (at(13, 10, hour=17), at(8, 10), "còn 3 ngày làm việc", False),
        (at(13, 10, hour=17), at(12, 10), "ngày mai, còn 1 ngày làm việc", False),
        (at(13, 10, hour=17), at(13, 10), "(hôm nay)", False),
        (at(13, 10, hour=17), at(13, 10, hour=18), "đã quá giờ hẹn hôm nay (17:30)", True),
        (at(13, 10, hour=0, minute=0), at(13, 10, hour=18), "(hôm nay)", False),
        (at(13, 10, hour=17), at(15, 10), "đã quá hẹn 2 ngày làm việc", True),
        (at(16, 10, hour=17), at(18, 10), "đã quá hẹn từ ngày 16/10/2026", True),  # a weekend since
        (at(23, 11, hour=17), at(24, 11), "đã quá hẹn từ ngày 23/11/2026", True),  # a holiday since
        (at(3, 2, 2027), at(11, 2, 2027), "đã quá hẹn 1 ngày làm việc", True),  # over Tết
        (at(12, 2, 2027, hour=17), at(3, 2, 2027), "còn 2 ngày làm việc", False),  # over Tết
        (at(21, 11, hour=17), at(20, 11), "còn 1 ngày, đều là ngày nghỉ", False),
        (at(6, 5, 2019), at(24, 11), "quá hẹn từ lâu (từ ngày 06/05/2019)", True),
        (at(3, 8), at(24, 11), "quá hẹn từ lâu (từ ngày 03/08/2026)", True),
        (at(6, 5, 2099), at(24, 11), "06/05/2099", False),
    ],
)
def test_how_far_off_the_day_of_return_is(due: dt.datetime, now: dt.datetime, said: str, late: bool) -> None:
    for level in ("code", "proved"):
        one = shown(Status.PROCESSING, level, now=now, due_at=due)
        text = about(one).text
        assert said in text
        assert is_late(one) is late
        assert ("xin lỗi bằng văn bản" in text) is late
        assert ("phản ánh, kiến nghị" in text) is late


def test_days_are_those_of_the_province() -> None:
    night = dt.datetime(2026, 10, 12, 18, 0, tzinfo=dt.UTC)  # 01:00 on the 13th
    assert (
        "Hẹn trả: 13/10/2026 (hôm nay)"
        in about(shown(due_at=night, now=night - dt.timedelta(minutes=1))).text
    )


@pytest.mark.parametrize("status", [s for s in Status if not s.clock_runs])
def test_only_a_running_time_limit_is_late(status: Status) -> None:
    one = shown(status, now=at(1, 12))
    assert not is_late(one)
    assert "quá hẹn" not in about(one).text + summary(one)


def test_soon_due_is_said_first() -> None:
    assert "sắp đến hạn trả" in about(shown(now=at(12, 10))).text.splitlines()[0]
    assert "sắp đến hạn" not in about(shown(now=at(8, 10))).text


@pytest.mark.parametrize("status", EVERY)
def test_a_day_of_return_that_is_not_open_is_kept(status: Status | None) -> None:
    one = shown(status, "code", due_allowed=False, now=at(15, 10))
    texts = [about(one).text, timeline(one).text, summary(one), *(answer(f, one).text for f in _ANSWERS)]
    assert not any("13/10/2026" in text or "quá hẹn" in text for text in texts)
    assert not is_late(one)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(24, 11, hour=14), "Hôm nay nghỉ (Ngày Văn hóa Việt Nam); mở cửa lại lúc 07:00 thứ Tư, ngày 25/11/2026."),
        (at(21, 11), "Hôm nay thứ Bảy, nghỉ; mở cửa lại lúc 07:00 thứ Hai, ngày 23/11/2026."),
        (at(20, 11, hour=12), "Bây giờ đang ngoài giờ làm việc, mở cửa lúc 13:30 hôm nay."),
        (at(23, 11, hour=18), "hết giờ làm việc; mở cửa lại sau ngày nghỉ lễ lúc 07:00 thứ Tư, ngày 25/11/2026."),
        (at(3, 2, 2027, hour=18), "mở cửa lại sau ngày nghỉ lễ lúc 07:00 thứ Năm, ngày 11/02/2027."),
        (at(6, 2, 2027), "Hôm nay nghỉ (Tết Nguyên Đán); mở cửa lại sau ngày nghỉ lễ lúc 07:00 thứ Năm"),
    ],
)  # fmt: skip
def test_a_closed_office_opens_again(now: dt.datetime, said: str) -> None:
    assert said in about(shown(Status.DONE, now=now)).text


def test_an_open_office_with_its_own_hours() -> None:
    text = about(shown(Status.DONE, now=at(20, 11), hours_verified=True)).text
    assert "mở cửa" not in text
    assert "gọi hỏi" not in text


@pytest.mark.parametrize(
    ("agency", "place"),
    [
        ("UBND phường Tuy Hoà", "Bộ phận Một cửa của UBND phường Tuy Hoà,"),
        ("Trung tâm Phục vụ hành chính công tỉnh", "Nơi nhận: Trung tâm Phục vụ hành chính công tỉnh,"),
    ],
)
def test_where_a_result_is(agency: str, place: str) -> None:
    assert place in about(shown(Status.DONE, agency=agency)).text


@pytest.mark.parametrize(
    ("finished", "early"), [(at(12, 10), True), (at(13, 10), False), (at(20, 10), False), (None, False)]
)
def test_an_early_result_is_said(finished: dt.datetime | None, early: bool) -> None:
    assert ("Có kết quả sớm" in about(shown(Status.DONE, finished_at=finished)).text) is early


@pytest.mark.parametrize(
    ("fees", "said", "unsaid"),
    [
        ((Fee("Lệ phí", 8000, False), Fee("Phí", 2000, True)), ("8.000 đồng (chưa nộp)", "(Cổng ghi đã nộp)", "Còn phải nộp: 8.000 đồng"), "10.000"),
        ((Fee("Lệ phí", 8000, None), Fee("Phí", 2000, False)), ("Lệ phí: 8.000 đồng\n", "Còn phải nộp bao nhiêu"), "Còn phải nộp:"),
        ((Fee("", 1_500_000, False),), ("Khoản thu: 1.500.000 đồng",), "None"),
        ((Fee("Lệ phí", 8000, True),), ("không còn khoản nào phải nộp",), "Còn phải nộp:"),
        ((), ("Cổng không ghi số tiền",), "đồng"),
        (None, ("Cổng không ghi số tiền",), "đồng"),
    ],
)  # fmt: skip
def test_what_has_to_be_paid(fees: tuple[Fee, ...] | None, said: tuple[str, ...], unsaid: str) -> None:
    text = about(shown(Status.PAYMENT, fees=fees)).text
    assert all(part in text for part in said), text
    assert unsaid not in text


def test_every_open_supplement_is_listed_and_no_settled_one() -> None:
    asked = (
        Supplement("Bản vẽ", at(9, 10), None, ("Bản vẽ mặt bằng",)),
        Supplement("Đơn", None, at(22, 10)),
        Supplement("Xong rồi", at(1, 10), None, settled=True),
    )
    text = about(shown(Status.SUPPLEMENT, supplements=asked)).text
    assert (
        "• Bản vẽ (yêu cầu ngày 09/10/2026)\n  – Bản vẽ mặt bằng\n• Đơn\n  Ngày hẹn trả mới: 22/10/2026"
        in text
    )
    assert "Xong rồi" not in text


def test_portal_texts_stay_on_their_line() -> None:
    text = about(shown(Status.STOPPED, note="  dừng\n\n theo   thông báo. ")).text
    assert "Thông báo: dừng theo thông báo.\n" in text
    assert len(about(shown(Status.STOPPED, note="dài " * 2000)).text) < 1500


def test_steps_come_in_order_of_time() -> None:
    steps = (
        Step(at(10, 10), "Ký duyệt"),
        Step(at(9, 10, hour=0, minute=0), "", "Phòng Tư pháp", status=Status.RECEIVED),
    )
    lines = timeline(shown(steps=steps)).text.splitlines()
    assert lines[-2:] == [
        "• 09/10/2026 – Phòng Tư pháp: Được tiếp nhận",
        "• 08:30 ngày 10/10/2026 – Ký duyệt",
    ]


def test_steps_without_a_time_stay_as_the_portal_has_them() -> None:
    text = timeline(shown(steps=(Step(at(10, 10), "Hai"), Step(None, "Ba"), Step(at(9, 10), "")))).text
    assert text.endswith("– Hai\n• Ba\n• 08:30 ngày 09/10/2026 – không ghi nội dung")


def test_many_steps_are_cut_at_the_beginning() -> None:
    text = timeline(shown(steps=tuple(Step(at(9, 10, minute=n), f"bước {n}") for n in range(20)))).text
    assert "(5 bước trước đó không hiện ở đây)" in text
    assert text.endswith("bước 19")


def test_without_steps_the_known_days_are_told() -> None:
    text = timeline(shown(Status.RETURNED, steps=())).text
    assert "Tiếp nhận: 08:30 ngày 08/10/2026" in text
    assert "Trả kết quả: 09:00 ngày 14/10/2026" in text


def test_the_timeline_asks_for_proof() -> None:
    assert "Từng bước giải quyết là thông tin riêng" in timeline(shown(level="code")).text


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (shown(label="của mẹ"), f"• của mẹ – {CODE}: Đang xử lý, hẹn trả 13/10/2026"),
        (shown(), f"• {CODE}: Đang xử lý, hẹn trả 13/10/2026"),
        (shown(level="code", due_allowed=False), f"• {CODE}: Đang xử lý"),
        (shown(now=at(15, 10)), f"• {CODE}: Đang xử lý, quá hẹn 2 ngày làm việc"),
        (shown(Status.DONE), f"• {CODE}: Đã xử lý xong"),
        (shown(None, due_at=None), f"• {CODE}: “Chờ thuế”"),
        (shown(None, due_at=None, status_text=" "), f"• {CODE}: Cổng không cho biết tình trạng"),
        (shown(Status.NEW, stale=True), f"• {CODE}: Mới đăng ký (ghi nhận lúc 15:00 ngày 08/10/2026)"),
    ],
)
def test_one_line_for_lists(one: Shown, line: str) -> None:
    assert summary(one) == line


def test_old_and_made_up_data_is_said_last() -> None:
    one = shown(stale=True, simulated=True, fetched_at=dt.datetime(2026, 10, 8, 1, 5, tzinfo=dt.UTC))
    age = (
        "Cổng chưa trả lời lúc này; đây là tình trạng ghi nhận lúc 08:05 ngày 08/10/2026, có thể đã thay đổi."
    )
    for text in (about(one).text, timeline(one).text, *(answer(f, one).text for f in _ANSWERS)):
        assert text.splitlines()[-2:] == [age, SIMULATED]
    assert "mô phỏng" not in about(shown()).text


_moments = st.none() | st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=CALENDAR.zone)
)
_secret = st.text("ạẹỗựQXZ§¶0123456789 \n", min_size=1, max_size=12).map(lambda text: f"¤{text}¤")
_views = st.builds(
    DossierView,
    code=st.just(CODE),
    status=st.sampled_from(EVERY),
    status_text=st.text(max_size=30).filter(lambda text: "¤" not in text),
    procedure_code=_secret,
    procedure_name=_secret,
    agency=_secret,
    received_at=_moments,
    due_at=_moments,
    finished_at=_moments,
    returned_at=_moments,
    owner_masked=_secret,
    steps=st.tuples(st.builds(Step, _moments, _secret, _secret, _secret)),
    supplements=st.tuples(
        st.builds(Supplement, _secret, _moments, _moments, st.tuples(_secret), st.booleans())
    ),
    fees=st.none() | st.tuples(st.builds(Fee, _secret, st.integers(0, 10**9), st.none() | st.booleans())),
    papers=st.tuples(_secret),
    results=st.tuples(_secret),
    note=_secret,
)


@settings(max_examples=60)
@given(view=_views, due_allowed=st.booleans(), stale=st.booleans(), now=_moments.filter(bool))
def test_by_code_alone_nothing_private_is_ever_said(
    view: DossierView, due_allowed: bool, stale: bool, now: dt.datetime
) -> None:
    one = Shown(view, "code", due_allowed, now, CALENDAR, now, stale)
    same = Shown(DossierView(CODE, view.status, view.status_text, due_at=view.due_at if due_allowed else None), "code", due_allowed, now, CALENDAR, now, stale)  # fmt: skip
    for tell in (about, timeline, *(lambda s, f=f: answer(f, s) for f in _ANSWERS)):
        assert "¤" not in tell(one).text
        assert tell(one) == tell(same)  # nothing but code, status and an open day of return plays a part
    assert summary(one) == summary(same)


@settings(max_examples=40)
@given(view=_views, now=_moments.filter(bool))
def test_whatever_a_portal_says_can_be_worded(view: DossierView, now: dt.datetime) -> None:
    one = Shown(view, "proved", True, now, CALENDAR, now)
    for text in (about(one).text, timeline(one).text, summary(one), *(answer(f, one).text for f in _ANSWERS)):
        assert text.strip()
        assert "None" not in text
