"""What a person reads about surveys and petitions. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.feedback.petition_model import Aim, Petition
from core.feedback.questions import Question, asked_of
from core.messages import Button, Message
from core.reminders.kind_wording import SCORE_KEPT
from core.reminders.model import Kind
from core.reminders.wording import SCORES, TITLES, check_line

PROVINCE = "cấp tỉnh ($province)"
STOP = "Thôi, không trả lời nữa"
SKIP = "Bỏ qua câu này"
_TALK_SCORE = "Anh/chị chấm cách cán bộ trả lời từ 1 (rất không hài lòng) đến 5 (rất hài lòng)?"
_SHORT = 60  # letters of a petition in a list


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of how petitions are handled.

    Args:
        hours: opening hours of whoever handles it, as they are said.
        keep_days: see ``core.profile.PetitionRules``.
    """

    zone: ZoneInfo
    hours: str
    keep_days: int


def invitation(subject: str, office: str | None, check: str) -> Message:
    """Asks for a score of a talk with staff."""
    where = f" ({office})" if office else ""
    text = "\n\n".join(
        [
            f"Cuộc trao đổi của anh/chị với cán bộ{where} đã kết thúc.",
            f"{_TALK_SCORE}\n{SCORE_KEPT}",
            check_line(check),
        ]
    )
    scores = [Button(title, f"rm:rate:{score}:{subject}") for score, title in SCORES.items()]
    why = Button("Vì sao tôi nhận tin này?", f"rm:why:{check}")
    return Message(
        text, (*scores, why, Button(f"Tắt “{TITLES[Kind.RATING]}”", f"rm:off:{Kind.RATING.value}"))
    )


def question(number: int, subject: str) -> Message:
    """One question of the survey, each answer a button."""
    asked: Sequence[Question] = asked_of(subject)
    one = asked[number]
    answers = [Button(title, f"sv:a:{number}:{value}:{subject}") for value, title in one.choices]
    others = (Button(SKIP, f"sv:s:{number}:{subject}"), Button(STOP, f"sv:no:{subject}"))
    return Message(f"Câu {number + 1}/{len(asked)}. {one.text}", (*answers, *others))


def place(aim: Aim) -> str:
    """Where a petition goes."""
    return aim.name or PROVINCE


def confirm(text: str, aim: Aim, dossier: str | None, terms: Terms) -> Message:
    """Shows a petition before it is sent."""
    lines = [
        "Tôi sẽ gửi phản ánh, kiến nghị này:",
        f"“{text}”",
        f"Nơi nhận: {place(aim)}",
        *([f"Về hồ sơ: {dossier}"] if dossier else []),
        "Chỉ cán bộ xử lý đọc được; số điện thoại, số giấy tờ tôi đã che. "
        f"Nội dung được lưu thêm {terms.keep_days} ngày sau khi xong rồi xóa.",
        "Gửi nhé?",
    ]
    buttons = [
        Button("Gửi", "pa:send"),
        Button("Viết lại", "pa:again"),
        Button("Đổi nơi nhận", "pa:where"),
        *([Button("Không phải về hồ sơ này", "pa:nodossier")] if dossier else []),
        Button("Thôi, không gửi", "pa:cancel"),
    ]
    return Message("\n".join(lines), tuple(buttons))


def where(choices: Sequence[tuple[str, str]]) -> Message:
    """Asks who is to get a petition; ``choices`` are titles and payloads."""
    text = "Phản ánh này gửi tới đâu? Anh/chị bấm chọn, hoặc nhắn tên xã, phường."
    buttons = [Button(title, payload) for title, payload in choices]
    return Message(text, (*buttons, Button("Cấp tỉnh", "pa:to:p"), Button("Thôi, không gửi", "pa:cancel")))


def sent(petition: Petition, aim: Aim, terms: Terms) -> Message:
    """That it was received: its number, who has it, when they work, and the official national system."""
    assert petition.due_at is not None
    lines = [
        f"Đã tiếp nhận {petition.number}, chuyển tới {place(aim)}.",
        f"Giờ làm việc: {terms.hours}. Nơi nhận phấn đấu trả lời trước hết ngày {_day(petition.due_at, terms)}.",
        f"Có trả lời tôi báo anh/chị ngay. Xem tình trạng lúc nào cũng được: nhắn “phản ánh {petition.number}”.",
        "Anh/chị cũng có thể gửi ở Hệ thống tiếp nhận phản ánh, kiến nghị chính thức của cả nước"
        " (đăng nhập bằng VNeID); bên đó có mã theo dõi riêng.",
    ]
    buttons = (
        Button("Phản ánh của tôi", "pa:mine"),
        Button("Hệ thống phản ánh, kiến nghị quốc gia", url="$feedback"),
    )
    return Message("\n".join(lines), buttons)


def shown(petition: Petition, aim: Aim, terms: Terms) -> Message:
    """One petition with its state and answer."""
    lines = [
        f"{petition.number}: {petition.title.lower()}.",
        f"Gửi lúc {_moment(petition.at, terms)}. Nơi nhận: {place(aim)}.",
        *([f"Về hồ sơ: {petition.dossier}"] if petition.dossier else []),
        f"Nội dung: “{_cut(petition.text, 300)}”",
    ]
    if petition.answer and petition.answered_at:
        lines += [f"Trả lời lúc {_moment(petition.answered_at, terms)}:", petition.answer]
    elif petition.due_at:
        lines.append(
            f"Chưa có trả lời; nơi nhận phấn đấu trả lời trước hết ngày {_day(petition.due_at, terms)}."
        )
    return Message("\n".join(lines), (Button("Phản ánh của tôi", "pa:mine"),))


def mine(petitions: Sequence[Petition], terms: Terms) -> Message:
    """Somebody's petitions, the newest first."""
    lines = ["Phản ánh, kiến nghị của anh/chị:"]
    lines += [
        f"• {p.number} ({_day(p.at, terms)}): {p.title.lower()} – “{_cut(p.text, _SHORT)}”" for p in petitions
    ]
    buttons = [Button(f"Xem {p.number}", f"pa:show:{p.id}") for p in petitions[:4]]
    return Message("\n".join(lines), (*buttons, Button("Gửi phản ánh khác", "pa:start")))


def answered(petition: Petition, aim: Aim) -> Message:
    """Told to its writer when there is an answer; without buttons, for their numbers would be taken for earlier choices."""
    text = (
        f"{petition.number} đã có trả lời của {place(aim)}:\n{petition.answer}\n"
        f"Muốn đối chiếu tin này có thật không, nhắn “phản ánh {petition.number}”."
    )
    return Message(text)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _day(moment: dt.datetime, terms: Terms) -> str:
    return f"{moment.astimezone(terms.zone):%d/%m/%Y}"


def _moment(moment: dt.datetime, terms: Terms) -> str:
    return f"{moment.astimezone(terms.zone):%H:%M ngày %d/%m/%Y}"
