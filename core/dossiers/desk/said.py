"""What the desk takes in and gives back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from core.dossiers.access import Person
from core.messages import Message
from core.sentences import put_in, sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """One message about dossiers.

    Args:
        text: what was written, cleaned, or the payload of a button.
        dossier: code of the dossier in hand.
        expecting: what the desk asked for last: ``digits:CODE``, ``label:CODE`` or ``token``.
        written: as it was typed, with its lines; for what is passed on as it is.
    """

    person: Person
    text: str
    now: dt.datetime
    dossier: str | None = None
    expecting: str | None = None
    written: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """The answer and what is in hand after it.

    Args:
        procedure: code of the dossier's procedure, only where the person may know it.
        secret: what was written is a proof, so that no history may keep it.
    """

    messages: tuple[Message, ...]
    dossier: str | None = None
    expecting: str | None = None
    procedure: str | None = None
    secret: bool = False


def say(name: str, code: str | None = None, **values: str) -> Message:
    """A sentence of the domain with ``$code`` and other values put in, in its buttons too."""
    return put_in(sentence(name), {"code": code or "", **values})
