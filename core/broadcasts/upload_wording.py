"""What staff read about an uploaded list: what is wrong where, and how to mend it. Pure."""

from __future__ import annotations

from core.broadcasts.upload_model import Odd
from core.dossiers.codes import Fault

EXAMPLE = "H15.50.05.13-261008-0975"
_SHOWN = 60  # letters of a cell that are repeated
_AS_TEXT = "định dạng cả cột là Văn bản (Text) rồi nhập lại mã"
_FAULTS: dict[Fault, str] = {
    "no_day": "thiếu ngày tiếp nhận (6 chữ số ở giữa)",
    "bad_day": "có phần ngày không phải ngày có thật",
    "future": "có ngày tiếp nhận ở tương lai",
}

EMPTY_FILE = "Tệp không có dòng nào. Chọn tệp có cột “Mã hồ sơ”."
OLD_EXCEL = (
    "Tệp Excel kiểu cũ (.xls) hoặc đặt mật khẩu. Mở bằng Excel, bỏ mật khẩu, lưu lại kiểu .xlsx rồi tải lên."
)
NO_TABLE = "Tệp này không phải bảng tính. Tải lên tệp Excel (.xlsx) hoặc CSV."
BROKEN_EXCEL = "Không mở được tệp Excel này: tệp bị hỏng hoặc chưa lưu xong. Lưu lại rồi tải lên."
TOO_WIDE = "Trang tính trải quá rộng (có ô nằm rất xa). Chép riêng các cột cần dùng sang tệp mới rồi tải lên."
ODD_LETTERS = "Không đọc được chữ trong tệp CSV. Lưu lại kiểu “CSV UTF-8” hoặc .xlsx rồi tải lên."


def too_large(most: int) -> str:
    """The file has too many bytes."""
    return f"Tệp lớn hơn {most // 1024 // 1024} MB. Chia thành nhiều tệp nhỏ hơn."


def too_many(most: int) -> str:
    """The file has too many rows."""
    return f"Tệp có hơn {_number(most)} dòng. Chia thành nhiều tệp nhỏ hơn."


def unpacks_too_large(most: int) -> str:
    """The workbook grows too large when it is unpacked."""
    return f"Tệp Excel bung ra lớn hơn {most // 1024 // 1024} MB nên không mở. Chép riêng cột mã hồ sơ sang tệp mới."


def unclosed(line: int) -> str:
    """A quotation mark is never closed."""
    return f'Dòng {line}: có dấu ngoặc kép (") mở mà không đóng nên không đọc được các dòng sau. Sửa rồi tải lại.'


def no_heading(headings: list[str]) -> str:
    """No column is known by its heading."""
    found = f" Các cột trong tệp: {', '.join(f'“{cut(h)}”' for h in headings[:12])}." if headings else ""
    return f"Không thấy cột “Mã hồ sơ” hoặc “Địa chỉ nhắn tin”.{found} Đặt lại tên cột rồi tải lên."


def two_headings(first: str, second: str, what: str) -> str:
    """Two columns might be meant."""
    return f"Có hai cột cùng là {what}: “{cut(first)}” và “{cut(second)}”. Giữ lại một cột rồi tải lên."


def other_sheets(read: str, others: int) -> str:
    """Only one sheet was read."""
    return f"Tệp có {others + 1} trang tính; chỉ đọc trang đầu “{cut(read)}”."


def odd(cell: Odd) -> str:
    """A cell that a spreadsheet has changed."""
    shown = cut(cell.shown)
    if cell.damage == "date":
        return f"Excel đã đổi ô này thành ngày tháng ({shown}) nên mất mã gốc; {_AS_TEXT}."
    if cell.damage == "rounded":
        return f"Excel đã rút gọn ô này thành số ({shown}) nên mất các chữ số cuối; {_AS_TEXT}."
    if cell.damage == "formula":
        return f"ô này là công thức ({shown}); chép cả cột rồi dán lại dạng giá trị (Paste Values)."
    return f"ô này báo lỗi {shown}; sửa công thức hoặc gõ mã vào."


def missing(columns: list[str]) -> str:
    """The line has something, but nothing where it counts."""
    return "chưa có mã hồ sơ." if len(columns) == 1 else "chưa có mã hồ sơ hay địa chỉ nhắn tin."


def no_code(cell: str) -> str:
    """The cell holds no dossier code."""
    return f"“{cut(cell)}” không phải mã hồ sơ; mã có dạng {EXAMPLE}."


def faulty(code: str, fault: Fault) -> str:
    """The cell holds something that cannot be a code."""
    return f"mã “{cut(code)}” {_FAULTS[fault]}."


def several(number: int) -> str:
    """The cell holds several codes."""
    return f"ô này có {_number(number)} mã hồ sơ; mỗi dòng ghi một mã."


def swallowed() -> str:
    """The cell holds whole lines."""
    return 'ô này chứa cả các dòng sau, có lẽ vì thừa một dấu ngoặc kép ("); xóa dấu đó rồi tải lại.'


def no_address(cell: str, channels: tuple[str, ...]) -> str:
    """The cell holds no address."""
    ways = ", ".join(f"{channel}:…" for channel in channels)
    return f"“{cut(cell)}” không phải địa chỉ nhắn tin; địa chỉ có dạng {ways}."


def telephone() -> str:
    """The cell holds a telephone number."""
    return "đây là số điện thoại; trợ lý không nhắn theo số điện thoại, ghi mã hồ sơ của người đó."


def cut(text: str) -> str:
    """As much of a cell as is worth repeating, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")
