"""What a person reads about one message: why it came, how it came, whether it is ours. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from core.messages import Button, Message
from core.people.wording import channel
from core.reminders import occasions
from core.reminders.model import Kind
from core.reminders.rating_words import TALK
from core.reminders.sent_model import Consent, Sent, Tried
from core.reminders.timetable import KindRule, Timetable
from core.reminders.wording import TITLES

_STEPS = {
    "free": "tin thường qua {}",
    "charged": "tin có phí qua {}",
    "template": "mẫu tin có phí qua {}",
    "other": "kênh khác của anh/chị: {}",
    "counter": "giao quầy Một cửa gọi điện",
    "unclear": "qua {}",
}
_ENDINGS = {
    "sent": "đã gửi",
    "delivered": "đã đến điện thoại",
    "tasked": "đã giao",
    "unknown": "chưa rõ đã đến chưa",
    "failed": "không gửi được",
    "gone": "tài khoản không nhận tin nữa",
    "again": "chưa gửi được, gửi lại sau",
}
_SAFE = "Dù tin là thật, tôi không bao giờ hỏi mật khẩu, mã OTP, và không nhận tiền chuyển khoản."


def why(
    sent: Sent, consent: Consent | None, steps: Sequence[Tried], timetable: Timetable, zone: ZoneInfo
) -> Message:
    """Which rule, which dossier, since when with consent, what each step did and cost, how to turn it off."""
    lines = [f"Tin “{TITLES[sent.kind]}” lúc {moment(sent.at, zone)} (mã kiểm tra {sent.check}):"]
    talked = "cuộc trao đổi với cán bộ đã kết thúc; mời đánh giá một lần."
    about_talk = sent.kind is Kind.RATING and not _of_dossier(sent)
    lines += [f"• Lý do: {talked if about_talk else rule(sent.kind, sent.occasion, timetable)}"]
    lines += [f"• {line}" for line in _consent(sent, consent, zone)]
    lines += [f"• {line}" for line in _way(sent, steps, zone)]
    lines.append("Không muốn nhận loại tin này thì bấm nút tắt bên dưới; dừng mọi tin thì nhắn “dừng”.")
    return Message("\n".join(lines), _buttons(sent, why=False))


def genuine(sent: Sent, zone: ZoneInfo) -> Message:
    """That a message is ours."""
    said = (
        f"ĐÚNG. Tin mang mã {sent.check} do $province gửi cho anh/chị lúc {moment(sent.at, zone)}"
        f" qua {channel(sent.address.channel)}: “{TITLES[sent.kind]}”{_about(sent)}."
    )
    same = "Nội dung khác với điều này, dù cùng mã, là không phải của chúng tôi."
    return Message(f"{said}\n{same}\n{_SAFE}", _buttons(sent))


def newest(messages: Sequence[Sent], zone: ZoneInfo) -> Message:
    """The last messages that are really ours, to compare with."""
    lines = [
        f"• {moment(one.at, zone)}, mã {one.check}: “{TITLES[one.kind]}”{_about(one)}" for one in messages
    ]
    return Message(
        "\n".join(
            [
                "Những tin gần nhất tôi đã gửi cho anh/chị:",
                *lines,
                "Tin thật của tôi luôn có mã kiểm tra; nhắn “kiểm tra” kèm mã trong tin để đối chiếu."
                " Tin không có ở đây mà bảo bấm đường dẫn, chuyển tiền hay đọc mã OTP thì đừng làm theo.",
            ]
        )
    )


def moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """``08:30 ngày 24/11/2026`` in the province."""
    return f"{at.astimezone(zone):%H:%M ngày %d/%m/%Y}"


def rule(kind: Kind, occasion: str, timetable: Timetable) -> str:
    """The rule of the province by which a kind of message is sent."""
    if occasion.startswith("moved."):
        return "cơ quan giải quyết đã đổi ngày hẹn trả của hồ sơ."
    if occasions.by_staff(occasion):
        return f"cán bộ Bộ phận Một cửa gửi cho những ai theo dõi hồ sơ này ({TITLES[kind].lower()})."
    said, of_kind = _RULES[kind], timetable.of(kind)
    return f"{said}{_repeated(kind, of_kind)}."


_RULES = {
    Kind.CHANGED: "hồ sơ vừa đổi tình trạng; Nghị định 224/2026/NĐ-CP (Điều 15) yêu cầu báo ngay",
    Kind.SUPPLEMENT: "hồ sơ đang chờ bổ sung giấy tờ; báo ngay khi cơ quan yêu cầu",
    Kind.PAYMENT: "hồ sơ đang chờ nộp tiền; báo ngay khi có yêu cầu nộp",
    Kind.PAID: "Cổng ghi nhận hồ sơ đã nộp tiền; xác nhận một lần",
    Kind.PICKUP: "kết quả đang chờ anh/chị nhận; báo ngay khi có kết quả",
    Kind.DUE: "sắp đến ngày hẹn trả",
    Kind.LATE: "hồ sơ đã quá ngày hẹn trả",
    Kind.CLOSED: "quầy sắp nghỉ lễ trong khi hồ sơ đang chờ anh/chị; báo vào ngày làm việc cuối trước kỳ nghỉ",
    Kind.RATING: "hồ sơ đã trả kết quả; mời đánh giá một lần",
    Kind.NOTICE: "thông báo của cơ quan gửi chung cho nhiều người",
}


def _repeated(kind: Kind, of_kind: KindRule) -> str:
    """When it is said again, in the timetable's numbers."""
    said = []
    if kind is Kind.DUE and of_kind.before:
        said.append(f"nhắc trước {_numbers(of_kind.before)} ngày làm việc")
    elif kind is Kind.LATE and of_kind.after:
        said.append(f"báo sau ngày hẹn {_numbers(of_kind.after)} ngày làm việc")
    elif kind in (Kind.SUPPLEMENT, Kind.PAYMENT, Kind.PICKUP):
        if of_kind.after:
            said.append(f"nhắc sau {_numbers(of_kind.after)} ngày làm việc")
        if ahead := [n for n in of_kind.before if n]:
            said.append(f"nhắc trước hạn {_numbers(ahead)} ngày làm việc")
        if 0 in of_kind.before:
            said.append("nhắc vào ngày cuối của hạn")
        if of_kind.without_deadline:
            said.append(f"nếu Cổng không ghi hạn thì sau {_numbers(of_kind.without_deadline)} ngày làm việc")
        if of_kind.monthly:
            said.append(f"rồi mỗi tháng một lần, nhiều nhất {of_kind.monthly} lần")
    return "".join(f"; {one}" for one in said)


def _numbers(numbers: Iterable[int]) -> str:
    return " và ".join(str(n) for n in sorted(set(numbers)))


def _of_dossier(sent: Sent) -> bool:
    """Whether a message is about a dossier: not a notice to many, and no talk with staff."""
    return sent.kind is not Kind.NOTICE and not sent.subject.startswith(TALK)


def _about(sent: Sent) -> str:
    return f" về hồ sơ {sent.subject}" if _of_dossier(sent) else ""


def _consent(sent: Sent, consent: Consent | None, zone: ZoneInfo) -> list[str]:
    if not _of_dossier(sent):
        return []
    if consent is None:
        return [f"Hồ sơ {sent.subject}: hiện tôi không còn ghi nhận việc theo dõi."]
    said = f"Hồ sơ {sent.subject}: anh/chị đồng ý theo dõi từ {moment(consent.given_at, zone)}"
    if consent.withdrawn_at:
        return [f"{said}, đã bỏ theo dõi lúc {moment(consent.withdrawn_at, zone)}."]
    return [f"{said}."]


def _way(sent: Sent, steps: Sequence[Tried], zone: ZoneInfo) -> list[str]:
    if not steps:
        return [f"Gửi qua {channel(sent.address.channel)}."]
    lines = []
    for one in steps:
        way = _STEPS.get(one.step, "qua {}").format(channel(one.channel))
        end = _ENDINGS.get(one.outcome, one.outcome)
        lines.append(f"{moment(one.at, zone)}: {way} – {end}; tỉnh trả {_dong(one.cost)}.")
    total = sum(one.cost for one in steps)
    return [*lines, f"Tổng cộng tỉnh trả {_dong(total)}; anh/chị không mất tiền."]


def _dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đồng"


def _buttons(sent: Sent, *, why: bool = True) -> tuple[Button, ...]:
    buttons = []
    if _of_dossier(sent):
        buttons.append(Button("Xem hồ sơ", f"d:show:{sent.subject}"))
    if why:
        buttons.append(Button("Vì sao tôi nhận tin này?", f"rm:why:{sent.check}"))
    buttons.append(Button(f"Tắt “{TITLES[sent.kind]}”", f"rm:off:{sent.kind.value}"))
    return (*buttons, Button("Cài đặt nhắc", "rm:menu"))
