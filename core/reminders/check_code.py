"""The code under each message of ours, as people type it back. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

from nlu.syllables import is_syllable
from nlu.vietnamese import clean, expand, fold

LENGTH = 4
# Codes hold no 0 O 1 I L 8 B S Z; whoever types one of these read another letter.
_READ_AS = {
    "0": "QD",
    "O": "QD",
    "1": "T7J",
    "I": "TJ",
    "L": "T",
    "8": "36R",
    "B": "RP3",
    "S": "5",
    "Z": "27",
}
_CUE = re.compile(
    r"\b(?:ma kiem tra|kiem tra(?: giup| gium| ho| dum)?(?: toi| em| minh| con)?(?: ma| tin)?|check(?: ma| tin)?|xac minh(?: ma| tin)?|ma tin|ma)\b"
)
_FILL = re.compile(
    r"\b(?:ma|tin|nay|so|la|giup|gium|ho|dum|toi|em|minh|con|voi|nhe|nha|a|ah|cho|xem|co phai|cua|tinh|gui|khong|ko|that|gia|do|xin|hay|ad|oi)\b"
)
_APART = re.compile(r"\b(?:[a-z\d][ -]){3}[a-z\d]\b")
_ALONE = re.compile(r"(?:\w[ -]){3}\w|\w{4}|\w\w[ -]\w\w")


@dataclass(frozen=True, slots=True)
class Typed:
    """A code somebody typed.

    Args:
        code: upper case, without blanks.
        sure: whether it cannot be an ordinary word.
    """

    code: str
    sure: bool

    @property
    def whole(self) -> bool:
        """Whether it is as long as a code."""
        return len(self.code) == LENGTH


def typed(text: str) -> Typed | None:
    """The code in a message that asks about one: "kiểm tra 4F7K", "mã 4f 7k", or nothing but the code."""
    said = re.sub(r"[“”\"'.,!?:;()]", " ", fold(clean(text)))
    said = re.sub(r"\s+", " ", said).strip()
    cue = _CUE.search(said)
    if cue is None:
        bare = re.sub("[ -]", "", said).upper() if _ALONE.fullmatch(said) else ""
        return Typed(bare, text.upper() == text) if _mixed(bare) and len(bare) == LENGTH else None
    if " ho so" in said:
        return None
    rest = f"{said[: cue.start()]} {said[cue.end() :]}"
    apart = _APART.search(rest)
    tokens = apart.group().split() if apart else _left(rest)
    joined = re.sub(r"[-\s]", "", "".join(tokens)).upper()
    if not joined.isalnum() or not joined.isascii() or len(tokens) > LENGTH:
        return None
    if len(joined) == LENGTH and (len(tokens) == 1 or all(len(t) < LENGTH for t in tokens)):
        return Typed(joined, _no_word(tokens) and not (cue.group() == "ma" and joined.isdecimal()))
    near = len(tokens) == 1 and "kiem tra" in cue.group() and 3 <= len(joined) <= 6
    return Typed(joined, True) if near and _mixed(joined) else None


def readings(code: str) -> Collection[str]:
    """Every code that what was typed may stand for, itself first."""
    ways = [_READ_AS.get(letter, letter) for letter in code.upper()]
    return tuple("".join(letters) for letters in product(*ways))


def _left(rest: str) -> list[str]:
    """What is left when words that may stand beside a code are taken away; not where they are the code."""
    tokens = _FILL.sub(" ", rest).split()
    if tokens:
        return tokens
    return [t for t in rest.split() if len(t) == LENGTH]


def _mixed(code: str) -> bool:
    return code.isascii() and bool(re.search(r"\d", code)) and bool(re.search(r"[A-Z]", code))


def _no_word(tokens: list[str]) -> bool:
    joined = "".join(tokens)
    if any(c.isdigit() for c in joined):
        return True
    return not (
        is_syllable(joined)
        or any(len(t) > 1 and is_syllable(t) for t in tokens)
        or expand(joined) != (joined,)
    )
