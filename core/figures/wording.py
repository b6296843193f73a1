"""What figures are called, and what is said about them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from core.dossiers.model import Status

OUTCOMES: Mapping[str, str] = {
    "answered": "Trả lời từ dữ liệu",
    "button": "Bấm nút, mở danh mục",
    "dossier": "Tra cứu, xử lý hồ sơ",
    "asked_back": "Hỏi lại cho rõ",
    "declined": "Chưa trả lời được",
    "handed": "Chuyển sang cán bộ",
    "plain_mode": "Trả lời theo từ khóa (bộ hiểu câu tạm ngừng)",
    "reminder_desk": "Cài đặt nhắc, đánh giá",
    "linking": "Liên kết kênh",
    "feedback": "Đánh giá, phản ánh, báo sai",
    "staff": "Việc của cán bộ",
    "command": "Lệnh",
    "stopped": "Xin ngừng",
    "unread": "Không đọc được (nhãn dán, ghi âm, quá dài…)",
    "silent": "Cán bộ đang trao đổi",
    "failed": "Lỗi hệ thống",
}
PEOPLE: Mapping[str, str] = {
    "alone": "Máy tự trả lời xong",
    "partly": "Có câu chưa trả lời được",
    "unanswered": "Không trả lời được câu nào",
    "handed": "Chuyển sang cán bộ",
}
CHANNELS: Mapping[str, str] = {
    "zalo": "Zalo OA",
    "zalobot": "Zalo Bot",
    "telegram": "Telegram",
    "web": "Trang web",
    "terminal": "Dòng lệnh",
}
KINDS: Mapping[str, str] = {
    "changed": "Báo thay đổi trạng thái",
    "supplement": "Nhắc bổ sung giấy tờ",
    "payment": "Nhắc thanh toán",
    "paid": "Báo đã nhận thanh toán",
    "pickup": "Báo, nhắc nhận kết quả",
    "due": "Báo sắp đến ngày hẹn trả",
    "late": "Báo hồ sơ trễ hẹn",
    "closed": "Báo ngày nghỉ",
    "rating": "Mời đánh giá",
}
MOVED: Mapping[str, str] = {
    "supplemented": "Bổ sung giấy tờ",
    "paid": "Thanh toán",
    "collected": "Nhận kết quả",
}
FINISHED: Mapping[str, str] = {
    "on_time": "Trước hoặc đúng ngày hẹn trả",
    "late": "Sau ngày hẹn trả",
    "unknown": "Cổng không cho biết ngày hẹn trả",
}
# Columns of the table of dossiers, and the states each of them holds.
STANDING: Mapping[str, tuple[Status, ...]] = {
    "Mới đăng ký": (Status.NEW,),
    "Đang giải quyết": (Status.RECEIVED, Status.PROCESSING),
    "Chờ bổ sung": (Status.SUPPLEMENT,),
    "Chờ thanh toán": (Status.PAYMENT,),
    "Chờ nhận kết quả": (Status.DONE,),
    "Đã kết thúc": (Status.RETURNED, Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED),
}
INTENTS: Mapping[str, str] = {
    "ask_overview": "Hỏi chung về thủ tục",
    "ask_documents": "Hỏi giấy tờ",
    "ask_fee": "Hỏi lệ phí",
    "ask_processing_time": "Hỏi thời gian giải quyết",
    "ask_office": "Hỏi nơi nộp",
    "ask_steps": "Hỏi các bước",
    "ask_online": "Hỏi làm trực tuyến",
    "ask_forms": "Hỏi mẫu đơn",
    "ask_conditions": "Hỏi điều kiện",
    "ask_result": "Hỏi kết quả",
    "ask_legal_basis": "Hỏi căn cứ pháp lý",
    "ask_unit": "Hỏi xã, phường mới",
    "nearest_office": "Hỏi nơi gần nhất",
    "dossier_status": "Hỏi hồ sơ của mình",
    "greet": "Chào hỏi",
    "thank": "Cảm ơn",
    "goodbye": "Chào tạm biệt",
    "help": "Xin hướng dẫn",
    "ask_identity": "Hỏi trợ lý là ai",
    "feedback": "Phản ánh, kiến nghị",
    "talk_to_person": "Muốn gặp cán bộ",
    "stop": "Xin ngừng",
    "emergency": "Khẩn cấp",
    "scam_warning": "Hỏi về lừa đảo",
    "affirm": "Đồng ý",
    "deny": "Không đồng ý",
    "out_of_scope": "Ngoài phạm vi",
}
NO_OFFICE = "Chưa gắn với nơi tiếp nhận nào"
ONLY_FOLLOWED = (
    "Chỉ gồm hồ sơ mà người dân đã lưu để theo dõi qua trợ lý; hồ sơ khác của tỉnh hệ thống này không biết."
)
NOT_MEASURED = "Ước tính theo giả định nêu trong bảng, không phải số đo được."


def words_kept(people: int, days: int) -> str:
    """Whose words are shown, and for how long."""
    return (
        f"Chỉ hiện câu có từ {people} người khác nhau hỏi; số giấy tờ, số điện thoại và mã hồ sơ đã được che. "
        f"Câu chữ chỉ giữ {days} ngày, kỳ xa hơn không còn."
    )


def notice(subject: str) -> str:
    """What a broadcast is called: its number, where it has one."""
    kind, _, ident = subject.rpartition(":")
    return f"Thông báo số {ident}" if ident.isdecimal() or kind else f"Thông báo {subject}"
