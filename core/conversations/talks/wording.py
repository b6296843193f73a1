"""What a citizen reads about a conversation with staff: who reads it, when, how to go back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from core.conversations.talks.hours import Hours, moment_said
from core.messages import Button, Message
from core.places.units import Found

ANYWHERE = "Bộ phận Một cửa $province"
BACK = Button("Thôi gặp cán bộ", "tk:back")
PHONE = Button("Để lại số điện thoại", "tk:phone")
SKIP = Button("Bỏ qua, nơi nào cũng được", "tk:any")
_READ = (
    "Từ bây giờ, điều anh/chị nhắn ở đây có cán bộ đọc. Xin đừng gửi số căn cước, mật khẩu hay mã OTP."
    "\nMuốn hỏi lại trợ lý tự động, nhắn “thôi gặp cán bộ”."
)


def by(office: str | None) -> str:
    """Who writes, as a citizen sees it: the office, never the name of a clerk."""
    return f"Cán bộ {office or ANYWHERE}"


def opened(office: str | None, ahead: int, hours: Hours, now: dt.datetime, *, phone: bool) -> Message:
    """A conversation was opened, or is open: the queue, the hours, who reads it, how to go back.

    Args:
        ahead: how many wait before this one.
        phone: whether a number was left already.
    """
    queue = f"Có {ahead} người đang chờ trước anh/chị." if ahead else "Chưa có ai chờ trước anh/chị."
    lines = [f"Tôi đã chuyển cuộc trò chuyện này tới {office or ANYWHERE}. {queue}", _when(hours, now), _READ]
    ask = () if phone or hours.open_at(now) else (PHONE,)
    return Message("\n".join(lines), (*ask, BACK))


def held(office: str | None) -> Message:
    """A clerk has the conversation and somebody asks for one again."""
    return Message(
        f"{by(office)} đang giữ cuộc trò chuyện này và đọc tin của anh/chị. Xin chờ trả lời.", (BACK,)
    )


def passed_on(hours: Hours, now: dt.datetime, *, phone: bool) -> Message:
    """What was written while waiting was passed on."""
    ask = () if phone or hours.open_at(now) else (PHONE,)
    return Message(f"Tôi đã chuyển tin này vào phần chờ cán bộ. {_when(hours, now)}", (*ask, BACK))


def which_unit(found: Sequence[Found]) -> Message:
    """Several communes are called so."""
    buttons = tuple(Button(one.unit.name, f"tk:unit:{one.unit.code}") for one in found)
    return Message("Anh/chị muốn gặp cán bộ ở nơi nào?", (*buttons, SKIP))


def _when(hours: Hours, now: dt.datetime) -> str:
    common = "" if hours.sure else " (giờ hành chính chung của tỉnh; giờ riêng của từng nơi có thể khác)"
    if hours.open_at(now):
        return f"Cán bộ trả lời trong giờ làm việc: {hours.said()}{common}."
    return f"Bây giờ ngoài giờ làm việc; cán bộ sẽ đọc từ {moment_said(hours.opens(now), now)}{common}."
