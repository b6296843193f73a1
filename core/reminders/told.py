"""What a notice of a changed state has to carry: NĐ 224/2026/NĐ-CP Art. 15(1g). Pure.

Agency, who handles it, and the times of receipt, processing and return, each as far as the portal says and
as far as this person may know it.
"""

from __future__ import annotations

from core.dossiers.model import Status
from core.dossiers.phrases import due_said, hour_day, tidy
from core.dossiers.shown import Shown


def lines(shown: Shown) -> list[str]:
    """One line each; what is unknown, or not this person's to know, is left out."""
    facts, last = shown.facts, shown.steps[-1] if shown.steps else None
    told = {
        "Cơ quan": tidy(facts.agency, 100),
        "Người xử lý": tidy(last.handler, 60) if last else "",
        "Tiếp nhận": hour_day(facts.received_at, shown) if facts.received_at else "",
        "Xử lý": _processed(shown),
        "Hẹn trả": _due(shown),
        "Đã trả": _returned(shown),
    }
    return [f"{name}: {value}" for name, value in told.items() if value]


def _processed(shown: Shown) -> str:
    """When it was handled last, by which unit; when it was finished where no step has a time."""
    facts, last = shown.facts, shown.steps[-1] if shown.steps else None
    if last is not None and last.at is not None:
        unit = tidy(last.unit, 80)
        return hour_day(last.at, shown) + (f" ({unit})" if unit else "")
    return hour_day(facts.finished_at, shown) if facts.finished_at else ""


def _due(shown: Shown) -> str:
    """The day of return while a result is still to come."""
    status = shown.status
    if status is None or status.ended or status in (Status.NEW, Status.DONE):
        return ""
    stopped = status in (Status.SUPPLEMENT, Status.PAYMENT)
    return (due_said(shown) or "") + " (thời hạn đang tạm dừng)" * (stopped and shown.due is not None)


def _returned(shown: Shown) -> str:
    when = shown.facts.returned_at
    return hour_day(when, shown) if when and shown.status is Status.RETURNED else ""
