"""The text of one message for one person: it fits a phone screen and can be proved to be ours. Pure."""

from __future__ import annotations

from core.dossiers.model import Status
from core.dossiers.shown import Shown
from core.dossiers.wording import footer
from core.messages import Button, Message
from core.reminders import kind_wording
from core.reminders.model import Kind
from core.reminders.timetable import Timetable

TITLES: dict[Kind, str] = {
    Kind.CHANGED: "Đổi tình trạng hồ sơ",
    Kind.SUPPLEMENT: "Nhắc bổ sung giấy tờ",
    Kind.PAYMENT: "Nhắc nộp tiền",
    Kind.PAID: "Xác nhận đã nộp tiền",
    Kind.PICKUP: "Nhắc nhận kết quả",
    Kind.DUE: "Nhắc sắp đến ngày hẹn",
    Kind.LATE: "Báo trễ hẹn",
    Kind.CLOSED: "Báo quầy nghỉ lễ",
    Kind.RATING: "Mời đánh giá",
    Kind.NOTICE: "Thông báo chung",
}
SCREEN = 1200  # letters: what a phone shows with little scrolling, and far from every channel's limit
MORE = "… Xem đủ trong hồ sơ."
_LINE = 240  # letters of one line that may be shortened
SCORES = {  # in this order: where choices are answered with their number, it is the score
    1: "1 – rất tệ",
    2: "2 – chưa hài lòng",
    3: "3 – tạm được",
    4: "4 – hài lòng",
    5: "5 – rất hài lòng",
}


def compose(
    kind: Kind,
    occasion: str,
    shown: Shown,
    check: str,
    timetable: Timetable,
    portal: str,
    province: str = "$province",
) -> Message | None:
    """The message for one person's level of right; None when they may not be told it.

    So it is where the province does not send this kind, where the day of return is not open to them (near,
    past, moved), and where a payment is private.
    ``$province`` and the like are filled by the profile.

    Args:
        shown: what this person may see, at the moment of sending.
        check: the code by which they learn that the province sent it.
        portal: official page of the profile.

    Raises ValueError for a notice of staff, whose text is written beforehand.
    """
    said = kind_wording.say(kind, occasion, shown, portal)
    if said is None or not timetable.of(kind).enabled:
        return None
    tail = [*footer(shown), check_line(check, province)]
    kept = [*said.head, *said.must, *tail]
    room = SCREEN - sum(len(line) + 1 for line in kept)
    blocks = [said.head, _shortened(said.body, room), said.must, tail]
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return Message(text, _buttons(kind, shown, check, portal))


def check_line(check: str, province: str = "$province") -> str:
    """How a citizen learns whether the province sent a message."""
    return f"Mã kiểm tra {check} – gửi “kiểm tra {check}” để biết tin này có phải do {province} gửi."


def _shortened(lines: list[str], room: int) -> list[str]:
    """As many lines as there is room for; says so when some are left out."""
    short = [line if len(line) <= _LINE else line[: _LINE - 1].rstrip() + "…" for line in lines]
    if sum(len(line) + 1 for line in short) <= room:
        return short
    kept: list[str] = []
    room -= len(MORE) + 1
    for line in short:
        if (room := room - len(line) - 1) < 0:
            break
        kept.append(line)
    return [*kept, MORE]


def _buttons(kind: Kind, shown: Shown, check: str, portal: str) -> tuple[Button, ...]:
    """What can be done about it, the likeliest first."""
    code = shown.facts.code
    buttons: list[Button] = []
    if kind is Kind.RATING:
        buttons += [Button(title, f"rm:rate:{score}:{code}") for score, title in SCORES.items()]
    if shown.status is Status.PAYMENT and kind in (Kind.PAYMENT, Kind.CLOSED):
        buttons.append(Button("Thanh toán trên Cổng DVC quốc gia", url=portal))
    elif shown.status in (Status.SUPPLEMENT, Status.NOT_RECEIVED) and kind is not Kind.RATING:
        buttons.append(Button("Mở Cổng DVC quốc gia", url=portal))
    if kind is Kind.LATE:
        buttons.append(Button("Gửi phản ánh, kiến nghị", f"pa:start:{code}"))
    if not shown.proved and kind is not Kind.RATING:
        buttons.append(Button("Xác nhận chính chủ", f"d:prove:{code}"))
    if kind is not Kind.RATING:
        buttons.append(Button("Xem hồ sơ", f"d:show:{code}"))
    buttons.append(Button("Vì sao tôi nhận tin này?", f"rm:why:{check}"))
    buttons.append(Button(f"Tắt “{TITLES[kind]}”", f"rm:off:{kind.value}"))
    return tuple(buttons)
