"""What the agencies write, in Vietnamese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

UNKNOWN_STATUS = "Chờ liên thông thuế"  # none of the ten national statuses, yet some systems show such names

HANDED_IN = "Người nộp gửi hồ sơ, chờ cán bộ tiếp nhận kiểm tra"
RECEIVED = "Tiếp nhận hồ sơ, in Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
FIRST_STEP = "Chuyển hồ sơ đến công chức chuyên môn thụ lý"
STEPS = (
    "Thẩm định hồ sơ, đối chiếu dữ liệu",
    "Lấy ý kiến đơn vị phối hợp",
    "Trình lãnh đạo phòng xem xét",
    "Trình lãnh đạo ký duyệt kết quả",
    "Văn thư vào sổ, đóng dấu, số hóa kết quả",
)
PAID = "Đã nhận phí, lệ phí; tiếp tục giải quyết hồ sơ"
SUPPLEMENTED = "Đã nhận đủ giấy tờ bổ sung; tiếp tục giải quyết hồ sơ"
TAX = "Đã chuyển thông tin nghĩa vụ tài chính sang cơ quan thuế"
TAX_BACK = "Đã nhận thông báo của cơ quan thuế"
DONE = "Đã có kết quả, mời người nộp đến nhận tại nơi nộp hồ sơ"
RETURNED = "Đã trả kết quả cho người nộp"
REFUSALS = (
    "Không tiếp nhận: hồ sơ thiếu giấy tờ bắt buộc, bản chụp mờ không đọc được. Đề nghị nộp lại hồ sơ đầy đủ",
    "Không tiếp nhận: thủ tục không thuộc thẩm quyền giải quyết của cơ quan này",
    "Không tiếp nhận: thông tin trên tờ khai không khớp với Cơ sở dữ liệu quốc gia về dân cư",
    "Không tiếp nhận: tờ khai chưa ký. Đề nghị ký và nộp lại",
)
STOPS = (
    "Dừng xử lý: quá thời hạn bổ sung mà chưa nhận được giấy tờ",
    "Dừng xử lý: chưa hoàn thành nghĩa vụ tài chính trong thời hạn thông báo",
    "Dừng xử lý: có đơn tranh chấp đang được giải quyết",
)
WITHDRAWALS = (
    "Người nộp có đơn xin rút hồ sơ để bổ sung giấy tờ",
    "Người nộp có đơn xin rút hồ sơ vì không còn nhu cầu",
)
FAULTS = (
    "bản chụp không rõ",
    "chưa có chứng thực",
    "thiếu chữ ký của người liên quan",
    "thông tin không khớp với giấy tờ tùy thân",
)
CLERK = "Công chức tiếp nhận"
POSITIONS = ("Chuyên viên", "Công chức chuyên môn")
MADE = "Cập nhật trạng thái hồ sơ"


def payment(fee: int, last: dt.date) -> str:
    """The request to pay; ``last`` is the last day for it."""
    amount = f"{fee:,}".replace(",", ".")
    return f"Đề nghị nộp phí, lệ phí {amount} đồng trên Cổng Dịch vụ công quốc gia, chậm nhất ngày {last:%d/%m/%Y}"


def supplement(papers: Iterable[str], last: dt.date) -> str:
    """The request for papers, everything at once; ``last`` is the last day for it."""
    return f"Đề nghị bổ sung: {'; '.join(papers)}. Nộp bổ sung chậm nhất ngày {last:%d/%m/%Y}"
