"""What the deeds of the audit log are called in Vietnamese. Pure. Each subject adds its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GROUPS: dict[str, str] = {
    "account": "Tài khoản",
    "catalogue": "Thủ tục",
    "counter": "Quầy",
    "office": "Nơi làm việc",
    "petition": "Phản ánh, kiến nghị",
    "session": "Đăng nhập",
}
DEEDS: dict[str, str] = {
    "account.add": "Tạo tài khoản",
    "account.change": "Sửa tài khoản",
    "account.disable": "Đóng tài khoản",
    "account.enable": "Mở tài khoản",
    "account.locked": "Tạm khóa do đăng nhập sai",
    "account.one_step": "Tắt xác thực hai bước",
    "account.password": "Đổi mật khẩu",
    "account.reset": "Đặt lại mật khẩu",
    "account.two_steps": "Bật xác thực hai bước",
    "catalogue.discard": "Bỏ bản nháp thủ tục",
    "catalogue.publish": "Công bố thủ tục",
    "catalogue.report": "Trả lời báo sai",
    "catalogue.report_link": "Gắn báo sai với thủ tục",
    "catalogue.revert": "Khôi phục thủ tục",
    "catalogue.review": "Đối chiếu thủ tục",
    "catalogue.save": "Lưu nháp thủ tục",
    "catalogue.take_up": "Quyết định về bản mới trong tệp",
    "catalogue.withdraw": "Ngừng thủ tục",
    "counter.done": "Xong việc của quầy",
    "counter.phone": "Tạo việc gọi điện",
    "counter.remind": "Gửi tin nhắc",
    "office.put": "Lưu nơi làm việc",
    "petition.answered": "Trả lời phản ánh",
    "petition.closed": "Kết thúc phản ánh",
    "petition.forwarded": "Chuyển phản ánh",
    "session.begin": "Đăng nhập",
    "session.end": "Đăng xuất",
}


_NAMES = {
    "roles": "vai trò",
    "offices": "nơi làm việc số",
    "everywhere": "toàn tỉnh",
    "identifiers": "mã định danh",
    "spans": "giờ",
    "active": "hoạt động",
    "kind": "loại",
    "addresses": "số nơi nhận",
    "about": "về",
    "why": "vì",
    "office": "nơi làm việc số",
}


def detail(told: Mapping[str, Any]) -> str:
    """What a row says beside its deed, in one line."""
    return "; ".join(f"{_NAMES.get(name, name)}: {_value(value)}" for name, value in told.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)


def deed(what: str) -> str:
    """A deed as it is read; one of another version as it is kept."""
    return DEEDS.get(what, what)


def group(name: str) -> str:
    """A group of deeds as it is read."""
    return GROUPS.get(name, name)
