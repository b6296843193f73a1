"""What the citizen reads about a procedure. Pure: the same record always gives the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.messages import Button, Message
from core.procedures.model import ASPECTS, Aspect, Case, Channel, Document, Fee, Procedure, TimeLimit

PORTAL = "https://dichvucong.gov.vn"
MOST_BUTTONS = 5  # as many as Zalo shows as buttons
TITLES: dict[Aspect, str] = {
    "overview": "Tổng quan",
    "documents": "Giấy tờ cần nộp",
    "fee": "Lệ phí",
    "processing_time": "Thời gian giải quyết",
    "office": "Nộp ở đâu",
    "steps": "Các bước",
    "online": "Làm trực tuyến",
    "forms": "Mẫu đơn, tờ khai",
    "conditions": "Điều kiện",
    "result": "Kết quả",
    "legal_basis": "Căn cứ pháp lý",
}
_MODES = {"online": "Trực tuyến", "in_person": "Trực tiếp", "postal": "Qua bưu chính công ích"}
_NEXT: tuple[Aspect, ...] = ("documents", "fee", "processing_time", "office", "online")
_WRONG = "tt:wrong:"  # the button of ``bot/wrong.py``
_DOUBT = "con số này chưa được xác minh, xin hỏi lại nơi tiếp nhận"


def payload(procedure: Procedure, aspect: Aspect, case: Case | None = None) -> str:
    """What a button about a procedure carries: ASCII, at most 64 bytes."""
    parts = ["tt", procedure.id, str(ASPECTS.index(aspect))]
    return ":".join(parts + ([case.id] if case else []))


def money(amount: int) -> str:
    """8000 -> ``8.000 đồng``."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def duration(limit: TimeLimit) -> str:
    """``3 ngày làm việc``; says so when it is not known or not certain."""
    if limit.unit == "same_day":
        said = "trong ngày làm việc"
    elif limit.unit == "none":
        said = "thủ tục này không hẹn trả kết quả"
    elif limit.value is None:
        return "chưa có thông tin đã xác minh"
    else:
        said = f"{limit.value} {'ngày làm việc' if limit.unit == 'working_days' else 'ngày'}"
    return said if limit.certain else f"khoảng {said} ({_DOUBT})" if limit.value else f"{said} ({_DOUBT})"


def price(fee: Fee) -> str:
    """``không thu phí``, ``8.000 đồng``, or that it is set by the province."""
    if fee.amount_vnd is None:
        return "chưa có mức thu đã xác minh"
    said = "không thu phí" if fee.amount_vnd == 0 else money(fee.amount_vnd)
    return said if fee.certain else f"{said} ({_DOUBT})"


def answer(procedure: Procedure, aspects: Sequence[Aspect], case: Case | None = None) -> list[Message]:
    """One message an aspect, in the order asked; the source and the next questions come last.

    Args:
        procedure: the record that is asked about.
        aspects: what is asked; empty means an overview.
        case: the circumstance the citizen chose, told first when it bears on what is asked.
    """
    wanted = list(dict.fromkeys(aspects)) or ["overview"]
    texts = [_SECTIONS[aspect](procedure) for aspect in wanted]
    if case and (not case.aspects or set(case.aspects) & set(wanted)):
        texts[0] = f"Trường hợp {case.name[:1].lower()}{case.name[1:]}: {case.answer}\n\n{texts[0]}"
    buttons = _next_buttons(procedure, wanted, case)
    texts[-1] += "\n\n" + source(procedure)
    if not any((b.payload or "").startswith(_WRONG) for b in buttons):
        texts[-1] += "\nThấy chỗ nào chưa đúng, anh/chị nhắn “thông tin sai”."
    return [*map(Message, texts[:-1]), Message(texts[-1], buttons)]


def source(procedure: Procedure) -> str:
    """Where the facts come from and when they were checked; one line of warning where they were not."""
    basis = procedure.sources[0].decision or ", ".join(procedure.legal_basis[:2])
    parts = [f"mã {procedure.code}" if procedure.code else "chưa xác minh mã thủ tục"]
    if basis:
        parts.append(basis)
    lines = [f"Nguồn: {', '.join(parts)}; kiểm tra ngày {procedure.checked:%d/%m/%Y}."]
    if procedure.confidence == "partial":
        lines.append(
            "Lưu ý: một phần thông tin chưa đối chiếu xong, xin hỏi lại nơi tiếp nhận trước khi nộp."
        )
    elif procedure.confidence == "unverified":
        lines.append("Lưu ý: thông tin này CHƯA được xác minh, chỉ để tham khảo.")
    return "\n".join(lines)


def choose(candidates: Sequence[Procedure], aspects: Sequence[Aspect]) -> Message:
    """Ask which of several close procedures is meant."""
    aspect: Aspect = aspects[0] if aspects else "overview"
    buttons = [Button(p.short_name[:80], payload(p, aspect)) for p in candidates]
    buttons.append(Button("Không phải các thủ tục này", "none"))
    return Message("Anh/chị đang hỏi về thủ tục nào dưới đây ạ?", tuple(buttons))


def ask_case(procedure: Procedure, aspects: Sequence[Aspect]) -> Message:
    """Ask for the circumstance that decides the answer."""
    aspect: Aspect = aspects[0] if aspects else "overview"
    buttons = tuple(Button(case.name, payload(procedure, aspect, case)) for case in procedure.cases)
    return Message(f"{procedure.short_name}: {procedure.case_question}", buttons)


def topics(procedures: Sequence[Procedure]) -> Message:
    """The answer to /thutuc: fields with some well-known procedures as buttons."""
    buttons = tuple(Button(p.short_name[:80], payload(p, "overview")) for p in procedures)
    return Message("Anh/chị cần thủ tục nào? Bấm chọn một thủ tục thường gặp hoặc gõ việc cần làm.", buttons)


def _next_buttons(procedure: Procedure, told: Sequence[Aspect], case: Case | None) -> tuple[Button, ...]:
    """What else may be asked; with room left, also that something is wrong (it can always be said in words)."""
    rest = [a for a in _NEXT if a not in told][:4]
    buttons = [Button(TITLES[a], payload(procedure, a, case)) for a in rest]
    if len(buttons) + 1 < MOST_BUTTONS:
        buttons.append(Button("Báo thông tin sai", f"{_WRONG}{procedure.id}"))
    page = next((s.page for s in procedure.sources if s.page), None)
    return (*buttons, Button("Xem trên Cổng DVC quốc gia", url=page or PORTAL))


def _bullets(items: Sequence[str]) -> str:
    return "\n".join(f"• {item}" for item in items)


def _overview(p: Procedure) -> str:
    lines = [
        f"{p.short_name}.",
        f"• Nơi giải quyết: {p.authority}",
        f"• Thời gian: {_summary(p, lambda c: duration(c.time_limit))}",
        f"• Lệ phí: {_summary(p, lambda c: price(c.fee))}",
        f"• Nộp: {', '.join(_MODES[c.mode].lower() for c in p.channels)}",
        f"• Kết quả: {p.result}",
        f"• Giấy tờ: {len(p.documents)} loại, bấm “{TITLES['documents']}” để xem.",
    ]
    return "\n".join(lines)


def _summary(p: Procedure, tell: Callable[[Channel], str]) -> str:
    """One value when all channels agree, else one for each channel."""
    told = {c.mode: tell(c) for c in p.channels}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{_MODES[mode].lower()}: {said}" for mode, said in told.items())


def _documents(p: Procedure) -> str:
    if not p.documents:
        return f"Tôi chưa có danh sách giấy tờ của thủ tục {p.short_name}. Xin hỏi lại nơi tiếp nhận."
    items = "\n".join(f"{n}. {_paper(d)}" for n, d in enumerate(p.documents, 1))
    return f"Giấy tờ cần nộp – {p.short_name}:\n{items}"


def _paper(document: Document) -> str:
    counts = [f"{document.originals} bản chính"] * bool(document.originals)
    counts += [f"{document.copies} bản sao"] * bool(document.copies)
    said = document.name + (f" – {', '.join(counts)}" if counts else "")
    return said + (f" ({document.note})" if document.note else "")


def _with_notes(
    p: Procedure, head: str, tell: Callable[[Channel], str], note: Callable[[Channel], str | None]
) -> str:
    notes = list(dict.fromkeys(n for c in p.channels if (n := note(c))))
    return "\n".join([f"{head}: {_summary(p, tell)}.", *(f"• {n}" for n in notes)])


def _fee(p: Procedure) -> str:
    return _with_notes(p, f"Lệ phí – {p.short_name}", lambda c: price(c.fee), lambda c: c.fee.note)


def _processing_time(p: Procedure) -> str:
    head = f"Thời gian giải quyết – {p.short_name}"
    text = _with_notes(p, head, lambda c: duration(c.time_limit), lambda c: c.time_limit.note)
    return text + "\nThời gian tính từ khi nộp đủ giấy tờ hợp lệ, không kể ngày nghỉ nếu là ngày làm việc."


def _office(p: Procedure) -> str:
    places = [_way(c) for c in p.channels]
    return (
        f"Nơi nộp – {p.short_name}: {p.authority} giải quyết.\nCách nộp:\n{_bullets(places)}\n"
        "Từ 01/7/2025 không còn cấp huyện. Giờ làm việc, địa chỉ và điện thoại từng quầy tôi chưa có dữ liệu đã"
        " xác minh; xin gọi hoặc xem bảng thông báo của Trung tâm Phục vụ hành chính công nơi anh/chị ở."
    )


def _way(channel: Channel) -> str:
    """How to hand in; a note that only repeats the way is left out."""
    mode = _MODES[channel.mode]
    note = channel.note if channel.note and channel.note.lower() not in mode.lower() else None
    return f"{mode}: {note}" if note else mode


def _steps(p: Procedure) -> str:
    if not p.steps:
        return f"Tôi chưa có trình tự chi tiết của thủ tục {p.short_name}."
    return f"Các bước – {p.short_name}:\n" + "\n".join(f"{n}. {s}" for n, s in enumerate(p.steps, 1))


def _online(p: Procedure) -> str:
    channel = next((c for c in p.channels if c.mode == "online"), None)
    if channel is None:
        return (
            f"Làm trực tuyến – {p.short_name}: chưa nộp được qua mạng; cần nộp theo cách khác:\n"
            + _bullets([_way(c) for c in p.channels])
        )
    note = (channel.note or "").lower()
    if "toàn trình" in note and "một phần" not in note:
        level = "toàn trình (trước gọi là mức độ 4)"
    elif "một phần" in note and "toàn trình" not in note:
        level = "một phần (trước gọi là mức độ 3), còn bước phải đến nơi"
    else:
        level = "qua mạng"
    lines = [
        f"Làm trực tuyến – {p.short_name}: được, nộp {level} trên Cổng Dịch vụ công quốc gia, đăng nhập bằng VNeID."
    ]
    if channel.note:
        lines.append(f"• {channel.note}")
    lines += [
        f"• Lệ phí khi nộp qua mạng: {price(channel.fee)}",
        f"• Thời gian: {duration(channel.time_limit)}",
    ]
    return "\n".join(lines)


def _forms(p: Procedure) -> str:
    forms = [d for d in p.documents if d.form]
    if not forms:
        return f"{p.short_name}: hồ sơ tôi có không nêu mẫu đơn riêng. Nơi tiếp nhận phát mẫu nếu cần."
    items = [d.form + (f" ({d.note})" if d.note else "") for d in forms if d.form]
    return (
        f"Mẫu đơn, tờ khai – {p.short_name}:\n{_bullets(items)}\n"
        "Mẫu giấy xin tại quầy tiếp nhận hoặc tải ở trang thủ tục trên Cổng Dịch vụ công quốc gia;"
        " nộp qua mạng thì điền ngay mẫu điện tử."
    )


def _conditions(p: Procedure) -> str:
    if not p.conditions:
        return f"{p.short_name}: bản công bố không nêu điều kiện riêng."
    return f"Điều kiện – {p.short_name}:\n{_bullets(p.conditions)}"


def _result(p: Procedure) -> str:
    return f"Kết quả – {p.short_name}: {p.result}."


def _legal_basis(p: Procedure) -> str:
    if not p.legal_basis:
        return f"Tôi chưa có danh sách căn cứ pháp lý của {p.short_name}."
    text = f"Căn cứ pháp lý – {p.short_name}:\n{_bullets(p.legal_basis)}"
    return f"{text}\nThay đổi gần đây: {p.changes}" if p.changes else text


_SECTIONS: dict[Aspect, Callable[[Procedure], str]] = {
    "overview": _overview,
    "documents": _documents,
    "fee": _fee,
    "processing_time": _processing_time,
    "office": _office,
    "steps": _steps,
    "online": _online,
    "forms": _forms,
    "conditions": _conditions,
    "result": _result,
    "legal_basis": _legal_basis,
}
