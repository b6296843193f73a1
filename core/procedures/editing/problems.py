"""What is wrong with a record, in words an editor can act on. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from core.procedures.model import ASPECTS, Procedure

PAYLOAD = 64  # bytes a button carries
_EMPTY = "Chưa nhập."
_WORDS = {
    "missing": _EMPTY,
    "string_too_short": _EMPTY,
    "string_type": _EMPTY,
    "int_type": "Phải là số nguyên, ví dụ 8000.",
    "int_parsing": "Phải là số nguyên, ví dụ 8000.",
    "int_from_float": "Phải là số nguyên, ví dụ 8000.",
    "literal_error": "Chọn một mục trong danh sách.",
    "bool_type": "Chọn có hoặc không.",
    "bool_parsing": "Chọn có hoặc không.",
    "extra_forbidden": "Bản ghi không có mục này.",
    "too_short": "Cần ít nhất một dòng.",
}
_PATTERNS = {
    "code": "Mã thủ tục có dạng 1.001193 (một chữ số, dấu chấm, sáu chữ số).",
    "id": "Chỉ gồm chữ thường không dấu, chữ số và dấu gạch ngang, nhiều nhất 40 ký tự.",
    "cases": "Chỉ gồm chữ thường không dấu, chữ số và dấu gạch ngang, nhiều nhất 24 ký tự.",
}


def check(record: Mapping[str, Any], codes: Mapping[str, str]) -> tuple[Procedure | None, dict[str, str]]:
    """The record as a procedure, and what is wrong by place (``documents.0.name``); one of the two is empty.

    Args:
        codes: ids of the catalogue's procedures by their official codes.
    """
    try:
        procedure = Procedure.model_validate(record)
    except ValidationError as error:
        return None, dict(_told(error))
    wrong = dict(_further(procedure, codes))
    return (None, wrong) if wrong else (procedure, {})


def _told(error: ValidationError) -> Iterator[tuple[str, str]]:
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"])
        yield place or "case_question", _words(one["type"], place, one.get("ctx") or {})


def _words(kind: str, place: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":  # the only rule of the whole record
        return "Có trường hợp thì phải có câu hỏi để phân biệt."
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(place.split(".")[0], "Chưa đúng dạng.")
    if kind == "greater_than_equal":
        return f"Phải từ {context['ge']} trở lên."
    if kind == "greater_than":
        return f"Phải lớn hơn {context['gt']}."
    if kind.startswith("date"):
        return "Ngày chưa đúng, viết theo ngày/tháng/năm, ví dụ 23/11/2026."
    return _WORDS.get(kind, "Giá trị chưa đúng.")


def _further(procedure: Procedure, codes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the model allows and the service cannot use."""
    other = codes.get(procedure.code or "")
    if other and other != procedure.id:
        yield "code", f"Mã này là của thủ tục “{other}”."
    modes = Counter(c.mode for c in procedure.channels)
    seen: set[str] = set()
    for number, channel in enumerate(procedure.channels):
        if modes[channel.mode] > 1 and channel.mode in seen:
            yield f"channels.{number}.mode", "Cách nộp này đã có ở dòng trên."
        seen.add(channel.mode)
        limit = channel.time_limit
        if limit.value is not None and limit.unit not in ("working_days", "days"):
            yield (
                f"channels.{number}.time_limit.unit",
                "Thời hạn có số thì đơn vị là ngày hoặc ngày làm việc.",
            )
        if limit.value is None and limit.unit in ("working_days", "days"):
            yield f"channels.{number}.time_limit.value", "Chưa nhập số ngày."
    yield from _cases(procedure)
    for number, source in enumerate(procedure.sources):
        if not any((source.page, source.decision, source.ref, source.repo)):
            yield f"sources.{number}.ref", "Nhập trang web, quyết định hoặc tài liệu."
        if source.page and not source.page.startswith(("https://", "http://")):
            yield f"sources.{number}.page", "Địa chỉ trang web bắt đầu bằng https://"


def _cases(procedure: Procedure) -> Iterator[tuple[str, str]]:
    longest = len(str(len(ASPECTS) - 1))
    seen: set[str] = set()
    for number, case in enumerate(procedure.cases):
        if case.id in seen:
            yield f"cases.{number}.id", "Trùng mã với trường hợp ở trên."
        seen.add(case.id)
        if len(f"tt:{procedure.id}:{case.id}:") + longest > PAYLOAD:
            yield f"cases.{number}.id", "Mã dài quá, nút bấm không chứa hết; đặt mã ngắn hơn."


def codes_of(catalogue: Mapping[str, Procedure]) -> dict[str, str]:
    """Ids by official code."""
    return {p.code: p.id for p in catalogue.values() if p.code}
