"""The fixed sentences of ``domain.yml``, for what is answered without asking Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Template
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


def put_in(message: Message, values: Mapping[str, str]) -> Message:
    """Values put into text and payloads; an unknown ``$name`` stays for the profile."""
    buttons = tuple(
        replace(b, payload=Template(b.payload).safe_substitute(values)) if b.payload else b
        for b in message.buttons
    )
    return replace(message, text=Template(message.text).safe_substitute(values), buttons=buttons)
