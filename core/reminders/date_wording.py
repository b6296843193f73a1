"""What is said about days: the day of return near, past or moved, and counters closed for a holiday. Pure.

Where the day of return is not open to a person, nothing is said (None).
"""

from __future__ import annotations

import datetime as dt

from core.dossiers import proved_wording as proved
from core.dossiers.model import Status
from core.dossiers.phrases import due_said, hour_day, tidy, weekday
from core.dossiers.shown import Shown
from core.dossiers.status_wording import (
    APOLOGY,
    BRING,
    COMPLAIN,
    HAND_IN,
    NO_MONEY,
    PAY_WHERE,
    named,
    proof_for,
    state,
)
from core.reminders import noted, occasions
from core.reminders.closures import Closure, closure_from
from core.reminders.parts import Said, duty, head, hours_today, which

ASK = "Cần hỏi thêm, anh/chị hỏi nơi đã nộp hồ sơ."


def due(occasion: str, shown: Shown, portal: str) -> Said | None:
    """The day of return is near."""
    day = due_said(shown)
    if day is None:
        return None
    last = proved.last_step(shown)
    body = [*duty(occasion, shown), *([last] if last else [])]
    return Said(head(occasion, shown), [f"Hẹn trả: {day}", *body, proved.DUE_SOON], [])


def late(occasion: str, shown: Shown, portal: str) -> Said | None:
    """The day of return is past; the agency's apology where it wrote one, else what its duty is."""
    if not shown.late or shown.due is None:
        return None
    last = proved.last_step(shown)
    sorry = _apology(shown)
    body = [f"Hẹn trả: {shown.due:%d/%m/%Y}", *duty(occasion, shown), *([last] if last else [])]
    if sorry:
        return Said(head(occasion, shown), body, [sorry, ASK])
    unsaid = ["Cổng chưa ghi lời xin lỗi hay ngày hẹn mới."] if shown.proved else []
    return Said(head(occasion, shown), body, [*unsaid, APOLOGY, COMPLAIN])


def _apology(shown: Shown) -> str | None:
    """The agency's apology in its own words."""
    sorry = noted.apology(shown.facts)
    if sorry is None:
        return None
    when = f" ({hour_day(sorry.at, shown)})" if sorry.at else ""
    return f"Cơ quan ghi trên Cổng{when}: “{tidy(sorry.text, 300)}”."


def moved(occasion: str, shown: Shown) -> Said | None:
    """The agency set another day of return."""
    day = due_said(shown)
    if day is None:
        return None
    before = dt.datetime.strptime(occasion.split(".")[1], "%Y%m%d%H%M")
    sorry = _apology(shown)
    lines = [f"Hẹn trả mới: {day}", f"Ngày hẹn trước: {before:%d/%m/%Y}", *duty(occasion, shown)]
    first = f"Ngày hẹn trả {named(shown, 'hồ sơ')} đã đổi."
    return Said([first, *which(shown)], [*lines, *([sorry] if sorry else [])], [])


def closed(occasion: str, shown: Shown, portal: str) -> Said | None:
    """The counters close tomorrow: what that means for what this dossier waits for."""
    first = occasions.closed_from(occasion)
    closure = closure_from(shown.calendar, first) if first else None
    if closure is None or shown.status is None:
        return None
    ways = {
        Status.SUPPLEMENT: [HAND_IN],
        Status.PAYMENT: [PAY_WHERE, NO_MONEY],
        Status.DONE: [proved.where(shown) if shown.proved else proof_for("nơi nhận kết quả"), BRING],
    }
    opens = closure.last + dt.timedelta(1)
    back = f"Mở cửa lại {weekday(opens)}, ngày {opens:%d/%m/%Y}, theo lịch nghỉ hiện có."
    must = [back, *hours_today(shown), *ways.get(shown.status, [])]
    return Said([_closure_said(closure), state(shown), *which(shown)], duty(occasion, shown), must)


def _closure_said(closure: Closure) -> str:
    first, last = closure.first, closure.last
    names = [name for name in closure.names if not name.startswith("Ngày nghỉ (")]
    feast = next((name for name in names if name == "Tết Nguyên Đán"), "") or ", ".join(
        dict.fromkeys(name.partition(" (")[0] for name in names[:2])
    )
    why = f" ({tidy(feast, 80)})" if feast else ""
    if first == last:
        return f"Ngày mai {first:%d/%m/%Y}, các quầy Một cửa nghỉ{why}."
    return f"Từ ngày mai {first:%d/%m/%Y} đến hết {last:%d/%m/%Y}, các quầy Một cửa nghỉ{why}."
