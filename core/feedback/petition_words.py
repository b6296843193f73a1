"""What somebody wants with complaints and proposals, by the words they use. Pure.

Questions about how and where to complain are not taken: they are answered like any other question. Read on folded
words, so that accents, short forms and slips do not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nlu.vietnamese import words

_NUMBER = re.compile(r"(?<![A-Z0-9])P\.?\s?A[\s.–—-]*(\d{4})[\s.–—-]*(\d{4,6})(?![\d])")
_ME = r"(?:toi|em|minh|con|chau|tui|bac|co|chu|anh|chi|ong|ba|dan)"
_WANT = rf"(?:{_ME} )?(?:(?:muon|can|xin|xin phep|dang|se) )?(?:cho {_ME} )?(?:duoc )?(?:(?:gui|viet|nop|co|lam|nhan|ghi) )?"
_ABOUT = r"(?:(?:mot |1 )?(?:don |y kien |loi |cai )?(?:phan anh(?: va)?(?: kien nghi)?|kien nghi|gop y|khieu nai thai do))"
_POLITE = r"(?: (?:nhe|nha|a|ah|voi|voi a|duoc khong|duoc khong a|di|giup|giup toi|ho|cho toi|voi (?:uy ban|xa|phuong|tinh|chinh quyen|co quan|cap tren|lanh dao)(?: nhan dan| xa| phuong| tinh)?))*"
_START = re.compile(rf"{_WANT}{_ABOUT}{_POLITE}")
_TOLD = re.compile(rf"(?:{_WANT}){_ABOUT}(?: (?:la|rang|ve|viec|chuyen|nhu sau|toi))* (?P<rest>.+)")
_MINE = re.compile(
    rf"(?:xem |cac |nhung |tinh trang |trang thai |ket qua )*phan anh(?: kien nghi)? (?:cua {_ME}|{_ME} (?:da )?gui|da gui)"
    rf"(?: (?:den dau|toi dau|the nao|sao|ra sao)(?: roi)?)?{_POLITE}"
    r"|(?:xem |tra cuu )(?:cac )?phan anh(?: kien nghi)?(?: da gui)?"
)
_QUESTION = re.compile(
    r" (?:o dau|o dao|dau|the nao|nhu nao|ra sao|lam sao|cach nao|bao lau|bao nhieu|may ngay|may buoc|gi|ai|so nao|khi nao"
    r"|co duoc khong|duoc khong|mau|thu tuc|quy trinh|cach|gom|can nhung|noi nao|co quan nao|trang nao) "
    r"| (?:khong|chua)(?: (?:a|ah|vay|nhi|ta|ad))? $"
)
_CANCEL = {
    "thoi",
    "huy",
    "khong",
    "khong gui",
    "khong gui nua",
    "thoi khong gui",
    "bo di",
    "thoi khong gui nua",
    "dung",
}
_LEAST = 3  # words that tell something


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted.

    Args:
        deed: ``start`` to be asked what happened, ``told`` when the message says it already, ``mine``, ``show``.
        number: of ``show``, as it is written on it.
    """

    deed: Literal["start", "told", "mine", "show"]
    number: str = ""


def wish(text: str) -> Wish | None:
    """What a message wants; None when it is about something else."""
    folded = words(text)
    if (number := number_in(text)) and len(folded) <= 12:
        return Wish("show", number)
    said = " ".join(folded)
    if _MINE.fullmatch(said):
        return Wish("mine")
    if _START.fullmatch(said):
        return Wish("start")
    told = _TOLD.fullmatch(said)
    if told and len(told["rest"].split()) >= _LEAST and not _asks(text, told["rest"]):
        return Wish("told")
    return None


def number_in(text: str) -> str:
    """The number of a petition in a text, as it is written on it; empty when there is none."""
    match = _NUMBER.search(text.upper())
    return f"PA-{match[1]}-{match[2]}" if match else ""


def cancels(text: str) -> bool:
    """Whether an answer to "what happened?" gives it up."""
    return " ".join(words(text)) in _CANCEL


def tells(text: str) -> bool:
    """Whether a text says enough to be looked into."""
    return len(words(text)) >= _LEAST


def _asks(text: str, rest: str) -> bool:
    """Whether it is a question about complaining rather than a complaint; a long one may well hold a question."""
    short = len(rest.split()) <= 14
    return short and (text.rstrip().endswith("?") or _QUESTION.search(f" {rest} ") is not None)
