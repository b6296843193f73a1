"""One conversation as its page shows it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.inbox import desk
from console.parts import Parts
from core.conversations.talks import hours
from core.conversations.talks.canned import Canned, filled
from core.conversations.talks.model import Direction, Failure, Line, Stand, Talk
from core.staff.offices import Office
from core.staff.rights import Right, Staff

CHANNELS = {"web": "Trang web", "zalo": "Zalo OA", "zalobot": "Zalo Bot", "telegram": "Telegram"}
REASONS = {
    Failure.GONE: "người dân đã chặn hoặc bỏ kênh này",
    Failure.WINDOW: "Zalo chỉ cho nhắn trong thời gian ngắn sau tin cuối của người dân",
    Failure.LATE: "kênh nghẽn quá lâu nên thôi gửi",
    Failure.REFUSED: "kênh không nhận tin này",
    Failure.UNKNOWN: "kênh không xác nhận, có thể đã tới",
}
GOODBYE = "Cảm ơn ông/bà đã liên hệ. Chúc ông/bà một ngày tốt lành."


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with the suggestion that belongs to it."""

    line: Line
    suggestion: Line | None = None


def paired(lines: Sequence[Line]) -> list[Shown]:
    """Lines, each suggestion beside the line it answers. Pure."""
    shown: list[Shown] = []
    for line in lines:
        if line.direction is Direction.SUGGESTION and shown:
            shown[-1] = Shown(shown[-1].line, line)
        else:
            shown.append(Shown(line))
    return shown


def mark(talk: Talk) -> str:
    """Differs when the deeds that are offered do: who has it, whose office, over or not. Pure."""
    return f"{talk.stand}-{talk.claimed_by or 0}-{talk.office or 0}-{int(talk.phone is not None)}"


async def stream(parts: Parts, staff: Staff, talk: Talk) -> dict[str, Any]:
    """What changes by itself: the lines and how the conversation stands."""
    lists = desk.lists(parts)
    lines = await lists.lines(talk.id)
    names = await lists.names([talk.claimed_by, talk.closed_by, *(line.staff for line in lines)])
    spoken = [line for line in lines if line.direction is Direction.CITIZEN]
    mine = talk.claimed_by == staff.id and talk.stand is Stand.HELD
    offered = [line.id for line in lines if line.direction is Direction.SUGGESTION]
    answered = max((line.id for line in lines if line.direction is Direction.STAFF), default=0)
    return {
        "talk": talk,
        "shown": paired(lines),
        "names": names,
        "mine": mine,
        "mark": mark(talk),
        "reasons": REASONS,
        "last": spoken[-1].id if spoken else 0,
        "offer": offered[-1] if offered and mine and offered[-1] > answered else 0,
        "keys": [(line.ref or "").removeprefix("key:") for line in lines if line.staff == staff.id][-5:],
    }


async def whole(parts: Parts, staff: Staff, talk: Talk, text: str = "", **more: Any) -> dict[str, Any]:
    """Everything of the page.

    Args:
        text: what stands in the reply.
    """
    offices = await parts.offices.all()
    office = await parts.offices.get(talk.office) if talk.office else None
    procedure = parts.catalogue().get(talk.procedure) if talk.procedure else None
    kept = await desk.canned(parts).of(staff, talk.office, only=True)
    named = procedure.short_name if procedure else ""
    mine = talk.claimed_by == staff.id and talk.stand is Stand.HELD
    return {
        **await stream(parts, staff, talk),
        "channel": CHANNELS.get(talk.address.channel, talk.address.channel),
        "office": office,
        "offices": offices,
        "procedure": named,
        "canned": [(one.id, one.title, _filled(parts, one, office, talk, named)) for one in kept],
        "colleagues": await desk.lists(parts).colleagues(staff, talk.office),
        "phone": parts.secret.decrypt(talk.phone) if talk.phone and mine else "",
        "may_answer": staff.may(Right.ANSWER_INBOX),
        "goodbye": GOODBYE,
        "key": secrets.token_hex(12),
        "text": text,
        "errors": {},
        **more,
    }


def _filled(parts: Parts, canned: Canned, office: Office | None, talk: Talk, procedure: str) -> str:
    profile = parts.profile
    spans = office.spans if office else None
    values = {
        "nơi": office.name if office else "",
        "điện thoại": office.phone if office else "",
        "giờ": hours.of_office(profile.calendar(), spans, profile.office_hours.verified).said(),
        "hồ sơ": talk.dossier or "",
        "thủ tục": procedure,
        "cổng": profile.portal,
    }
    return filled(canned.text, values)
