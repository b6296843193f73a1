"""The ten statuses in plain words, true for anyone who has the code. Pure.

What is said here holds for every dossier of the status; what belongs to one dossier is in
``proved_wording``.
"""

from __future__ import annotations

from core.dossiers.model import Status
from core.dossiers.phrases import due_soon, lateness, tidy
from core.dossiers.shown import Shown

HAND_IN = "Nộp bổ sung tại nơi đã nộp hồ sơ, hoặc trên Cổng DVC quốc gia (đăng nhập bằng VNeID)."
PAY_WHERE = "Chỉ nộp tiền trên Cổng DVC quốc gia (đăng nhập bằng VNeID) hoặc tại quầy."
NO_MONEY = "Tôi không nhận tiền và không gửi số tài khoản nào."
BRING = "Khi đi nhận, mang theo Giấy tiếp nhận và hẹn trả cùng căn cước."
BRING_OTHER = "Người khác nhận thay thì mang thêm giấy ủy quyền."
APOLOGY = "Khi trễ hẹn, cơ quan phải xin lỗi bằng văn bản và hẹn lại ngày trả."
COMPLAIN = "Chưa nhận được thư xin lỗi thì anh/chị hỏi nơi đã nộp, hoặc gửi phản ánh, kiến nghị."
ASK_OFFICE = "Muốn biết rõ hơn, anh/chị hỏi nơi đã nộp hồ sơ."

STATES: dict[Status, str] = {
    Status.NEW: "đã gửi, đang chờ tiếp nhận",
    Status.RECEIVED: "đã được tiếp nhận",
    Status.NOT_RECEIVED: "không được tiếp nhận",
    Status.PROCESSING: "đang được giải quyết",
    Status.SUPPLEMENT: "đang chờ anh/chị bổ sung giấy tờ",
    Status.PAYMENT: "đang chờ anh/chị nộp tiền (phí, lệ phí hoặc thuế)",
    Status.WITHDRAWN: "đã được rút theo yêu cầu",
    Status.STOPPED: "đã dừng xử lý",
    Status.DONE: "đã giải quyết xong, có kết quả",
    Status.RETURNED: "đã kết thúc, kết quả đã được trả",
}
DEGREES: dict[Status, str] = {
    Status.NEW: "bước 1/5 – chờ tiếp nhận",
    Status.RECEIVED: "bước 2/5 – đã tiếp nhận",
    Status.NOT_RECEIVED: "đã kết thúc – không được tiếp nhận",
    Status.PROCESSING: "bước 3/5 – đang giải quyết",
    Status.SUPPLEMENT: "bước 3/5 – tạm dừng chờ bổ sung giấy tờ",
    Status.PAYMENT: "bước 3/5 – tạm dừng chờ nộp tiền",
    Status.WITHDRAWN: "đã kết thúc – hồ sơ đã rút",
    Status.STOPPED: "đã dừng xử lý",
    Status.DONE: "bước 4/5 – có kết quả, chờ nhận",
    Status.RETURNED: "bước 5/5 – đã trả kết quả",
}
_MEANINGS: dict[Status, tuple[str, ...]] = {
    Status.NEW: (
        "Cơ quan chưa tiếp nhận nên chưa tính thời hạn giải quyết.",
        "Anh/chị chờ cơ quan kiểm tra hồ sơ rồi xem lại.",
    ),
    Status.RECEIVED: (
        "Cơ quan đã nhận hồ sơ, thời hạn giải quyết đang tính.",
        "Anh/chị giữ Giấy tiếp nhận và hẹn trả, chờ đến ngày hẹn.",
    ),
    Status.NOT_RECEIVED: (
        "Cơ quan không nhận giải quyết hồ sơ ở lần nộp này.",
        "Anh/chị xem lý do, sửa cho đúng rồi nộp lại nếu vẫn cần.",
    ),
    Status.PROCESSING: ("Cơ quan đang xem xét, giải quyết hồ sơ.", "Anh/chị chờ đến ngày hẹn trả."),
    Status.SUPPLEMENT: (
        "Hồ sơ cần thêm hoặc sửa giấy tờ; thời hạn giải quyết tạm dừng trong lúc chờ.",
        HAND_IN,
    ),
    Status.PAYMENT: (
        "Cơ quan chờ anh/chị nộp tiền; thời hạn giải quyết tạm dừng trong lúc chờ.",
        PAY_WHERE,
        NO_MONEY,
    ),
    Status.WITHDRAWN: (
        "Hồ sơ đã rút nên cơ quan không giải quyết nữa.",
        "Vẫn cần làm thì anh/chị nộp hồ sơ mới. Nếu anh/chị không yêu cầu rút, hỏi ngay nơi đã nộp.",
    ),
    Status.STOPPED: (
        "Cơ quan đang không giải quyết tiếp hồ sơ này.",
        "Lý do và việc cần làm ghi trong thông báo của cơ quan; chưa nhận được thì hỏi nơi đã nộp.",
    ),
    Status.DONE: ("Kết quả đang chờ anh/chị nhận.", BRING, BRING_OTHER),
    Status.RETURNED: ("Nếu anh/chị chưa nhận được kết quả, hỏi nơi đã nộp hoặc gửi phản ánh, kiến nghị.",),
}
_HIDDEN: dict[Status, str] = {
    Status.NOT_RECEIVED: "lý do không tiếp nhận",
    Status.SUPPLEMENT: "giấy tờ cần bổ sung",
    Status.PAYMENT: "số tiền phải nộp",
    Status.STOPPED: "lý do dừng",
    Status.DONE: "nơi nhận kết quả",
}


def named(shown: Shown, first: str = "Hồ sơ") -> str:
    """``Hồ sơ của mẹ``, or ``Hồ sơ`` when the person gave it no name; ``first`` as the sentence has it."""
    return f"{first} {tidy(shown.label, 40)}".rstrip()


def state(shown: Shown) -> str:
    """The first line: whose dossier and its state in plain words."""
    status = shown.status
    if status is None:
        return f"{named(shown)}: {foreign(shown)}."
    said = f"{named(shown)} {STATES[status]}"
    if shown.late:
        return f"{said}, đã {lateness(shown)}."
    return f"{said}, sắp đến hạn trả." if due_soon(shown) else f"{said}."


def foreign(shown: Shown) -> str:
    """A status that is none of the ten, as the portal wrote it."""
    written = tidy(shown.facts.status_text, 80)
    return f"Cổng ghi tình trạng “{written}”" if written else "Cổng không cho biết tình trạng"


def official(shown: Shown) -> str | None:
    """The name of the status as the agencies use it; None when there is none."""
    return shown.status.title if shown.status else tidy(shown.facts.status_text, 80) or None


def degree(status: Status | None) -> str | None:
    """The degree of completion: what anyone with the code may know. None for a status that is none of ours."""
    return DEGREES[status] if status else None


def meaning(shown: Shown) -> list[str]:
    """What the status means and what to do next, without anything that belongs to this dossier alone."""
    if shown.late:
        return ["Cơ quan chưa trả kết quả đúng hẹn.", APOLOGY, COMPLAIN]
    if shown.status is None:
        written = tidy(shown.facts.status_text)
        why = ["Đây là tên do nơi giải quyết đặt, tôi không dám đoán nghĩa."] if written else []
        return [*why, ASK_OFFICE]
    return list(_MEANINGS[shown.status])


def proof_for(what: str) -> str:
    """That something is private, and what opens it."""
    return f"{what[:1].upper()}{what[1:]} là thông tin riêng, chỉ hiện sau khi anh/chị xác nhận chính chủ."


def hidden(status: Status | None) -> str | None:
    """What is shown after proof only, for statuses where it is what the person needs next."""
    return proof_for(_HIDDEN[status]) if status in _HIDDEN else None
