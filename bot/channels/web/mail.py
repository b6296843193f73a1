"""What was sent to a web session while nobody looked: ``POST /api/mail``.

It takes ``{"session": str, "after": int}``, where everything up to ``after`` was shown, and answers
``{"letters": [{"id": int, "at": str, "text": str, "buttons": [...]}]}``, the oldest first; ``at`` is the moment it
was sent (ISO 8601, UTC), and a letter a person wrote has ``"by": str``. ``"staffed": true`` comes with it while a
conversation with staff is open: the page looks more often then. Asking again with the same ``after`` gives the same:
nothing is lost with an answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Protocol

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from core.messages import Address
from core.reminders.web_mail import Letter
from core.rendering import web

Session = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]


class Mail(Protocol):
    """The mail box of the web."""

    async def fetch(self, address: Address, after: int) -> Sequence[Letter]:
        """What waits; everything up to ``after`` is forgotten."""
        ...

    async def staffed(self, address: Address) -> bool:
        """Whether a conversation with staff is open."""
        ...


class MailRequest(BaseModel):
    """A page that asks for what waits."""

    model_config = ConfigDict(extra="forbid")

    session: Session
    after: Annotated[int, Field(ge=0, lt=2**53)] = 0


def told(letters: Sequence[Letter], staffed: bool = False) -> JSONResponse:
    """The letters as the page takes them; a page has no telephone number to give."""
    body = [
        {
            "id": letter.id,
            "at": letter.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            **web.render(letter.message),
            **({"by": letter.message.by} if letter.message.by else {}),
        }
        for letter in letters
    ]
    return JSONResponse(
        {"letters": body, **({"staffed": True} if staffed else {})}, headers={"Cache-Control": "no-store"}
    )
