"""A small procedure for tests, with every field that can be varied."""

from __future__ import annotations

from typing import Any

from core.procedures.model import Procedure

BASE: dict[str, Any] = {
    "id": "giay-thu",
    "code": "9.000001",
    "name": "Thủ tục cấp giấy thử",
    "field": "Hộ tịch",
    "level": "Cấp xã",
    "authority": "UBND cấp xã",
    "documents": [{"name": "Tờ khai", "form": "Mẫu 01"}],
    "channels": [
        {"mode": "in_person", "fee": {"amount_vnd": 8000}, "time_limit": {"value": 3, "unit": "working_days"}}
    ],
    "steps": ["Nộp", "Nhận"],
    "result": "Giấy thử",
    "legal_basis": ["60/2014/QH13"],
    "sources": [{"decision": "1/QĐ-BTP"}],
    "checked": "2026-07-20",
    "confidence": "verified",
}


def procedure(**changes: Any) -> Procedure:
    """The base procedure with some fields changed."""
    return Procedure.model_validate({**BASE, **changes})
