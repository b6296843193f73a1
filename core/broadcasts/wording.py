"""The text of a notice as a citizen gets it, and the Vietnamese names of its states and reasons. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.broadcasts.model import Link, Progress, Reason, State
from core.messages import Button, Message
from core.reminders.model import Kind
from core.reminders.wording import TITLES, check_line

TRIAL = "(Tin thử, chỉ gửi cho cán bộ soạn.)"
OFF = "Không muốn nhận nữa: nhắn “tắt thông báo chung”."
STATES: dict[State, str] = {
    State.DRAFT: "Đang soạn",
    State.WAITING: "Chờ duyệt",
    State.APPROVED: "Đã duyệt, chờ gửi",
    State.SENDING: "Đang gửi",
    State.PAUSED: "Tạm dừng",
    State.DONE: "Đã gửi xong",
    State.CANCELLED: "Đã hủy",
    State.EXPIRED: "Hết hạn",
}
REASONS: dict[Reason, str] = {
    Reason.NO_CONSENT: "Chưa đồng ý nhận thông báo chung",
    Reason.STOPPED: "Đã nhắn “dừng”",
    Reason.TURNED_OFF: "Đã tắt thông báo chung",
    Reason.PAUSED: "Đang tạm ngừng nhận tin quá hạn của thông báo",
    Reason.GONE: "Đã chặn hoặc rời kênh",
    Reason.NO_CHANNEL: "Kênh không gửi tin chủ động được",
    Reason.DUPLICATE_PERSON: "Cùng một người, đã nhận ở địa chỉ khác",
    Reason.NO_UNIT: "Chưa cho biết xã, phường",
    Reason.NOT_IN_SCOPE: "Ngoài phạm vi đã chọn",
    Reason.UNKNOWN_CODE: "Mã hồ sơ chưa từng tra cứu ở đây",
    Reason.NO_FOLLOWER: "Hồ sơ không có ai theo dõi",
}
PROGRESS: dict[Progress, str] = {
    "waiting": "Chờ gửi",
    "held": "Tạm dừng",
    "sending": "Đang gửi",
    "sent": "Đã gửi",
    "unknown": "Không rõ đã nhận chưa",
    "failed": "Không gửi được",
    "gone": "Đã chặn hoặc rời kênh",
    "dropped": "Bỏ, không gửi nữa",
    "expired": "Hết hạn, chưa gửi",
}


def compose(
    title: str,
    text: str,
    links: Sequence[Link],
    files: Sequence[Link],
    sender: str,
    check: str,
    *,
    emergency: bool = False,
    trial: bool = False,
) -> Message:
    """The message: title, text, who sent it, how to check it and how to turn it off.

    ``$province`` is filled by the profile.

    Args:
        files: attachments as links (name and address).
        sender: the office's name; empty for the province.
        check: the code by which a citizen learns that the province sent it; any four letters in a preview.
    """
    head = [*([TRIAL] if trial else []), f"KHẨN: {title}" if emergency else title]
    by = f"Thông báo của {sender}, $province." if sender else "Thông báo của $province."
    tail = [by, check_line(check), OFF]
    blocks = ["\n".join(head), text, "\n".join(tail)]
    opening = tuple(Button(link.label, url=link.url) for link in (*links, *files))
    why = Button("Vì sao tôi nhận tin này?", f"rm:why:{check}")
    off = Button(f"Tắt “{TITLES[Kind.NOTICE]}”", f"rm:off:{Kind.NOTICE.value}")
    return Message("\n\n".join(blocks), (*opening, why, off))
