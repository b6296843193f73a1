"""Replacing a function of Rasa, but only the one that was read before it was replaced."""

from __future__ import annotations

import hashlib
import inspect
from typing import Any, Text

import rasa

VERSION = "3.6.21"


class UnexpectedRasaError(RuntimeError):
    """Rasa is another version, or a function of it another than the one to be replaced."""


def digest(function: Any) -> Text:
    """Twelve hex digits over a function's source."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:12]


def replace(owner: Any, name: Text, expected: Text, by: Any) -> Any:
    """Put ``by`` in the place of ``owner.name`` and return what was there.

    Args:
        expected: the digest of the function that ``by`` stands in for.

    Raises:
        UnexpectedRasaError: it is not that function; nothing was replaced.
    """
    where = f"{owner.__module__}.{owner.__qualname__}.{name}"
    if rasa.__version__ != VERSION:
        raise UnexpectedRasaError(
            f"nlu.speed replaces {where} of Rasa {VERSION}, but this is Rasa {rasa.__version__}: read the new function, "
            "then mend the replacement or take it out (docs/decisions/0014-speed.md)"
        )
    original = inspect.getattr_static(owner, name)
    if digest(original) != expected:
        raise UnexpectedRasaError(
            f"{where} is not the function of Rasa {VERSION} that nlu.speed replaces: its source has the digest "
            f"{digest(original)}, not {expected}. Something else changed Rasa (docs/decisions/0014-speed.md)"
        )
    setattr(owner, name, by)
    return original
