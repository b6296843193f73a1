"""A rating as people write it: "5 sao", "4/5", "rất hài lòng". Pure."""

from __future__ import annotations

import re

from core.reminders import times

TALK = "talk:"  # how a subject begins that is no dossier but a talk with staff
_NUMBER = re.compile(
    r"(?:(?:toi|em|minh|con|xin)? ?(?:cham|cho|danh gia|diem|duoc)? ?(?:diem )?)?([1-5]|mot|hai|ba|bon|nam)"
    r" ?(?:\*|sao|diem|/ ?5|tren 5|trong 5)(?: (?:nhe|nha|a|ah|luon|thoi|ad))*"
)
_BARE = re.compile(
    r"(?:toi |em |minh |con )?(?:cham |cho |danh gia )?(?:diem )?([1-5])(?: (?:nhe|nha|a|ah))*"
)
_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_SAID = (
    (1, r"rat (?:khong hai long|te|kem|buc)|qua te|te qua|te hai|rat that vong"),
    (2, r"(?:chua|khong) (?:duoc )?hai long|te|kem|that vong|chan qua"),
    (3, r"tam(?: duoc| on)?|binh thuong|cung duoc|trung binh|duoc"),
    (5, r"rat (?:hai long|tot)|tuyet(?: voi)?|qua tot|tot qua|xuat sac|hai long lam"),
    (4, r"hai long|tot|kha(?: tot)?|on"),
)
_TAIL = r"(?: (?:nhe|nha|a|ah|lam|luon|do|cam on))*"


def named(text: str) -> int | None:
    """A score that is written as one; None for anything else."""
    match = _NUMBER.fullmatch(times.plain(text).strip("* ") + ("*" if text.rstrip().endswith("*") else ""))
    return _score(match.group(1)) if match else None


def answered(text: str) -> int | None:
    """A score as an answer to a question that was just asked: a bare number, or words."""
    said = times.plain(text)
    if match := _BARE.fullmatch(said):
        return _score(match.group(1))
    return next((score for score, cue in _SAID if re.fullmatch(f"(?:{cue}){_TAIL}", said)), named(text))


def _score(word: str) -> int:
    return _WORDS.get(word) or int(word)
