"""What somebody wants of links, by the words they use. Pure.

Only a message that is about nothing else counts: "liên kết đào tạo", "hợp đồng liên kết" and "liên kết tài khoản
ngân hàng" name something that is not ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nlu.vietnamese import words

DIGITS = 8
_MOST_WORDS = 16
_CODE = re.compile(r"\d(?:[ .-]?\d)*")
_UNLINK = re.compile(r" (?:huy|bo|go|ngat|xoa|tat|thoi|khong) (?:\w+ ){0,3}?lien ket ")
_ABOUT = frozenset(
    """
    lien ket noi ghep kenh tai khoan nick zalo telegram tele web trang website may dien thoai chat bot tro ly ung dung
    voi va sang qua cua nay kia khac hai 2 cac giua nhau chung lai them moi ma so la nhap cho toi em minh tui con chau
    bac co chu anh chi ban muon can xin giup gium dum ho dc duoc khong lam sao the nao nhu cach a ah nhe nha oi vao de di voi o tren
    huy bo go ngat xoa tat thoi het ca ra khoi roi cai dang nua
    """.split()
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted; ``code`` has eight digits, or is empty when what was typed is no code."""

    kind: Literal["link", "unlink", "code"]
    code: str = ""


def wish(text: str) -> Wish | None:
    """What a message wants of links; None when it is about something else."""
    numbers = [m.group() for m in _CODE.finditer(text) if len(_digits(m.group())) > 1]
    rest = _CODE.sub(lambda m: " " if len(_digits(m.group())) > 1 else m.group(), text)
    said = words(rest)
    spoken = f" {' '.join(said)} "
    if " lien ket " not in spoken or len(said) > _MOST_WORDS or not set(said) <= _ABOUT:
        return None
    if numbers:
        return Wish("code", code_in(" ".join(numbers)))
    return Wish("unlink" if _UNLINK.search(spoken) else "link")


def code_in(text: str) -> str:
    """The eight digits of a text that is nothing but a code, in whatever groups; empty otherwise."""
    digits = _digits(text)
    return digits if len(digits) == DIGITS and re.fullmatch(r"[\d .-]+", text) else ""


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
