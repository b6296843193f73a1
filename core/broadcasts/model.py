"""What a notice to many is. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from core.dossiers.model import Status

PURPOSE = "notices"  # of the consent that a subscriber gave (table consent)
MAX_TITLE, MAX_TEXT, MAX_WHY = 120, 1500, 500  # letters
MAX_LINKS, MAX_FILES = 5, 3


class State(StrEnum):
    """How far a notice is. The values are kept in the database."""

    DRAFT = "draft"
    WAITING = "waiting"  # for a second person
    APPROVED = "approved"  # goes at its hour
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """Whether nothing more is begun; what is on the wire may still be reported."""
        return self in (State.DONE, State.CANCELLED, State.EXPIRED)

    @property
    def editable(self) -> bool:
        """Whether words and audience may be changed; what was submitted becomes a draft again by it."""
        return self in (State.DRAFT, State.WAITING, State.APPROVED)


class Reason(StrEnum):
    """Why an address (or an entry of a list) gets nothing. The values are kept in the database."""

    NO_CONSENT = "no_consent"  # never agreed to general notices
    STOPPED = "stopped"  # said "dừng"
    TURNED_OFF = "turned_off"  # wants no notices
    PAUSED = "paused"  # wants quiet until after the notice expires
    GONE = "gone"  # blocked us or left, at every address they have
    NO_CHANNEL = "no_channel"  # a channel nothing can be sent to
    DUPLICATE_PERSON = "duplicate_person"  # their person is told at another address
    NO_UNIT = "no_unit"  # a subscriber who named no commune, where communes were chosen
    NOT_IN_SCOPE = "not_in_scope"  # of another commune or office than chosen, or than the sender's
    UNKNOWN_CODE = "unknown_code"  # a dossier nobody here ever saw
    NO_FOLLOWER = "no_follower"  # a dossier nobody follows


Whom = Literal["subscribers", "followers", "listed"]


@dataclass(frozen=True, slots=True)
class Audience:
    """To whom a notice goes. What is left empty does not narrow.

    * ``subscribers``: everybody who agreed to general notices (:class:`core.db.broadcast_tables.NoticeSubscriberRow`),
      narrowed by ``units``.
    * ``followers``: whoever follows a dossier that fits all of ``offices``, ``procedures`` or ``fields`` (one of
      either), and ``statuses``. By following they agreed to be told about that dossier, so the notice has to be
      about its office, procedure or state; somebody who only follows gets no general notice.
    * ``listed``: the entries of the uploaded list: an address must be a subscriber's, a code reaches those who
      follow it.

    Args:
        units: official numbers of communes.
        offices: ids of offices whose dossiers are followed.
        procedures: official codes without a unit's suffix (``1.001193``).
        fields: fields of the catalogue, as ``Procedure.field`` writes them.
    """

    whom: Whom = "subscribers"
    units: tuple[str, ...] = ()
    offices: tuple[int, ...] = ()
    procedures: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "whom": self.whom,
            "units": list(self.units),
            "offices": list(self.offices),
            "procedures": list(self.procedures),
            "fields": list(self.fields),
            "statuses": [int(status) for status in self.statuses],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Audience:
        """The inverse of :meth:`as_dict`."""
        statuses = tuple(Status(number) for number in data.get("statuses", ()))
        named = {name: tuple(data.get(name, ())) for name in ("units", "offices", "procedures", "fields")}
        return cls(data["whom"], **named, statuses=statuses)


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens a page; ``url`` begins with ``https://``."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a notice; its content stays in the database. ``size`` is in bytes."""

    token: str
    title: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of an uploaded list: an address (``zalo:…``) or the code of a dossier, both as kept here."""

    value: str
    kind: Literal["address", "code"]


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody composes.

    Args:
        title: the first line, and the notice's name in lists.
        send_at: not before; None for as soon as it may.
        expires_at: what has not gone by then never goes; None for the hours of the profile after the beginning.
        emergency: crosses the quiet hours (never "dừng", a pause or notices turned off); needs ``why`` and,
            whatever its size, a second person.
        office: in whose name it is sent; None for the province.
    """

    title: str
    text: str
    audience: Audience = field(default_factory=Audience)
    links: tuple[Link, ...] = ()
    send_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    emergency: bool = False
    why: str = ""
    office: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many a notice would reach now, and why others would not be.

    An address in the audience is counted once: as a recipient or under one reason. Entries of a list that
    lead to no address are counted under a reason too.

    Args:
        channels: recipients by the channel of the address they are told at first.
        left_out: addresses and entries by reason.
        first_at: when the first of them may go, by the province's hours.
        charged: recipients on Zalo: a message more than 48 hours after they last wrote costs money, and does not
            go where the province's ceiling of the month has no room for it. How many that will be is known only
            when it goes: this is the most it can be.
    """

    channels: Mapping[str, int]
    left_out: Mapping[Reason, int]
    first_at: dt.datetime | None = None
    charged: int = 0

    @property
    def recipients(self) -> int:
        """All recipients: people, each once."""
        return sum(self.channels.values())


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One notice as it stands.

    Args:
        version: grows with every change of what is said or to whom; approving and editing name it.
        editor: who changed it last; neither they nor the author approve it.
        refused: why a second person sent it back.
        counted: what was counted when it was submitted.
        left_out: addresses left out by reason, when recipients were fixed.
        attempt: 1, and one more each time those that failed are tried again.
    """

    id: int
    state: State
    version: int
    content: Content
    author: int
    author_name: str
    editor: int
    created_at: dt.datetime
    updated_at: dt.datetime
    files: tuple[Attachment, ...] = ()
    approver: int | None = None
    approver_name: str | None = None
    refused: str | None = None
    submitted_at: dt.datetime | None = None
    approved_at: dt.datetime | None = None
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    counted: Count | None = None
    left_out: Mapping[Reason, int] = field(default_factory=dict)
    expanded: bool = False
    attempt: int = 1


# Of a recipient: the outbox's states with what is in a worker's hands told apart from what waits.
Progress = Literal[
    "waiting", "held", "sending", "sent", "unknown", "failed", "gone", "dropped", "expired"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a notice, in recipients; ``numbers`` adds up to ``recipients``.

    Args:
        numbers: by channel and progress. ``sent``: the platform took it (whether it was read is told by none);
            ``unknown``: it may have arrived; ``dropped``: not wanted any more, told elsewhere, or called off.
        reasons: how many by progress and reason, of those that have one.
        expanded: whether all recipients are fixed; before that the numbers still grow.
    """

    recipients: int
    numbers: Mapping[tuple[str, Progress], int]
    reasons: Mapping[tuple[Progress, str], int]
    expanded: bool

    def of(self, *progress: Progress) -> int:
        """How many are in one of these, on all channels."""
        return sum(number for (_, at), number in self.numbers.items() if at in progress)


@dataclass(frozen=True, slots=True)
class Reached:
    """One recipient in a report.

    Args:
        address: a citizen's; never in a log.
        at: when it ended; None while it has not.
        way: the last step tried (``free``, ``charged``, ``other`` …) with the channel it went by; None before.
    """

    address: str
    channel: str
    progress: Progress
    reason: str | None
    at: dt.datetime | None
    way: tuple[str, str] | None = None


def subject(ident: int) -> str:
    """What the outbox, the ledger and the audit log call a notice."""
    return f"broadcast:{ident}"


def trial_subject(ident: int) -> str:
    """The same for a test send, which counts nowhere."""
    return f"broadcast-test:{ident}"


def ident_of(named: str) -> int | None:
    """The notice of a subject, of a test too; None for the subject of something else."""
    kind, _, number = named.partition(":")
    return int(number) if kind in ("broadcast", "broadcast-test") and number.isdecimal() else None
