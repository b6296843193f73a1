"""What a person reads about their choices: what holds now, and what each kind of message is. Pure."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from core.messages import Button, Message
from core.reminders.hours import meeting
from core.reminders.model import Kind, Wishes
from core.reminders.timetable import Span, Timetable
from core.reminders.wording import TITLES

PAUSES = ((7, "7 ngày"), (14, "14 ngày"), (30, "30 ngày"))
HOURS = (("0730-1130", "Buổi sáng"), ("1130-1330", "Buổi trưa"), ("1700-2000", "Sau 17 giờ"))


def menu(
    wishes: Wishes, timetable: Timetable, now: dt.datetime, zone: ZoneInfo, notices: str | None = None
) -> Message:
    """Everything that holds now, with a way to change each.

    Args:
        notices: of which place they get general notices; empty for none, None where none can be had.
    """
    lines = ["Cài đặt tin nhắc:", f"• {standing(wishes, now, zone)}", f"• {_hours_line(wishes, timetable)}"]
    lines += [f"• {_changes_line(wishes, timetable)}", f"• {_kinds_line(wishes, timetable)}"]
    buttons = _menu_buttons(wishes, timetable, now)
    if notices is not None:
        lines.append(f"• Thông báo chung: {f'đang nhận của {notices}' if notices else 'chưa đăng ký'}.")
        buttons += (Button("Thông báo chung", "nt:start"),)
    return Message("\n".join(lines), buttons)


def kinds(wishes: Wishes, timetable: Timetable) -> Message:
    """Every kind of message with its state, and a button to turn each."""
    sent = [kind for kind in Kind if timetable.of(kind).enabled]
    lines = [f"• {TITLES[kind]}: {'tắt' if kind in wishes.off else 'bật'}" for kind in sent]
    buttons = tuple(
        Button(f"Bật “{TITLES[kind]}”", f"rm:on:{kind.value}")
        if kind in wishes.off
        else Button(f"Tắt “{TITLES[kind]}”", f"rm:off:{kind.value}")
        for kind in sent
    )
    return Message("\n".join(["Các loại tin:", *lines]), (*buttons, Button("Cài đặt nhắc", "rm:menu")))


def standing(wishes: Wishes, now: dt.datetime, zone: ZoneInfo) -> str:
    """Whether anything is sent at all."""
    if wishes.stopped:
        return "Đang DỪNG mọi tin nhắc."
    if wishes.paused_until and wishes.paused_until > now:
        return f"Đang tạm dừng, nhắc lại từ {wishes.paused_until.astimezone(zone):%d/%m/%Y}."
    return "Tin nhắc đang bật."


def span_said(span: Span) -> str:
    """``07:30–20:00``."""
    return f"{span[0]:%H:%M}–{span[1]:%H:%M}"


def hours_said(hours: Span, timetable: Timetable) -> str:
    """The hours a person chose, as far as the province sends in them."""
    spans = meeting(hours, timetable.day_span) or [timetable.day_span]
    return " và ".join(span_said(one) for one in spans)


def _hours_line(wishes: Wishes, timetable: Timetable) -> str:
    if wishes.hours is None:
        return f"Giờ nhắc: {span_said(timetable.day_span)} (giờ chung)."
    return f"Giờ nhắc: {hours_said(wishes.hours, timetable)} (anh/chị chọn)."


def _changes_line(wishes: Wishes, timetable: Timetable) -> str:
    if wishes.quiet_changes:
        return "Đổi tình trạng hồ sơ: chờ đến giờ nhắc."
    if timetable.changes_span:
        return f"Đổi tình trạng hồ sơ: báo trong {span_said(timetable.changes_span)}."
    return "Đổi tình trạng hồ sơ: báo ngay, kể cả ban đêm."


def _kinds_line(wishes: Wishes, timetable: Timetable) -> str:
    off = [TITLES[kind] for kind in Kind if kind in wishes.off and timetable.of(kind).enabled]
    return f"Loại tin đã tắt: {', '.join(off)}." if off else "Loại tin: nhận tất cả."


def _menu_buttons(wishes: Wishes, timetable: Timetable, now: dt.datetime) -> tuple[Button, ...]:
    held = wishes.stopped or (wishes.paused_until is not None and wishes.paused_until > now)
    buttons = [Button("Nhắc lại", "rm:resume")] if held else []
    buttons += [Button("Chọn loại tin", "rm:kinds"), Button("Đổi giờ nhắc", "rm:hours")]
    if wishes.quiet_changes:
        buttons.append(Button("Báo đổi tình trạng ngay", "rm:loud"))
    elif timetable.changes_span is None:
        buttons.append(Button("Đừng nhắn ban đêm", "rm:quiet"))
    if not wishes.stopped:
        buttons += [Button("Tạm dừng", "rm:pause"), Button("Dừng mọi tin nhắc", "rm:stop")]
    return tuple(buttons)
