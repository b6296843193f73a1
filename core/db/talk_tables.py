"""The tables of conversations between citizens and staff.

A change here needs a migration in ``core/db/migrations``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()
_Address = String(200)
_OPEN = text("closed_at IS NULL")


class TalkRow(Base):
    """One conversation for staff; an address has at most one that is open.

    ``since`` is when it came into the queue, ``asked_at`` the oldest line of the citizen nobody has answered,
    ``unread`` how many such lines there are; ``told_at`` when we last said that it waits. ``version`` grows with every
    change, so that a page knows by one look whether it is still right. ``phone`` is sealed.
    """

    __tablename__ = "talk"
    __table_args__ = (
        Index("uq_talk_open", "address", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_talk_waiting", "state", "office", "since", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_talk_holder", "claimed_by", sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},  # a survey names a conversation by its number: none is given twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(_Address, index=True)
    office: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(10))
    procedure: Mapped[str | None] = mapped_column(String(40))
    dossier: Mapped[str | None] = mapped_column(String(60))
    opened_at: Mapped[dt.datetime] = mapped_column(_Moment)
    since: Mapped[dt.datetime] = mapped_column(_Moment)
    claimed_by: Mapped[int | None]
    claimed_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    closed_at: Mapped[dt.datetime | None] = mapped_column(_Moment, index=True)
    closed_by: Mapped[int | None]
    ended: Mapped[str | None] = mapped_column(String(10))
    last_said_at: Mapped[dt.datetime] = mapped_column(_Moment)
    asked_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    unread: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    phone: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class TalkLineRow(Base):
    """One line of a conversation. Numbers of the citizen's lines are masked before they come here.

    ``ref`` names what the line came from (a message that arrived, a form that was sent): the same is kept once.
    ``delivery`` and ``reason`` are of lines sent to the citizen; ``mail`` is the letter in the web's mail box.
    """

    __tablename__ = "talk_line"
    __table_args__ = (
        UniqueConstraint("talk", "ref", name="uq_talk_line_talk"),
        Index("ix_talk_line_talk", "talk", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    talk: Mapped[int]
    direction: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    staff: Mapped[int | None]
    ref: Mapped[str | None] = mapped_column(String(160))
    delivery: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(20))
    mail: Mapped[int | None] = mapped_column(index=True)


class TalkPreludeRow(Base):
    """What was said since the assistant last understood somebody: the beginning of a conversation for staff.

    ``failures`` counts in a row; ``lines`` are pairs of direction and text, numbers masked.
    """

    __tablename__ = "talk_prelude"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[Any]] = mapped_column(JSON, default=list)
    updated_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class CannedRow(Base):
    """A reply kept for use again: an office's own, or everybody's where ``office`` is null."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[int | None] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[dt.datetime] = mapped_column(_Moment)
