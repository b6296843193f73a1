"""What the citizen reads when no answer about a procedure can be given. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.messages import Button, Message
from core.procedures.model import Aspect
from core.procedures.wording import PORTAL, TITLES


def nothing_fits() -> Message:
    """No procedure of the catalogue fits the question."""
    text = (
        "Xin lỗi, tôi chưa tìm thấy thủ tục nào khớp với câu hỏi này trong danh mục của tỉnh nên không dám trả lời"
        " phỏng đoán. Anh/chị có thể nói rõ hơn việc cần làm, tìm trên Cổng Dịch vụ công quốc gia,"
        " hoặc gặp cán bộ Bộ phận Một cửa."
    )
    return Message(text, (Button("Tìm trên Cổng DVC quốc gia", url=PORTAL), Button("Gặp cán bộ", "person")))


def not_held(name: str) -> Message:
    """The procedure is known by name, but the catalogue has no record of it."""
    text = (
        f"Anh/chị hỏi về “{name}” phải không ạ? Thủ tục này chưa có trong danh mục tôi được trả lời nên tôi không"
        " dám nói phỏng đoán. Anh/chị tìm đúng tên đó trên Cổng Dịch vụ công quốc gia, hoặc hỏi cán bộ Bộ phận Một cửa."
    )
    return Message(text, (Button("Tìm trên Cổng DVC quốc gia", url=PORTAL), Button("Gặp cán bộ", "person")))


def withdrawn(name: str, notice: str) -> Message:
    """The procedure was taken out of service; the notice is what staff wrote about it."""
    text = f"Về thủ tục “{name}”: {notice}"
    return Message(text, (Button("Tìm trên Cổng DVC quốc gia", url=PORTAL), Button("Gặp cán bộ", "person")))


def which_procedure(aspects: Sequence[Aspect]) -> Message:
    """The question names an aspect but no procedure, and none is in hand."""
    what = " và ".join(TITLES[a].lower() for a in aspects) if aspects else "thông tin"
    return Message(
        f"Anh/chị muốn hỏi {what} của thủ tục nào ạ? Ví dụ: “đăng ký khai sinh”, “sang tên sổ đỏ”."
    )
