"""What somebody wants of a conversation with staff, by their words; and words of danger. Pure.

Only a message that says nothing else counts: whatever else it says is for whoever reads it, or for the understanding
of questions, which knows many more ways to ask for a person.
"""

from __future__ import annotations

import re

from nlu.vietnamese import words

_POLITE = (
    r"(?:toi|tui|em|minh|con|chau|bac|co|chu|anh|chi|ong|ba|cho|xin|muon|can|duoc|lam on|vui long|hay|oi|a|ah|nhe|nha|voi"
    r"|di|giup|gium|dum|ngay|luon|lai|nua|da|vang|truc tiep|mot|1|phep)"
)
_PEOPLE = r"(?:can bo|nhan vien|chuyen vien|cong chuc|tu van vien|nguoi that|nguoi truc|nguoi phu trach)"
_WHICH = r"(?:mot cua|ho tro|tu van|phu trach|tiep nhan|tiep dan|truc|hanh chinh cong|o quay)"
_MEET = r"(?:gap|gap mat|noi chuyen|trao doi|chat|nhan tin|lien he|ket noi|noi may|chuyen|chuyen may|chuyen sang|chuyen qua)"
_ASKS = re.compile(
    rf"(?:{_POLITE} )*{_MEET} (?:{_POLITE} )*(?:cho |voi |toi |den )?{_PEOPLE} (?:{_WHICH} )?(?:{_POLITE} )*"
)
_BACK = re.compile(
    rf"(?:{_POLITE} )*(?:thoi|khong|huy|dung|khoi|bo|ngung|ket thuc)(?: {_POLITE})* (?:{_MEET}|cho)(?: {_POLITE})* {_PEOPLE} (?:{_POLITE} )*"
    rf"|(?:{_POLITE} )*(?:quay lai|quay ve|tro lai|ve|hoi lai|hoi|gap lai|gap|chuyen ve|chuyen lai)(?: voi| ve| cho| sang| hoi)? (?:tro ly|may|bot|chatbot)(?: tu dong)? (?:{_POLITE} )*"
)
_PHONE = re.compile(rf"(?:{_POLITE} )*de lai (?:so|sdt|so dien thoai) (?:{_POLITE} )*")
_DROPPED = re.compile(
    r"(?:thoi|khong|huy|khoi|khong can|thoi khoi|thoi khong can|de sau)(?: (?:a|ah|nhe|nha|nua|da|di))* "
)
_SKIPPED = re.compile(
    r"(?:bo qua|noi nao cung duoc|o dau cung duoc|dau cung duoc|khong biet|bo qua noi nao cung duoc) (?:a )?"
)
_DANGER = re.compile(
    r" (?:goi )?(?:111|113|114|115)(?= )| cap cuu | xe cuu thuong | cuu (?:toi|em|minh|con|voi|ho) | bi (?:danh|dam|chem|cuop|hiep|bat coc|bao hanh) "
    r"| (?:dang danh|danh dap|danh nhau|dam chem|giet nguoi|doi giet) | (?:nha|dang|dam) (?:\w+ )?chay | chay (?:nha|lon) | duoi nuoc "
    r"| bat tinh | ngat xiu | dot quy | tu tu | nhay cau | tai nan (?:giao thong |roi )| bi thuong | muon chet "
)


def asks_person(text: str) -> bool:
    """Whether it asks for a person and for nothing else."""
    return _ASKS.fullmatch(_said(text)) is not None


def goes_back(text: str) -> bool:
    """Whether it wants the assistant again instead of a person."""
    return _BACK.fullmatch(_said(text)) is not None


def leaves_phone(text: str) -> bool:
    """Whether it wants to leave a telephone number, and holds none."""
    return _PHONE.fullmatch(_said(text)) is not None


def dropped(text: str) -> bool:
    """Whether it takes back what it asked for, when asked which commune or number."""
    return _DROPPED.fullmatch(_said(text)) is not None


def skipped(text: str) -> bool:
    """Whether no commune is named on purpose."""
    return _SKIPPED.fullmatch(_said(text)) is not None


def danger(text: str) -> bool:
    """Whether somebody may be in danger: the emergency numbers are told whoever has the conversation."""
    return _DANGER.search(f" {_said(text)}") is not None


def phone_in(text: str) -> str | None:
    """The Vietnamese telephone number of a text, as ``0…``; None where there is none.

    Ten digits after 0 or +84 (mobile and, since 2018, most land lines), eleven for land lines of some provinces:
    quy hoạch kho số viễn thông, TT 22/2014/TT-BTTTT.
    """
    found = re.findall(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){9,10}(?!\d)", text)
    if len(found) != 1:
        return None
    digits = re.sub(r"\D", "", found[0])
    number = "0" + (digits[2:] if not digits.startswith("0") else digits[1:])
    return number if len(number) in (10, 11) and number[1] != "0" else None


def _said(text: str) -> str:
    return " ".join(words(text)) + " "
