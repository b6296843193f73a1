"""Chance that is the same at every start. Pure."""

from __future__ import annotations

import hashlib
import random


def stream(*parts: object) -> random.Random:
    """A source of chance that depends on nothing but the parts."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - invented people, no secrets


def share(percent: float, *parts: object) -> bool:
    """True for about ``percent`` of all parts, always the same ones."""
    return int(digest(*parts)[:8], 16) / 0x1_0000_0000 * 100 < percent


def digest(*parts: object) -> str:
    """64 hex digits that stand for the parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()
