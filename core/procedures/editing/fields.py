"""What the parts of a record are called in front of editors. Pure."""

from __future__ import annotations

MODES = {"online": "Trực tuyến", "in_person": "Trực tiếp", "postal": "Bưu chính công ích"}
UNITS = {
    "working_days": "ngày làm việc",
    "days": "ngày",
    "same_day": "trong ngày làm việc",
    "none": "không hẹn trả kết quả",
}
CONFIDENCE = {
    "verified": "Đã đối chiếu",
    "partial": "Đối chiếu một phần",
    "unverified": "Chưa đối chiếu",
}
LABELS: dict[str, str] = {
    "id": "Mã nội bộ",
    "code": "Mã thủ tục",
    "name": "Tên thủ tục",
    "official_name": "Tên trong quyết định công bố",
    "title": "Tên thường gọi",
    "aliases": "Cách gọi khác",
    "situations": "Tình huống người dân kể",
    "field": "Lĩnh vực",
    "level": "Cấp thực hiện",
    "authority": "Cơ quan giải quyết",
    "case_question": "Câu hỏi phân biệt trường hợp",
    "cases": "Trường hợp",
    "documents": "Giấy tờ cần nộp",
    "channels": "Cách nộp, lệ phí, thời hạn",
    "steps": "Các bước",
    "result": "Kết quả",
    "conditions": "Điều kiện",
    "legal_basis": "Căn cứ pháp lý",
    "sources": "Nguồn",
    "checked": "Ngày đối chiếu",
    "confidence": "Mức độ tin cậy",
    "unverified": "Chỗ chưa xác minh",
    "changes": "Thay đổi gần đây",
}
# Parts of rows. A fee and a time limit are rows of their own inside a way of handing in.
PARTS: dict[str, str] = {
    "documents.name": "Tên giấy tờ",
    "documents.originals": "Số bản chính",
    "documents.copies": "Số bản sao",
    "documents.form": "Mẫu đơn",
    "documents.note": "Ghi chú",
    "documents.cases": "Trường hợp cần nộp",
    "channels.mode": "Cách nộp",
    "channels.note": "Ghi chú",
    "channels.fee.amount_vnd": "Lệ phí (đồng)",
    "channels.fee.note": "Ghi chú lệ phí",
    "channels.fee.certain": "Lệ phí đã xác minh",
    "channels.time_limit.value": "Thời hạn",
    "channels.time_limit.unit": "Đơn vị thời hạn",
    "channels.time_limit.note": "Ghi chú thời hạn",
    "channels.time_limit.certain": "Thời hạn đã xác minh",
    "cases.id": "Mã trường hợp",
    "cases.name": "Tên trường hợp",
    "cases.words": "Từ nhận ra",
    "cases.answer": "Câu trả lời riêng",
    "cases.aspects": "Ảnh hưởng đến",
    "sources.page": "Trang web",
    "sources.decision": "Quyết định công bố",
    "sources.ref": "Tài liệu khác",
    "sources.repo": "Kho dữ liệu",
    "sources.path": "Đường dẫn trong kho",
}
LISTS = ("aliases", "situations", "steps", "conditions", "legal_basis", "unverified")
ROWS = ("documents", "channels", "cases", "sources")


def label(path: str) -> str:
    """What a place in a record is called: ``documents.0.name`` → ``Giấy tờ cần nộp, dòng 1: Tên giấy tờ``."""
    parts = path.split(".")
    name = LABELS.get(parts[0], parts[0])
    if len(parts) == 1:
        return name
    row = f", dòng {int(parts[1]) + 1}" if parts[1].isdecimal() else ""
    inner = [p for p in parts[1:] if not p.isdecimal()]
    part = PARTS.get(".".join([parts[0], *inner]))
    return f"{name}{row}: {part}" if part else f"{name}{row}"
