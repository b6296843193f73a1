"""Last days and apologies in what agencies write."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dossiers.model import Status, Step, Supplement
from core.reminders.noted import apology, deadline
from tests.core.reminders.made import at, view

LAST = dt.date(2026, 10, 20)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Đề nghị nộp phí 8.000 đồng, chậm nhất ngày 20/10/2026", LAST),
        ("Nộp bổ sung CHẬM NHẤT LÀ NGÀY 20/10/2026", LAST),
        ("chậm nhất vào 17:00 ngày 20/10/2026", LAST),
        ("chậm nhất trước 17 giờ, ngày 20-10-2026", LAST),
        ("nop tien cham nhat 20.10.2026", LAST),
        ("Nộp đến hết ngày 20/10/2026", LAST),
        ("Hạn nộp: 20/10/2026", LAST),
        ("hạn cuối cùng ngày 20/10/2026", LAST),
        ("Hạn bổ sung 20/10/2026; sau đó chậm nhất ngày 31/10/2026", dt.date(2026, 10, 31)),
        ("chậm nhất ngày 31/02/2026", None),
        ("Ngày 20/10/2026 cơ quan nghỉ", None),
        ("chậm nhất 5 ngày làm việc", None),
        ("", None),
    ],
)
def test_a_last_day_is_read_where_it_is_written(text: str, last: dt.date | None) -> None:
    asked = view(Status.SUPPLEMENT, supplements=(Supplement(text, at("2026-10-09T09:00"), None),))
    assert deadline(asked) == last
    assert deadline(view(Status.PAYMENT, note=text)) == last
    step = Step(at("2026-10-09T09:00"), text, status=Status.PAYMENT)
    assert deadline(view(Status.PAYMENT, steps=(step,))) == last
    assert deadline(view(Status.PROCESSING, note=text)) is None


def test_the_latest_open_request_counts() -> None:
    old = Supplement("chậm nhất ngày 10/10/2026", at("2026-10-01T09:00"), None)
    new = Supplement("chậm nhất ngày 20/10/2026", at("2026-10-09T09:00"), None)
    done = Supplement("chậm nhất ngày 30/10/2026", at("2026-10-10T09:00"), None, settled=True)
    assert deadline(view(Status.SUPPLEMENT, supplements=(old, new, done))) == LAST


def test_a_last_day_of_an_older_step_does_not_count() -> None:
    paid_then = Step(at("2026-09-01T09:00"), "chậm nhất ngày 10/9/2026", status=Status.PAYMENT)
    now = Step(at("2026-10-01T09:00"), "Yêu cầu nộp tiền", status=Status.PAYMENT)
    assert deadline(view(Status.PAYMENT, steps=(now, paid_then))) is None


def test_an_apology_is_the_agencys_own() -> None:
    assert apology(view(Status.PROCESSING, steps=(Step(None, "Thẩm định"),), note="Đang xử lý")) is None
    old = Step(at("2026-10-01T09:00"), "Thư xin lỗi lần 1")
    new = Step(at("2026-10-09T09:00"), "XIN LỖI và hẹn lại ngày 20/10/2026")
    for steps in ((old, new), (new, old)):
        found = apology(view(Status.PROCESSING, steps=steps, note="xin lỗi"))
        assert found is not None
        assert (found.text, found.at) == (new.what, new.at)
    noted = apology(view(Status.PROCESSING, note="Cơ quan xin lỗi vì chậm trễ"))
    assert noted is not None
    assert noted.at is None
