"""How much of a citizen's address staff see: the channel and its last signs, enough to tell two apart. Pure."""

from __future__ import annotations

from core.people.wording import channel

SHOWN = 3


def masked(address: str) -> str:
    """``zalo:2512523625412515`` as ``Zalo …515``; nothing of an id that is hardly longer."""
    name, _, ident = address.partition(":")
    return f"{channel(name)} …{ident[-SHOWN:] if len(ident) >= 2 * SHOWN else ''}"
