"""What belongs to one dossier: said only to whom proved that it is their own. Pure.

What the portal did not say is left out or said to be unknown; nothing is made up in its place.
"""

from __future__ import annotations

from collections.abc import Callable

from core.dossiers.model import Fee, Status, Step, Supplement
from core.dossiers.phrases import day, due_said, due_soon, hour_day, opening, tidy
from core.dossiers.shown import Shown
from core.dossiers.status_wording import (
    APOLOGY,
    BRING,
    BRING_OTHER,
    COMPLAIN,
    HAND_IN,
    NO_MONEY,
    PAY_WHERE,
    meaning,
)
from core.procedures.wording import money
from nlu.vietnamese import words

DUE_SOON = "Sắp đến ngày hẹn trả; anh/chị xem lại tình trạng trước khi đi nhận."
NO_LAST_DAY = "Hạn nộp bổ sung, nếu có, ghi trên thông báo của cơ quan."
NO_CONFIRMING = "Việc đã nộp tiền hay chưa tôi chỉ nói theo Cổng, không xác nhận theo lời nhắn hay ảnh chụp."


def facts(shown: Shown) -> list[str]:
    """Procedure, owner, agency and days, each where known."""
    view = shown.facts
    paused = " (thời hạn đang tạm dừng)" if shown.status in (Status.SUPPLEMENT, Status.PAYMENT) else ""
    due = None if shown.status and shown.status.ended else due_said(shown)
    told = {
        "Thủ tục": tidy(view.procedure_name, 200),
        "Chủ hồ sơ": tidy(view.owner_masked or "", 80),
        "Nơi tiếp nhận" if shown.status is Status.NEW else "Cơ quan giải quyết": tidy(view.agency, 120),
        "Tiếp nhận": day(view.received_at, shown) if view.received_at else "",
        "Hẹn trả": due + paused if due else "",
    }
    return [f"{name}: {value}" for name, value in told.items() if value]


def details(shown: Shown) -> list[str]:
    """What the status means for this dossier and what to do next."""
    tell = _DETAILS.get(shown.status) if shown.status else None
    return tell(shown) if tell else meaning(shown)


def _received(shown: Shown) -> list[str]:
    if shown.late or shown.due:
        return meaning(shown)
    return ["Cơ quan đã nhận hồ sơ. Cổng không ghi ngày hẹn trả; anh/chị xem trên Giấy tiếp nhận và hẹn trả."]


def _not_received(shown: Shown) -> list[str]:
    return [
        reason(shown, "Lý do"),
        "Nếu vẫn cần, anh/chị sửa cho đúng rồi nộp lại tại Bộ phận Một cửa, hoặc trên Cổng DVC quốc gia"
        " (đăng nhập bằng VNeID).",
    ]


def reason(shown: Shown, head: str) -> str:
    """The portal's remark; where it gave none, that it is unknown."""
    note = tidy(shown.facts.note)
    if note:
        return f"{head}: {note}."
    return f"{head}: Cổng không ghi; anh/chị xem thông báo của cơ quan hoặc hỏi nơi đã nộp."


def _processing(shown: Shown) -> list[str]:
    lines = [last] if (last := last_step(shown)) else []
    if shown.late:
        return [*lines, "Cơ quan chưa trả kết quả đúng hẹn.", APOLOGY, COMPLAIN]
    if due_soon(shown):
        return [*lines, DUE_SOON]
    return (
        [*lines, "Anh/chị chờ đến ngày hẹn trả."] if shown.due else [*lines, "Cổng không ghi ngày hẹn trả."]
    )


def last_step(shown: Shown) -> str | None:
    """The last step with its unit; None when no step is known."""
    steps = shown.steps
    return f"Bước gần nhất: {step_said(steps[-1], shown)}." if steps else None


def step_said(step: Step, shown: Shown) -> str:
    """``09:15 ngày 09/10/2026 – Phòng Tư pháp: thẩm định hồ sơ``; what is unknown is left out."""
    unit, what = tidy(step.unit, 120), tidy(step.what, 300)
    done = what or (step.status.title if step.status else "")
    said = ": ".join(filter(None, [unit, done])) or "không ghi nội dung"
    return f"{hour_day(step.at, shown)} – {said}" if step.at else said


def _supplement(shown: Shown) -> list[str]:
    return [
        *supplements(shown),
        "Trong lúc chờ bổ sung, thời hạn giải quyết tạm dừng.",
        HAND_IN,
        NO_LAST_DAY,
    ]


def supplements(shown: Shown) -> list[str]:
    """Every open request for papers; where the portal lists none, that it does not say."""
    asked = shown.open_supplements
    if not asked:
        return [
            "Cổng không ghi cần bổ sung giấy gì; anh/chị xem thông báo bổ sung hoặc hỏi nơi đã nộp hồ sơ."
        ]
    return ["Cần bổ sung:", *(line for one in asked for line in _supplement_said(one, shown))]


def _supplement_said(one: Supplement, shown: Shown) -> list[str]:
    what = tidy(one.what) or ("giấy tờ sau" if one.papers else "Cổng không ghi nội dung")
    asked = f" (yêu cầu ngày {day(one.asked_at, shown)})" if one.asked_at else ""
    lines = [f"• {what}{asked}", *(f"  – {tidy(paper, 200)}" for paper in one.papers if tidy(paper))]
    if one.new_due_at:
        lines.append(f"  Ngày hẹn trả mới: {day(one.new_due_at, shown)}")
    return lines


def _payment(shown: Shown) -> list[str]:
    return [*payment(shown), PAY_WHERE, NO_MONEY, NO_CONFIRMING]


def payment(shown: Shown) -> list[str]:
    """What has to be paid as far as the portal says."""
    listed = fees(shown)
    if not listed:
        return ["Cổng không ghi số tiền; anh/chị xem thông báo nộp tiền hoặc xem trên Cổng DVC quốc gia."]
    due = still_due(shown)
    if due is None:
        return [*listed, "Còn phải nộp bao nhiêu, anh/chị xem thông báo nộp tiền hoặc Cổng DVC quốc gia."]
    if due == 0:
        return [*listed, "Theo Cổng thì không còn khoản nào phải nộp; anh/chị hỏi lại nơi đã nộp hồ sơ."]
    return [*listed, f"Còn phải nộp: {money(due)}."]


def fees(shown: Shown) -> list[str]:
    """One line a fee: its amount and, where the portal says so, whether it is paid."""
    return [
        f"• {tidy(fee.name, 120) or 'Khoản thu'}: {money(fee.amount)}{_paid(fee)}"
        for fee in shown.facts.fees or ()
    ]


def _paid(fee: Fee) -> str:
    if fee.paid is None:
        return ""
    return " (Cổng ghi đã nộp)" if fee.paid else " (chưa nộp)"


def still_due(shown: Shown) -> int | None:
    """The sum of what is unpaid; None unless the portal says of every fee whether it is paid."""
    listed = shown.facts.fees
    if not listed or any(fee.paid is None for fee in listed):
        return None
    return sum(fee.amount for fee in listed if not fee.paid)


def _stopped(shown: Shown) -> list[str]:
    return [
        reason(shown, "Thông báo"),
        "Cần hỏi thêm hoặc muốn làm lại, anh/chị liên hệ nơi đã nộp hồ sơ.",
    ]


def _done(shown: Shown) -> list[str]:
    lines = [early] if (early := finished_early(shown)) else []
    if results := [tidy(r, 200) for r in shown.facts.results if tidy(r)]:
        lines.append(f"Kết quả gồm: {'; '.join(results)}.")
    return [*lines, where(shown), *opening(shown), BRING, BRING_OTHER]


def finished_early(shown: Shown) -> str | None:
    """That the result came before its day; None when it did not or the days are unknown."""
    finished = shown.facts.finished_at
    if finished is None or shown.due is None:
        return None
    done = finished.astimezone(shown.calendar.zone)
    if done.date() >= shown.due.date():
        return None
    return f"Có kết quả sớm: xong ngày {done:%d/%m/%Y}, trước hẹn {shown.due:%d/%m/%Y}."


def where(shown: Shown) -> str:
    """Where the result is handed out."""
    agency = tidy(shown.facts.agency, 120)
    if not agency:
        return "Nơi nhận: theo Giấy tiếp nhận và hẹn trả, hoặc hỏi nơi đã nộp hồ sơ."
    said = " ".join(words(agency))
    own = "mot cua" in said or "hanh chinh cong" in said
    place = agency if own else f"Bộ phận Một cửa của {agency}"
    return f"Nơi nhận: {place}, trừ khi Giấy tiếp nhận và hẹn trả ghi nơi khác."


def _returned(shown: Shown) -> list[str]:
    when = shown.facts.returned_at
    return ([f"Ngày trả kết quả: {day(when, shown)}."] if when else []) + meaning(shown)


_DETAILS: dict[Status, Callable[[Shown], list[str]]] = {
    Status.RECEIVED: _received,
    Status.NOT_RECEIVED: _not_received,
    Status.PROCESSING: _processing,
    Status.SUPPLEMENT: _supplement,
    Status.PAYMENT: _payment,
    Status.STOPPED: _stopped,
    Status.DONE: _done,
    Status.RETURNED: _returned,
}
