"""What the citizen reads about a dossier. Pure: the same knowledge always gives the same words.

Buttons are put under it elsewhere. The first line is the state in plain words, the last ones say how old
or how real the data is.
"""

from __future__ import annotations

from core.dossiers.model import Status
from core.dossiers.phrases import day, due_said, hour_day, lateness, tidy
from core.dossiers.proved_wording import details, facts, step_said
from core.dossiers.shown import Level, Shown
from core.dossiers.status_wording import degree, hidden, meaning, official, proof_for, state
from core.messages import Message

__all__ = ["SIMULATED", "Level", "Shown", "about", "footer", "is_late", "summary", "timeline"]

SIMULATED = "(Dữ liệu mô phỏng để chạy thử, không phải hồ sơ thật.)"
_MAX_STEPS = 15


def about(shown: Shown) -> Message:
    """The state of the dossier: as much as was proved."""
    lines = [state(shown), f"Mã hồ sơ: {shown.facts.code}"]
    if shown.status:
        lines.append(f"Tình trạng: {shown.status.title}")
    blocks = [lines + facts(shown), details(shown)] if shown.proved else _open(shown, lines)
    return _message(blocks, shown)


def _open(shown: Shown, lines: list[str]) -> list[list[str]]:
    """What anyone with the code may read."""
    if how_far := degree(shown.status):
        lines.append(f"Mức độ: {how_far}")
    over = shown.status is not None and shown.status.ended
    if not over and (due := due_said(shown)):
        stopped = shown.status in (Status.SUPPLEMENT, Status.PAYMENT)
        lines.append(f"Ngày hẹn trả: {due}" + " (thời hạn đang tạm dừng)" * stopped)
    more = hidden(shown.status)
    return [lines, [*meaning(shown), *([more] if more else [])]]


def timeline(shown: Shown) -> Message:
    """What was done to the dossier, in order; asks for proof where none was given."""
    if not shown.proved:
        return _message([[state(shown), proof_for("từng bước giải quyết")]], shown)
    steps = shown.steps
    if not steps:
        return _message([[state(shown), "Cổng không ghi từng bước giải quyết.", *_days(shown)]], shown)
    earlier = len(steps) - _MAX_STEPS
    lines = [f"• {step_said(step, shown)}" for step in steps[-_MAX_STEPS:]]
    if earlier > 0:
        lines.insert(0, f"({earlier} bước trước đó không hiện ở đây)")
    return _message([[state(shown)], ["Các bước đã qua:", *lines]], shown)


def _days(shown: Shown) -> list[str]:
    view = shown.facts
    known = {
        "Tiếp nhận": view.received_at,
        "Giải quyết xong": view.finished_at,
        "Trả kết quả": view.returned_at,
    }
    return [f"• {name}: {hour_day(moment, shown)}" for name, moment in known.items() if moment]


def summary(shown: Shown) -> str:
    """One line for a list: ``• của mẹ – H15…: Đang xử lý, hẹn trả 13/10/2026``.

    That data is simulated is said once under the list (SIMULATED), not in each line.
    """
    label = tidy(shown.label, 40)
    head = f"• {label} – {shown.facts.code}" if label else f"• {shown.facts.code}"
    name = official(shown)
    said = (name if shown.status else f"“{name}”") if name else "Cổng không cho biết tình trạng"
    running = shown.status is None or shown.status.clock_runs
    if shown.late:
        said += f", {lateness(shown)}"
    elif running and shown.due:
        said += f", hẹn trả {day(shown.due, shown)}"
    if shown.stale:
        said += f" (ghi nhận lúc {_moment(shown)})"
    return f"{head}: {said}"


def is_late(shown: Shown) -> bool:
    """Whether it may be said that the dossier is late."""
    return shown.late


def footer(shown: Shown) -> list[str]:
    """How old and how real the data is; empty when it is fresh and real."""
    lines = []
    if shown.stale:
        lines.append(
            f"Cổng chưa trả lời lúc này; đây là tình trạng ghi nhận lúc {_moment(shown)}, có thể đã thay đổi."
        )
    if shown.simulated:
        lines.append(SIMULATED)
    return lines


def _moment(shown: Shown) -> str:
    return f"{shown.fetched_at.astimezone(shown.calendar.zone):%H:%M ngày %d/%m/%Y}"


def _message(blocks: list[list[str]], shown: Shown) -> Message:
    return Message("\n\n".join("\n".join(block) for block in [*blocks, footer(shown)] if block))
