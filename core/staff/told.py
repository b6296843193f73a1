"""What the deeds of the audit log are called in Vietnamese. Pure. Each subject adds its own."""

from __future__ import annotations

GROUPS: dict[str, str] = {
    "account": "Tài khoản",
    "office": "Nơi làm việc",
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
    "office.put": "Lưu nơi làm việc",
    "session.begin": "Đăng nhập",
    "session.end": "Đăng xuất",
}


def deed(what: str) -> str:
    """A deed as it is read; one of another version as it is kept."""
    return DEEDS.get(what, what)


def group(name: str) -> str:
    """A group of deeds as it is read."""
    return GROUPS.get(name, name)
