"""What goes in and out of the assistant, the same on every channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

Kind = Literal["text", "payload", "sticker", "voice", "file", "photo", "location", "contact"]
Outcome = Literal[
    "answered",  # from the records, or by one of the fixed sentences
    "asked_back",  # which procedure, or which case of it
    "declined",  # nothing fits, not held, not ours, or none of the choices was meant
    "failed",  # a fault of ours: the person got an apology
    "plain_mode",  # by keywords, while Rasa was away
    "handed",  # to a member of staff, or told how to reach one
    "dossier",  # by the dossier desk
    "reminder_desk",
    "linking",
    "button",  # a menu or a button about a procedure
    "command",
    "feedback",  # by the desks of surveys, petitions and wrong answers
    "staff",  # by the desk of those who work here
    "stopped",  # they want no more messages
    "unread",  # a sticker, a voice message, too long, a button nobody knows
    "silent",  # nothing was said, for a person has the conversation
]
MAX_PHOTO = 10 * 1024 * 1024  # bytes of a picture that any channel takes in


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: ``Address("telegram", "123")``, written ``telegram:123``."""

    channel: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``channel:id``. Raises ValueError when either half is empty."""
        channel, _, ident = text.partition(":")
        if not channel or not ident:
            raise ValueError(f"not an address: {text!r}; expected channel:id")
        return cls(channel, ident)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message: either ``payload`` comes back or ``url`` opens.

    Payloads are ASCII and at most 64 bytes, so that every channel can carry them. With ``contact`` the
    platform is asked for the person's own telephone number, with ``location`` for where they are;
    channels that cannot do it leave the button out.
    """

    title: str
    payload: str | None = None
    url: str | None = None
    contact: bool = False
    location: bool = False

    def as_dict(self) -> dict[str, Any]:
        for asked in ("contact", "location"):
            if getattr(self, asked):
                return {"title": self.title, asked: True}
        target = {"url": self.url} if self.url else {"payload": self.payload or ""}
        return {"title": self.title, **target}


@dataclass(frozen=True, slots=True)
class Message:
    """One outgoing message: plain text (lines, ``•`` lists), never markup.

    ``first`` is the number of its first choice: choices are numbered through all messages of an answer,
    and whoever cannot press a button answers with the number. ``by`` is who writes, where that is a person of
    the office and the channel can show it beside the text.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    first: int = 1
    by: str = ""

    @property
    def choices(self) -> tuple[Button, ...]:
        """The buttons that come back when they are pressed: what is numbered."""
        return tuple(b for b in self.buttons if b.payload and not b.url)

    def as_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {"text": self.text, "buttons": [b.as_dict() for b in self.buttons]}
        if self.first != 1:
            told["first"] = self.first
        if self.by:
            told["by"] = self.by
        return told

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Message:
        """The inverse of :meth:`as_dict`; unknown keys are ignored."""
        buttons = tuple(
            Button(
                str(b["title"]),
                b.get("payload"),
                b.get("url"),
                bool(b.get("contact")),
                bool(b.get("location")),
            )
            for b in data.get("buttons") or ()
        )
        text, by = str(data.get("text") or ""), str(data.get("by") or "")
        return cls(text, buttons, int(data.get("first") or 1), by)


def numbered(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The messages of one answer, their choices numbered one after the other."""
    done, first = [], 1
    for message in messages:
        done.append(replace(message, first=first))
        first += len(message.choices)
    return tuple(done)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a person.

    Args:
        address: who wrote.
        text: what was typed, the caption of a picture, or the payload of a pressed button
            (``kind="payload"``).
        kind: what it is; ``contact`` without ``phone`` is another person's contact.
        photo: the bytes of a picture (``kind="photo"``), at most MAX_PHOTO, unchecked otherwise; None
            when it could not be fetched.
        phone: the sender's own telephone number, vouched for by the platform; ``+84…``, or as the
            platform writes it.
        origin: the network address it came from, for limits on the open web; None elsewhere.
        file: the platform's reference of a picture that is yet to be fetched.
        location: latitude and longitude in degrees (``kind="location"``).
        ref: the sender's own name of this message, the same when it is sent again; None where there is none.
    """

    address: Address
    text: str
    kind: Kind = "text"
    photo: bytes | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    origin: str | None = field(default=None, repr=False)
    file: str | None = field(default=None, repr=False)
    location: tuple[float, float] | None = field(default=None, repr=False)
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """What becomes of a message when staff have the conversation at the moment its answer is stored.

    Args:
        line: what the person said, for staff, numbers masked; empty when there is nothing to pass on.
        suggested: what the assistant would have said, for staff to see.
        waiting: what it says instead while nobody has taken the conversation up.
        held: what it says although somebody has it; mostly nothing.
        understood: whether it knew what was meant; None where that says nothing.
        ref: the sender's own name of the message, see ``Incoming``.
    """

    line: str = field(repr=False)
    suggested: tuple[Message, ...] = ()
    waiting: tuple[Message, ...] = ()
    held: tuple[Message, ...] = ()
    understood: bool | None = True
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What Rasa took a message for.

    Args:
        second: the intent it thought of next; None when it knows one only.
        margin: how much more probable the first is than the second, 0 to 1.
    """

    intent: str
    confidence: float
    second: str | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class How:
    """How an answer came about, for the log of turns; no person ever sees it.

    Args:
        understood: as Rasa said; None where it was not asked.
        procedure: id of the procedure answered about.
        dossier: code of the dossier in hand after the answer.
        question: the folded phrase of a question, without anybody's numbers; None where none was asked.
        private: what was written may be a proof or an answer to what a desk asked for: nobody keeps it.
    """

    outcome: Outcome = "answered"
    understood: Understood | None = None
    procedure: str | None = None
    dossier: str | None = field(default=None, repr=False)
    question: str | None = field(default=None, repr=False)
    private: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The assistant's answer and how it came about (for ``ask`` and for tests).

    ``said`` is the person's message with personal numbers masked, given when it must not be kept as
    typed. ``understood`` is False when nothing was found that fits, None where that was not the question. ``aside`` is for whoever stores the answer;
    ``staffed`` says that a conversation with staff is open.
    """

    messages: tuple[Message, ...]
    intent: str | None = None
    confidence: float | None = None
    aspects: tuple[str, ...] = ()
    procedures: tuple[dict[str, Any], ...] = field(default=())
    said: str | None = None
    understood: bool | None = True
    aside: Aside | None = None
    staffed: bool = False
    how: How = How()


class Sender(Protocol):
    """Delivers messages to one channel."""

    async def send(self, address: Address, message: Message) -> None:
        """Deliver one message. Raises SendError and nothing else."""
        ...


class Answerer(Protocol):
    """The conversation as the channels see it."""

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer one message; never raises for anything a person can write.

        Raises DatabaseAway when asking again a little later helps.
        """
        ...
