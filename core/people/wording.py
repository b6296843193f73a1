"""What a person reads about their links. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from core.messages import Button, Message
from core.people.model import Member

_CHANNELS = {"zalo": "Zalo", "zalobot": "Zalo (bot)", "telegram": "Telegram", "web": "trang web"}
KEPT = (
    "Hủy liên kết thì mỗi bên giữ những hồ sơ và xác nhận chính chủ do chính bên đó lưu;"
    " không bên nào còn thấy của bên kia."
)


def channel(name: str) -> str:
    """What people call a channel. Nothing more of an address is ever shown."""
    return _CHANNELS.get(name, name.capitalize())


def spoken(code: str) -> str:
    """A code in groups, as one reads it out."""
    return f"{code[:4]} {code[4:]}"


def members(others: Sequence[tuple[Member, str]], zone: ZoneInfo) -> Message:
    """Whom an address is linked with.

    Args:
        others: each with the payload that takes it out.
    """
    lines = [f"• {channel(m.address.channel)}, từ {_moment(m.since, zone)}" for m, _ in others]
    buttons = [Button(f"Hủy liên kết với {_title(m, zone)}", payload) for m, payload in others]
    if len(others) > 1:
        buttons.append(Button("Hủy mọi liên kết của tài khoản này", "l:cut:all"))
    text = "\n".join(["Tài khoản này đang liên kết với:", *lines, KEPT])
    return Message(text, (*buttons, Button("Liên kết thêm kênh khác", "l:new")))


def _title(member: Member, zone: ZoneInfo) -> str:
    return f"{channel(member.address.channel)} ({member.since.astimezone(zone):%d/%m/%Y %H:%M})"


def _moment(moment: dt.datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M ngày %d/%m/%Y}"
