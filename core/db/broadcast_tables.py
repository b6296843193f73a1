"""The tables of notices to many: who wants them, what staff write, to whom it goes, what is attached.

A change here needs a migration in ``core/db/migrations``. What becomes of each message stands in the outbox,
under the subject that :func:`core.broadcasts.model.subject` gives.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()
_Address = String(200)


class NoticeSubscriberRow(Base):
    """Somebody who agreed to get general notices; their consent stands beside it (purpose ``notices``).

    ``unit`` is the commune they named, by its official number; null when they named none.
    """

    __tablename__ = "notice_subscriber"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    unit: Mapped[str | None] = mapped_column(String(10), index=True)
    since: Mapped[dt.datetime] = mapped_column(_Moment)


class BroadcastRow(Base):
    """One notice to many, from its draft to its report.

    ``version`` grows with each change of what is said or to whom, by ``editor``: an approval is for one version,
    and somebody else's than the author's and the last editor's. ``audience`` and
    ``links`` are those of :mod:`core.broadcasts.model`; ``counted`` is what was counted when it was submitted,
    ``left_out`` how many addresses were left out by reason when the recipients were fixed. ``cursor`` is the last
    address that was looked at while fixing them, and ``expanded`` says that this is over. ``attempt`` grows when
    those that failed are tried again.
    """

    __tablename__ = "broadcast"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int] = mapped_column(default=1)
    office: Mapped[int | None] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    links: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    emergency: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(String(500), default="")
    send_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    expires_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    author: Mapped[int] = mapped_column(index=True)
    author_name: Mapped[str] = mapped_column(String(120))
    editor: Mapped[int]
    approver: Mapped[int | None]
    approver_name: Mapped[str | None] = mapped_column(String(120))
    refused: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    updated_at: Mapped[dt.datetime] = mapped_column(_Moment)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    approved_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    began_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    counted: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    left_out: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    cursor: Mapped[str] = mapped_column(_Address, default="")
    expanded: Mapped[bool] = mapped_column(default=False)
    attempt: Mapped[int] = mapped_column(default=1)


class BroadcastListedRow(Base):
    """One entry of a list that staff uploaded for a notice. ``kind``: address, or code (of a dossier)."""

    __tablename__ = "broadcast_listed"

    broadcast: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(_Address, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))


class BroadcastRecipientRow(Base):
    """Somebody a notice goes to, fixed when sending begins. ``occasion`` names their newest row of the outbox."""

    __tablename__ = "broadcast_recipient"

    broadcast: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str] = mapped_column(String(80))


class BroadcastFileRow(Base):
    """Something attached to a notice, served by the bot under its unguessable ``token``."""

    __tablename__ = "broadcast_file"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    broadcast: Mapped[int] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
