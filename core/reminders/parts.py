"""Parts of several kinds of message: whose dossier, who handles it, when the counter is open. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.dossiers.phrases import reopening, spans_said, tidy
from core.dossiers.shown import Shown
from core.dossiers.status_wording import state
from core.reminders import occasions, told

_UNVERIFIED = "giờ hành chính thông thường, chưa xác minh cho riêng nơi này"


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a text: ``head`` and ``must`` are always read in full, ``body`` may be shortened."""

    head: list[str]
    body: list[str]
    must: list[str]


def head(occasion: str, shown: Shown) -> list[str]:
    """Whose dossier, its state, its code and, when proved, its procedure."""
    said = state(shown)
    news = occasions.number(occasion) == occasions.NOW or shown.late
    return [said if news else f"Nhắc: {said[:1].lower()}{said[1:]}", *which(shown)]


def which(shown: Shown) -> list[str]:
    """Its code and, when proved, its procedure."""
    procedure = tidy(shown.facts.procedure_name, 100)
    return [f"Mã hồ sơ: {shown.facts.code}", *([f"Thủ tục: {procedure}"] if procedure else [])]


def duty(occasion: str, shown: Shown) -> list[str]:
    """Agency, handler and times with a change of state; only the agency with a reminder."""
    if occasions.number(occasion) == occasions.NOW:
        return told.lines(shown)
    agency = tidy(shown.facts.agency, 100)
    return [f"Cơ quan: {agency}"] if agency else []


def hours_today(shown: Shown) -> list[str]:
    """When counters are open today, or when they open again, and how sure that is."""
    if not shown.calendar.hours:
        return ["Giờ làm việc tôi chưa biết; anh/chị gọi hỏi trước khi đi."]
    said = reopening(shown) or f"Hôm nay làm việc {spans_said(shown)}."
    return [said if shown.hours_verified else f"{said.rstrip('.')} ({_UNVERIFIED})."]
