"""What the citizen reads about a place. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.messages import Button, Message
from core.places.units import Found


def where_now(found: list[Found]) -> Message:
    """Which unit of today an old name belongs to."""
    if not found:
        return Message(
            "Tôi chưa tìm thấy xã, phường này trong $province."
            " Anh/chị cho tôi tên xã kèm huyện cũ, ví dụ “xã Hòa Thịnh, huyện Tây Hòa”."
        )
    if len(found) == 1:
        return Message(_line(found[0]) + "\n" + _AFTER)
    lines = "\n".join(f"• {_line(f)}" for f in found)
    return Message(f"Tên này khớp với nhiều nơi:\n{lines}\n{_AFTER}")


_AFTER = (
    "Từ 01/7/2025 không còn cấp huyện; hồ sơ nộp tại Trung tâm Phục vụ hành chính công cấp xã.\n"
    "Nguồn: dữ liệu công khai về sắp xếp đơn vị hành chính 2025, chưa đối chiếu từng nghị quyết."
)


def _line(found: Found) -> str:
    unit, former = found.unit, found.former
    today = f"{unit.name}, $province"
    made = "; ".join(f.name + (f" ({f.district})" if f.district else "") for f in unit.formed_from)
    if former is None or former.name == unit.name:
        kept = len(unit.formed_from) == 1 and unit.formed_from[0].name == unit.name
        return f"{unit.name} nay là {today}" + (" (giữ nguyên)." if kept else f", gồm: {made}.")
    place = former.name + (f" ({former.district})" if former.district else "")
    part = " (một phần)" if former.partly else ""
    return f"{place} cũ nay thuộc{part} {today}, gồm: {made}."


def only_here(other: str) -> Message:
    """Another province's own affairs: not known, and where they are."""
    text = (
        f"Tôi chỉ phục vụ $province nên không biết địa chỉ, giờ làm việc, đơn vị hành chính hay hồ sơ nộp ở {other}.\n"
        "Anh/chị tra trên Cổng Dịch vụ công quốc gia (dùng chung cho mọi tỉnh), hoặc hỏi Bộ phận Một cửa nơi đó."
    )
    return Message(text, (Button("Cổng DVC quốc gia", url="$portal"),))


def rules_in_general(other: str, message: Message) -> Message:
    """An answer about a procedure somebody means to do in another province."""
    note = f"Tôi chỉ phục vụ $province. Quy định là chung cho cả nước; nơi nộp, giờ làm việc và mức phí ở {other} tôi không biết."
    return replace(message, text=f"{note}\n\n{message.text}")
