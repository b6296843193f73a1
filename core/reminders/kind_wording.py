"""What each kind of message says about one dossier. Pure; put together by ``wording``.

Only ``Shown.facts`` is read, through the wording of dossiers where it says the same. None means that this
person may not be told, for it would show more than they proved.
"""

from __future__ import annotations

from collections.abc import Callable

from core.dossiers import proved_wording as proved
from core.dossiers.model import Status
from core.dossiers.phrases import day
from core.dossiers.shown import Shown
from core.dossiers.status_wording import (
    BRING,
    BRING_OTHER,
    HAND_IN,
    NO_MONEY,
    PAY_WHERE,
    hidden,
    meaning,
    named,
    proof_for,
    state,
)
from core.reminders import date_wording, noted, occasions, told
from core.reminders.model import Kind
from core.reminders.parts import Said, duty, head, hours_today, which
from core.reminders.standing import paid

BY_POST = "Nếu đã đăng ký trả kết quả qua bưu chính thì anh/chị chờ giao tại địa chỉ đã đăng ký."
SCORE = "Anh/chị chấm cách cơ quan giải quyết hồ sơ này từ 1 (rất không hài lòng) đến 5 (rất hài lòng)?"
SCORE_KEPT = "Thông tin người chấm được giữ kín."


def say(kind: Kind, occasion: str, shown: Shown, portal: str) -> Said | None:
    """The parts of one message; None when this person may not be told it.

    Raises ValueError for a notice of staff, whose text is written beforehand.
    """
    if kind is Kind.NOTICE:
        raise ValueError("a notice is written by staff")
    if occasion.startswith("moved."):
        return date_wording.moved(occasion, shown)
    return _SAID[kind](occasion, shown, portal)


def _changed(occasion: str, shown: Shown, portal: str) -> Said:
    tell = (
        proved.details if shown.proved and shown.status in (Status.NOT_RECEIVED, Status.STOPPED) else meaning
    )
    private = None if shown.proved else hidden(shown.status)
    body = [*told.lines(shown), *tell(shown), *([private] if private else [])]
    return Said([state(shown), *which(shown)], body, [])


def _supplement(occasion: str, shown: Shown, portal: str) -> Said:
    asked = proved.supplements(shown) if shown.proved else [proof_for("giấy tờ cần bổ sung")]
    last = _last_day(shown) or ([proved.NO_LAST_DAY] if shown.proved else [])
    must = [*last, HAND_IN, *hours_today(shown)]
    return Said(head(occasion, shown), [*asked, *duty(occasion, shown)], must)


def _payment(occasion: str, shown: Shown, portal: str) -> Said:
    owed = proved.payment(shown) if shown.proved else [proof_for("số tiền phải nộp")]
    must = [*_last_day(shown), PAY_WHERE, f"Trang chính thức: {portal}", NO_MONEY]
    return Said(head(occasion, shown), [*owed, *duty(occasion, shown)], must)


def _last_day(shown: Shown) -> list[str]:
    """The last day the portal names, and how far off it is."""
    last = noted.deadline(shown.facts)
    if last is None:
        return []
    today = shown.today
    if last <= today:
        return ["Hôm nay là hạn cuối Cổng ghi." if last == today else f"Hạn Cổng ghi {last:%d/%m/%Y} đã qua."]
    left = shown.calendar.working_days(today, last) if (last - today).days < 400 else 0
    return [f"Hạn nộp Cổng ghi: {last:%d/%m/%Y}" + (f" (còn {left} ngày làm việc)." if left else ".")]


def _paid(occasion: str, shown: Shown, portal: str) -> Said | None:
    waiting = shown.status is Status.PAYMENT
    if paid(shown.facts) is True:
        first = f"Cổng ghi đã nộp đủ các khoản của {named(shown, 'hồ sơ')}."
    elif waiting:
        return None  # that it was paid is private
    else:
        first = f"{named(shown)} đã qua bước nộp tiền."
    after = "Tình trạng hồ sơ trên Cổng chưa chuyển tiếp." if waiting else state(shown)
    fees = proved.fees(shown) if paid(shown.facts) is True else []
    return Said([first, *which(shown)], [after, *fees, *told.lines(shown)], [NO_MONEY])


def _pickup(occasion: str, shown: Shown, portal: str) -> Said:
    new = occasions.number(occasion) == occasions.NOW
    early = (proved.finished_early(shown) or _early(shown)) if new else None
    place = proved.where(shown) if shown.proved else proof_for("nơi nhận kết quả")
    body = [*([early] if early else []), *duty(occasion, shown)]
    must = [place, *hours_today(shown), BRING, BRING_OTHER, BY_POST]
    return Said(head(occasion, shown), body, must)


def _early(shown: Shown) -> str | None:
    """That a new result came before its day, where the portal does not say when it was finished."""
    if shown.facts.finished_at or shown.due is None or shown.today >= shown.due.date():
        return None
    return f"Có kết quả sớm, trước ngày hẹn {shown.due:%d/%m/%Y}."


def _rating(occasion: str, shown: Shown, portal: str) -> Said:
    when = shown.facts.returned_at
    first = f"{named(shown)} đã được trả kết quả" + (f" ngày {day(when, shown)}." if when else ".")
    return Said([first, *which(shown)], [], [SCORE, SCORE_KEPT, *meaning(shown)])


_SAID: dict[Kind, Callable[[str, Shown, str], Said | None]] = {
    Kind.CHANGED: _changed,
    Kind.SUPPLEMENT: _supplement,
    Kind.PAYMENT: _payment,
    Kind.PAID: _paid,
    Kind.PICKUP: _pickup,
    Kind.DUE: date_wording.due,
    Kind.LATE: date_wording.late,
    Kind.CLOSED: date_wording.closed,
    Kind.RATING: _rating,
}
