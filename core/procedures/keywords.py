"""What a message asks about by plain keywords: for when Rasa is away. Pure."""

from __future__ import annotations

from core.procedures.model import Aspect
from nlu.vietnamese import words

_KEYWORDS: tuple[tuple[Aspect, tuple[str, ...]], ...] = (
    ("documents", ("giay to gi", "can giay to", "ho so gom", "ho so can", "can gi", "thanh phan ho so", "can nhung gi", "mang theo", "mang gi", "giay gi")),
    ("fee", ("le phi", "bao nhieu tien", "het bao nhieu", "ton bao nhieu", "ton tien", "mat tien", "phi bao nhieu", "chi phi", "mien phi", "dong tien")),
    ("processing_time", ("bao lau", "may ngay", "thoi gian", "khi nao xong", "bao gio xong", "thoi han")),
    ("office", ("o dau", "nop dau", "cho nao", "dia chi", "gio lam viec", "co quan nao", "so dien thoai", "thu bay")),
    ("online", ("online", "truc tuyen", "qua mang", "tren mang", "vneid", "dich vu cong", "muc do")),
    ("steps", ("cac buoc", "trinh tu", "lam the nao", "lam sao", "quy trinh", "nhu the nao")),
    ("forms", ("mau don", "to khai", "bieu mau", "mau nao")),
    ("conditions", ("dieu kien", "ai duoc", "bao nhieu tuoi", "co duoc khong")),
    ("result", ("ket qua", "nhan duoc gi", "gia tri bao lau", "hieu luc", "thoi han su dung")),
    ("legal_basis", ("can cu", "luat nao", "nghi dinh", "thong tu", "phap ly")),
)  # fmt: skip


def aspects_in(text: str) -> list[Aspect]:
    """The aspects whose keywords stand in the text, in the order they stand there."""
    said = f" {' '.join(words(text))} "
    places = {
        aspect: min(said.find(f" {k} ") for k in keys if f" {k} " in said)
        for aspect, keys in _KEYWORDS
        if any(f" {k} " in said for k in keys)
    }
    return sorted(places, key=lambda aspect: places[aspect])
