"""The addresses of a person, as the rest of the package speaks of them. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.messages import Address, Message


@dataclass(frozen=True, slots=True)
class Member:
    """One address of a person and since when it belongs to the others."""

    address: Address
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """A link that was made.

    Args:
        id: of the code; the same when the same link is confirmed again.
        owner: the address the code was made for.
        everyone: all addresses of the person now.
    """

    id: int
    owner: Address
    everyone: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something another address of the person is to be told.

    Args:
        ident: the same for the same occasion, so that nobody is told twice.
        name: which sentence it is and what stands in it, see ``core.people.desk.told``.
    """

    address: Address
    ident: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person who wrote is told, and what others are.

    Args:
        expecting: ``link`` when a code is awaited.
        secret: what was written is a code, so that no history may keep it.
    """

    messages: tuple[Message, ...]
    expecting: str | None = None
    secret: bool = False
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One message that may be about links.

    Args:
        text: what was written, cleaned, or the payload of a button.
        origin: the network address on the open web, for limits.
        expecting: what the assistant asked for last.
    """

    address: Address
    text: str
    now: dt.datetime
    origin: str | None = None
    expecting: str | None = None
