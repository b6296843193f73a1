"""Hiding numbers that name a person. Pure.

Identity numbers have 12 digits (căn cước, Luật Căn cước 26/2023/QH15) or 9 (old CMND), telephone
numbers 10 or 11 after a 0 or +84. Dossier codes and dates are left alone: their digits stand beside
letters, dots and dashes.
"""

from __future__ import annotations

import re

HIDDEN = "[số đã che]"
_NUMBER = re.compile(
    r"(?<![\w.-])(?:"
    r"\d(?: ?\d){11}"  # 12 digits first: a căn cước in groups also starts like a telephone number
    r"|(?:\+?84|0)(?:[ .-]?\d){8,10}"
    r"|\d(?: ?\d){8}"  # no dots: 100.000.000 is money
    r")(?![\w-]|\.\d)"
)


def mask_numbers(text: str) -> str:
    """The text with telephone and identity numbers replaced by HIDDEN."""
    return _NUMBER.sub(HIDDEN, text)


def holds_number(text: str) -> bool:
    """Whether something in the text would be hidden."""
    return _NUMBER.search(text) is not None
