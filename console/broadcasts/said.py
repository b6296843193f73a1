"""What staff read about a notice: its audience in words, its numbers, why somebody got nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.broadcasts.model import Audience, Count, Progress, Reason, Report
from core.broadcasts.wording import PROGRESS, REASONS
from core.people.wording import channel

WHOM = {
    "subscribers": "Người đã đồng ý nhận thông báo chung",
    "followers": "Người đang theo dõi hồ sơ",
    "listed": "Danh sách tải lên",
}
ENDED: tuple[Progress, ...] = ("sent", "unknown", "failed", "gone", "dropped", "expired")
SHOWN: tuple[Progress, ...] = (
    "sent", "sending", "waiting", "held", "unknown", "failed", "gone", "dropped", "expired"
)  # fmt: skip
_WHY = {
    "cancelled": "Thông báo đã hủy",
    "too_old": "Quá hạn của thông báo",
    "unwanted": "Không muốn nhận",
    "told_elsewhere": "Đã nhận ở kênh khác của cùng người",
    "told_elsewhere_soon": "Chờ kênh khác của cùng người",
    "hours": "Chờ đến giờ gửi",
    "channel_paused": "Kênh tạm ngừng nhận",
    "gone_before": "Đã chặn hoặc rời kênh từ trước",
    "too_slow": "Kênh không trả lời",
    "worker_ended": "Máy gửi dừng giữa chừng",
    "no_text": "Thông báo không còn",
    "retried": "Đã gửi lại",
}
_OF_CHANNEL: dict[Progress, str] = {
    "waiting": "Kênh bận, sẽ thử lại",
    "unknown": "Kênh không xác nhận",
    "gone": "Đã chặn hoặc rời kênh",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of what an audience may be narrowed by."""

    units: Mapping[str, str]
    offices: Mapping[int, str]
    procedures: Mapping[str, str]


def audience(chosen: Audience, names: Names) -> list[tuple[str, list[str]]]:
    """What narrows an audience: its kind first, then each heading with what was chosen."""
    found = [
        ("Xã, phường", [names.units.get(unit, unit) for unit in chosen.units]),
        ("Cơ quan", [names.offices.get(ident, str(ident)) for ident in chosen.offices]),
        ("Lĩnh vực", list(chosen.fields)),
        ("Thủ tục", [names.procedures.get(code, code) for code in chosen.procedures]),
        ("Tình trạng hồ sơ", [status.title for status in chosen.statuses]),
    ]
    return [("Người nhận", [WHOM[chosen.whom]]), *((heading, told) for heading, told in found if told)]


def channels(count: Count) -> list[tuple[str, int]]:
    """Recipients by channel, most first."""
    return sorted(((channel(name), n) for name, n in count.channels.items() if n), key=lambda one: -one[1])


def left_out(reasons: Mapping[Reason, int]) -> list[tuple[str, int]]:
    """Those left out by reason, most first."""
    return sorted(((REASONS[reason], n) for reason, n in reasons.items() if n), key=lambda one: -one[1])


def numbers(report: Report) -> list[tuple[Progress, str, int]]:
    """How many are how far; what nobody is stays out, except what was sent."""
    return [(p, PROGRESS[p], n) for p in SHOWN if (n := report.of(p)) or p == "sent"]


def by_channel(report: Report) -> list[tuple[str, str, list[tuple[Progress, int]]]]:
    """For each channel how many are how far."""
    names = sorted({name for name, _ in report.numbers})
    table = [(n, [(p, report.numbers.get((n, p), 0)) for p in SHOWN]) for n in names]
    return [(name, channel(name), [(p, number) for p, number in row if number]) for name, row in table]


def why(progress: Progress, reason: str | None) -> str:
    """Why a message is where it is, in words; a platform's own words are none for people."""
    if not reason:
        return ""
    if reason in set(Reason):
        return REASONS[Reason(reason)]
    return _WHY.get(reason) or _OF_CHANNEL.get(progress, "Kênh từ chối hoặc lỗi đường truyền")


def reasons(report: Report) -> list[tuple[str, int]]:
    """How many for each reason, most first; reasons that read the same are one."""
    found: dict[str, int] = {}
    for (progress, reason), number in report.reasons.items():
        if progress not in ("sent",):
            said = why(progress, reason)
            found[said] = found.get(said, 0) + number
    return sorted(found.items(), key=lambda one: -one[1])


def ended(report: Report) -> int:
    """How many need nothing any more."""
    return report.of(*ENDED)


def way(step: tuple[str, str] | None) -> str:
    """How a message went, in words."""
    if step is None:
        return ""
    kind, by = step
    paid = {"charged": " (tính phí)", "template": " (tin mẫu)", "other": " (kênh khác)"}
    return f"{channel(by)}{paid.get(kind, '')}"


def join(names: Sequence[str], most: int = 6) -> str:
    """Names one after the other; many are cut short."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} và {len(names) - most} mục khác"
