"""The fixed sentences of ``domain.yml``, for what is answered without asking Rasa."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import SettingsError
from core.messages import Message

_DOMAIN = Path(__file__).resolve().parents[1] / "domain.yml"


@cache
def _responses() -> dict[str, Any]:
    domain = yaml.safe_load(_DOMAIN.read_text(encoding="utf-8"))
    # Rasa warns of a response that no rule uses, so what it never says stands under ``sentences``.
    return {**domain["responses"], **domain["sentences"]}


def sentence(name: str) -> Message:
    """The response or sentence ``name`` of the domain. Raises SettingsError when there is none."""
    try:
        return Message.from_dict(_responses()[name][0])
    except KeyError:
        raise SettingsError(f"domain.yml has no response or sentence {name!r}") from None
