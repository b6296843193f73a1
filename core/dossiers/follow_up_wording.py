"""Direct answers about the dossier in hand: why late, when, where to pay, what to bring. Pure.

One to five lines each, as far as was proved and as the status has it, then how old and how real the data is.
"""

from __future__ import annotations

from collections.abc import Callable

from core.dossiers import proved_wording as proved
from core.dossiers.asking import Follow
from core.dossiers.model import Status
from core.dossiers.phrases import day, due_said, lateness, opening, reopening, tidy
from core.dossiers.shown import Shown
from core.dossiers.status_wording import (
    APOLOGY,
    ASK_OFFICE,
    BRING,
    BRING_OTHER,
    COMPLAIN,
    HAND_IN,
    NO_MONEY,
    PAY_WHERE,
    degree,
    foreign,
    hidden,
    meaning,
    named,
    proof_for,
    state,
)
from core.dossiers.wording import footer, timeline
from core.messages import Message

_WAITING = {Status.SUPPLEMENT: "nộp đủ giấy tờ bổ sung", Status.PAYMENT: "nộp tiền"}
_NO_RESULT = {
    Status.NOT_RECEIVED: "Hồ sơ không được tiếp nhận nên không có kết quả để nhận.",
    Status.WITHDRAWN: "Hồ sơ đã rút nên không có kết quả để nhận.",
    Status.STOPPED: "Hồ sơ đã dừng xử lý nên không có ngày trả kết quả.",
}


def answer(follow: Follow, shown: Shown) -> Message:
    """The answer to one follow-up question."""
    if follow == "history":
        return timeline(shown)
    return Message("\n".join([*_ANSWERS[follow](shown), *footer(shown)]))


def _status(shown: Shown) -> list[str]:
    if shown.late or shown.status is None:
        return [state(shown), *meaning(shown)]
    due = due_said(shown) if shown.status.clock_runs else None
    return [state(shown), f"Hẹn trả ngày {due}." if due else meaning(shown)[0]]


def _late(shown: Shown) -> list[str]:
    if shown.late and shown.due:
        why = "Lý do chậm tôi không biết, chỉ nơi giải quyết trả lời được."
        last = proved.last_step(shown)
        lines = [f"{named(shown)} đã {lateness(shown)}, hẹn trả {shown.due:%d/%m/%Y}.", why]
        return [*lines, *([last] if last else []), APOLOGY, COMPLAIN]
    if shown.status is Status.NEW:
        return [f"{named(shown)} chưa được tiếp nhận nên chưa tính thời hạn giải quyết.", ASK_OFFICE]
    if shown.status in _WAITING:
        wait = _WAITING[shown.status]
        return [
            f"{named(shown)} đang chờ anh/chị {wait}; thời hạn tạm dừng nên lúc này không tính là trễ.",
            *_next(shown),
        ]
    if shown.status is None or shown.status.clock_runs:
        return _not_known_late(shown)
    return [state(shown), _ENDED_LATE.get(shown.status, "Hồ sơ không còn tính thời hạn nữa.")]


_ENDED_LATE = {
    Status.DONE: "Đã có kết quả, anh/chị không phải chờ thêm.",
    Status.RETURNED: "Nếu chưa cầm kết quả, anh/chị hỏi nơi đã nộp hoặc gửi phản ánh, kiến nghị.",
}


def _not_known_late(shown: Shown) -> list[str]:
    """Not late, or nobody can say."""
    if shown.status is None:
        return [f"{foreign(shown)}, nên tôi không biết hồ sơ có trễ hay không.", ASK_OFFICE]
    if due := due_said(shown):
        return [f"{named(shown)} chưa quá hẹn: hẹn trả {due}.", "Muốn biết vì sao lâu, hỏi nơi đã nộp hồ sơ."]
    return _no_due(shown)


def _no_due(shown: Shown) -> list[str]:
    if not shown.due_open:
        return [state(shown), proof_for("ngày hẹn trả")]
    return [state(shown), "Cổng không ghi ngày hẹn trả; anh/chị xem trên Giấy tiếp nhận và hẹn trả."]


def _next(shown: Shown) -> list[str]:
    """What a waiting dossier waits for, where it may be said, and how to give it."""
    way = HAND_IN if shown.status is Status.SUPPLEMENT else PAY_WHERE
    private = hidden(shown.status)
    return [way] if shown.proved or private is None else [way, private]


def _when(shown: Shown) -> list[str]:
    status = shown.status
    if shown.late and shown.due:
        said = (
            f"{named(shown)} đã {lateness(shown)} (hẹn trả {shown.due:%d/%m/%Y}); ngày trả mới tôi chưa biết."
        )
        return [said, APOLOGY, COMPLAIN]
    if status is None:
        due = due_said(shown)
        known = [f"Ngày hẹn trả Cổng ghi: {due}."] if due else []
        return [f"{foreign(shown)}, nên tôi không biết bao giờ có kết quả.", *known, ASK_OFFICE]
    if status in _WAITING:
        head = f"Chưa có ngày chắc chắn: thời hạn tạm dừng cho đến khi anh/chị {_WAITING[status]}."
        moved = [s.new_due_at for s in shown.open_supplements if s.new_due_at]
        new = [f"Ngày hẹn trả mới Cổng ghi: {day(max(moved), shown)}."] if moved else []
        return [head, *new, *_next(shown)]
    if status.clock_runs:
        due = due_said(shown)
        return (
            [f"Hẹn trả ngày {due}.", "Anh/chị xem lại tình trạng trước khi đi nhận."]
            if due
            else _no_due(shown)
        )
    if status is Status.NEW:
        return [
            "Chưa có ngày hẹn: hồ sơ chưa được tiếp nhận.",
            "Khi nhận, cơ quan hẹn ngày trên Giấy tiếp nhận và hẹn trả.",
        ]
    if status is Status.DONE:
        return _ready(shown)
    return _over(shown)


def _ready(shown: Shown) -> list[str]:
    closed = reopening(shown)
    return [
        "Đã có kết quả, anh/chị đi nhận được.",
        *([proved.where(shown)] if shown.proved else [proof_for("nơi nhận kết quả")]),
        *([closed] if closed else []),
        BRING,
    ]


def _over(shown: Shown) -> list[str]:
    """No result will come any more: it was handed over, or there is none."""
    if shown.status in _NO_RESULT:
        private = None if shown.proved else hidden(shown.status)
        reason = [proved.reason(shown, "Cơ quan ghi")] if shown.proved and shown.facts.note else []
        return [_NO_RESULT[shown.status], *reason, *([private] if private else [])]
    when = shown.facts.returned_at
    said = f"Kết quả đã được trả ngày {day(when, shown)}." if when else "Kết quả đã được trả."
    return [said, "Nếu anh/chị chưa nhận được, hỏi nơi đã nộp hoặc gửi phản ánh, kiến nghị."]


def _pay(shown: Shown) -> list[str]:
    if shown.status is Status.PAYMENT:
        if not shown.proved:
            return [state(shown), PAY_WHERE, NO_MONEY, proof_for("số tiền phải nộp")]
        return [PAY_WHERE, *proved.payment(shown), NO_MONEY, proved.NO_CONFIRMING]
    if shown.status is None:
        head = f"{foreign(shown)}, nên tôi không biết có phải nộp tiền hay không."
    else:
        head = f"Hiện Cổng không báo {named(shown, 'hồ sơ')} phải nộp tiền."
    if shown.status is not None and shown.status.ended:
        return [head, NO_MONEY]
    listed = proved.fees(shown)
    known = ["Khoản thu Cổng ghi:", *listed] if listed else []
    return [head, *known, f"Khi có yêu cầu: {_within(PAY_WHERE)}", NO_MONEY]


def _pickup(shown: Shown) -> list[str]:
    if shown.status is Status.DONE:
        return [proved.where(shown), *opening(shown), BRING] if shown.proved else _ready(shown)
    if not _to_come(shown):
        return _over(shown)
    place = [f"Khi có kết quả, {_within(proved.where(shown))}"] if shown.proved and shown.status else []
    return [*_no_result_yet(shown), *place]


def _within(sentence: str) -> str:
    """A sentence as it goes on after a comma or colon."""
    return sentence[:1].lower() + sentence[1:]


def _to_come(shown: Shown) -> bool:
    """Whether a result may still come."""
    return shown.status is None or not shown.status.ended


def _no_result_yet(shown: Shown) -> list[str]:
    if shown.status is None:
        return [f"{foreign(shown)}, nên tôi không biết đã có kết quả hay chưa."]
    return ["Chưa có kết quả để nhận.", state(shown)]


def _papers(shown: Shown) -> list[str]:
    if shown.status is Status.SUPPLEMENT:
        if shown.proved:
            return [*proved.supplements(shown), HAND_IN]
        return [state(shown), HAND_IN, proof_for("giấy tờ cần bổ sung")]
    if shown.status is None:
        head = f"{foreign(shown)}, nên tôi không biết có phải bổ sung giấy tờ hay không."
    elif shown.status is Status.NOT_RECEIVED:
        return [state(shown), *([proved.reason(shown, "Lý do")] if shown.proved else [proof_for("lý do")])]
    else:
        head = f"Hiện Cổng không báo {named(shown, 'hồ sơ')} phải bổ sung giấy tờ."
    handed_in = [tidy(p, 120) for p in shown.facts.papers if tidy(p)]
    return [head, *([f"Giấy tờ đã nộp: {'; '.join(handed_in)}."] if handed_in else [])]


def _where_now(shown: Shown) -> list[str]:
    head = state(shown)
    how_far = degree(shown.status)
    if not shown.proved:
        known = [f"Mức độ: {how_far}."] if how_far else []
        running = _to_come(shown) and shown.status is not Status.DONE
        return [head, *known, *([proof_for("phòng đang giải quyết")] if running else [])]
    steps = shown.steps
    if not steps:
        agency = tidy(shown.facts.agency, 120)
        held = f"Cơ quan giải quyết: {agency}." if agency else ASK_OFFICE
        return [head, held, "Cổng không ghi đang ở phòng nào."]
    last, handler = steps[-1], tidy(steps[-1].handler, 80)
    lines = [head, f"Bước gần nhất: {proved.step_said(last, shown)}."]
    return [*lines, *([f"Người xử lý bước này: {handler}."] if handler else [])]


def _bring(shown: Shown) -> list[str]:
    if shown.status is Status.DONE:
        return [BRING, BRING_OTHER]
    if shown.status is Status.SUPPLEMENT:
        asked = proved.supplements(shown) if shown.proved else [proof_for("giấy tờ cần bổ sung")]
        return ["Mang giấy tờ được yêu cầu bổ sung cùng Giấy tiếp nhận và hẹn trả.", *asked, HAND_IN]
    if not _to_come(shown):
        return _over(shown)
    return [_no_result_yet(shown)[0], BRING, BRING_OTHER]


def _complain(shown: Shown) -> list[str]:
    return [
        "Anh/chị gửi phản ánh, kiến nghị qua tôi: nhắn “phản ánh”, tôi chuyển tới nơi giải quyết và cho số theo dõi.",
        f"Nhớ mã hồ sơ {shown.facts.code}.",
        "Anh/chị cũng có thể gửi trên mạng (đăng nhập bằng VNeID), hoặc nói tại nơi đã nộp hồ sơ.",
        *([f"Hồ sơ đã {lateness(shown)}. {APOLOGY}"] if shown.late else []),
    ]


def _who_can(shown: Shown) -> list[str]:
    lines = [
        "Người khác nhận thay thì mang giấy ủy quyền, Giấy tiếp nhận và hẹn trả, căn cước của người đi nhận.",
        "Có việc phải chính chủ đến, anh/chị hỏi nơi trả kết quả trước khi nhờ.",
    ]
    if shown.status is Status.DONE:
        return lines
    if not _to_come(shown):
        return _over(shown)
    return [*lines, _no_result_yet(shown)[0]]


_ANSWERS: dict[Follow, Callable[[Shown], list[str]]] = {
    "late": _late,
    "when": _when,
    "pay": _pay,
    "pickup": _pickup,
    "papers": _papers,
    "where_now": _where_now,
    "status": _status,
    "bring": _bring,
    "complain": _complain,
    "who_can": _who_can,
}
