"""Cutting a long text where it reads well, within the limits of a platform. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from core.messages import Message

_CUTS = (  # where a long text may be cut, best first: paragraph, line of a list, sentence, word
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…;])[ ]"),
    re.compile(r"\s"),
)


def split(message: Message, limit: int) -> list[Message]:
    """The message in parts of at most ``limit`` units (see :func:`units`); buttons go under the last part."""
    parts = pieces(message.text, limit) or [""]
    return [*(Message(part) for part in parts[:-1]), replace(message, text=parts[-1])]


def pieces(text: str, limit: int) -> list[str]:
    """The text in parts of at most ``limit`` units, each cut at the best place in its second half."""
    parts, rest = [], text
    while units(rest) > limit:
        fits = head(rest, limit)
        end = next((cut for pattern in _CUTS if (cut := _last(pattern, fits, rest))), len(fits))
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def units(text: str) -> int:
    """Letters as UTF-16 counts them: as Telegram does, and never too few for who counts otherwise."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def head(text: str, limit: int) -> str:
    """As many letters as fit, never a letter without the marks that belong to it."""
    end, used = 0, 0
    for letter in text:
        used += units(letter)
        if used > limit:
            break
        end += 1
    while 1 < end < len(text) and (unicodedata.combining(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end]


def _last(pattern: re.Pattern[str], fits: str, text: str) -> int:
    """Where the last such place within ``fits`` begins, 0 when its second half has none."""
    ends = [m.start() for m in pattern.finditer(text, 0, len(fits) + 1) if m.start() <= len(fits)]
    return ends[-1] if ends and ends[-1] > len(fits) // 2 else 0
