"""What somebody wants of general notices, by the words they use. Pure.

Only a message that is about nothing else counts: "đăng ký thông báo lưu trú" is a procedure, "nhận thông báo nộp
thuế" a question. What follows "thông báo" has to be a commune or words that say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.places.units import Found, Unit, find
from nlu.vietnamese import words

_MOST_WORDS = 16
_WHO = r"(?:(?:toi|em|minh|con|chau|tui|bac|co|chu|anh|chi|ong|ba|a|ah|oi|da|ad|xin|cho|muon|can|hay|giup|duoc|gium|nho) )*"
_NOTICES = r"(?:thong bao|tin thong bao|tin tuc)(?: chung)? "
_START = re.compile(rf"{_WHO}(?:(?:dang ky|dang ki)(?: {_WHO}nhan)?|nhan) {_WHO}{_NOTICES}(.*)")
_STOP = re.compile(
    r"(?:\w+ ){0,3}?(?:(?:thoi|ngung|dung|huy|bo|khong|khoi|tat)(?: \w+)?? )"
    rf"(?:{_WHO}(?:(?:dang ky |dang ki )?nhan|dang ky|dang ki) {_NOTICES}|thong bao chung )(.*)"
)
_NOTHING = frozenset(
    """
    cua tu o tai ve trong nay do noi dia phuong toi em minh con chau tui bac co chu anh chi ong ba nha nhe nha nua di voi a ah
    o dau nhu the nao lam sao duoc khong cho xa phuong ubnd uy ban nhan dan chinh quyen thi tran moi het luon chung
    """.split()
)
_DISTRICT = re.compile(
    r"(?:huyen|thi xa|thanh pho) (?:\w+ ){1,3}$"
)  # named behind a commune, as people are used to
_PROVINCE = re.compile(r" (?:toan|ca|cua) tinh |^ tinh $| tinh (?:thoi|nha|nhe) ")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted.

    Args:
        places: the communes that were named, best reading first; empty when none was.
        province: that the whole province was named.
    """

    deed: Literal["start", "stop"]
    places: tuple[Found, ...] = ()
    province: bool = False


def wish(text: str, units: Sequence[Unit]) -> Wish | None:
    """What a message wants of notices; None when it is about something else."""
    said = " ".join(words(text)) + " "
    if len(said.split()) > _MOST_WORDS:
        return None
    if stop := _STOP.fullmatch(said):
        return Wish("stop") if _is_place(stop.group(1), text, units) else None
    start = _START.fullmatch(said)
    if start is None or not _is_place(start.group(1), text, units):
        return None
    return Wish("start", *where(text, units))


def where(text: str, units: Sequence[Unit]) -> tuple[tuple[Found, ...], bool]:
    """The communes a text names, and whether it names the whole province."""
    said = f" {' '.join(words(text))} "
    if _PROVINCE.search(said):
        return (), True
    return tuple(find(list(units), text)), False


def answer(text: str, units: Sequence[Unit]) -> tuple[tuple[Found, ...], bool] | None:
    """An answer to "of which commune?"; None when it is none."""
    said = f" {' '.join(words(text))} "
    if len(said.split()) > _MOST_WORDS:
        return None
    found, province = where(text, units)
    looks = re.match(r" (?:xa|phuong|thi tran|p|tt) ", said) is not None and len(said.split()) < 8
    return (found, province) if found or province or looks else None


def _is_place(rest: str, text: str, units: Sequence[Unit]) -> bool:
    """Whether what stands behind "thông báo" is a place, or nothing."""
    left = _DISTRICT.sub("", rest).split()
    if set(left) <= _NOTHING:
        return True
    found, province = where(text, units)
    named = {word for place in found for word in _words_of(place)} | (
        {"toan", "ca", "tinh"} if province else set()
    )
    return bool(found or province) and set(left) <= _NOTHING | named


def _words_of(place: Found) -> list[str]:
    """Every word that may name the commune: its own name, those it was formed from, their districts."""
    names = [
        place.unit.name,
        *(f"{former.name} {former.district or ''}" for former in place.unit.formed_from),
    ]
    return words(f"{' '.join(names)} huyện thị xã thành phố phường xã thị trấn cũ")
