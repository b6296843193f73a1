"""What a template may be filled with: short facts of one dossier, for one person's level of right. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from core.dossiers.shown import Shown
from core.reminders.model import Outgoing
from core.reminders.wording import TITLES

# By name, in Vietnamese for whoever writes the file of templates.
VALUES: Mapping[str, str] = {
    "code": "mã hồ sơ",
    "title": "loại tin, ví dụ “Nhắc nhận kết quả”",
    "check": "mã kiểm tra của tin",
    "today": "ngày gửi (dd/mm/yyyy)",
    "status": "tình trạng hồ sơ",
    "due": "ngày hẹn trả (dd/mm/yyyy)",
    "procedure": "tên thủ tục (chỉ khi đã xác nhận chính chủ)",
    "agency": "cơ quan giải quyết (chỉ khi đã xác nhận chính chủ)",
}
DATES = frozenset({"today", "due"})
WHOLE = frozenset({"code", "check"})  # a part of them would be wrong, not short


def values(outgoing: Outgoing, shown: Shown) -> dict[str, str]:
    """What is known and may be told; names without a value are left out."""
    facts, due = shown.facts, shown.due
    found = {
        "code": facts.code,
        "title": TITLES[outgoing.kind],
        "check": outgoing.check,
        "today": f"{shown.today:%d/%m/%Y}",
        "status": facts.status.title if facts.status else facts.status_text,
        "due": f"{due:%d/%m/%Y}" if due else "",
        "procedure": facts.procedure_name,
        "agency": facts.agency,
    }
    return {name: value for name, value in found.items() if value}
