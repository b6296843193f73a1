"""The tables of what the assistant says first: dossiers watched, outbox, ledger, wishes, clock.

A change here needs a migration in ``core/db/migrations``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()
_Address = String(200)
_Code = String(60)
_OPEN = text("finished_at IS NULL")
_HELD = text("lease_until IS NOT NULL")
_UNDONE = text("done_at IS NULL")


class WatchRow(Base):
    """A followed dossier between two looks at the portal: when to look next and what was last seen.

    One row a dossier, however many follow it; ``since`` is when ``status`` was first seen. ``root`` is that of
    the code (``H15``): it says which portal is asked, so that one in trouble holds nobody else's dossiers up.
    ``procedure`` is the official code without a unit's suffix (``1.001193``), empty where the portal named none.
    """

    __tablename__ = "watch"
    __table_args__ = (
        Index("ix_watch_root", "root", "next_at", "code"),
        # For the counter's page: ranges of codes by their bytes, whatever language PostgreSQL sorts in.
        Index(
            "ix_watch_counter",
            "status",
            "code",
            "due_at",
            "paid",
            "since",
            postgresql_ops={"code": "text_pattern_ops"},
        ),
        Index("ix_watch_status", "status", "procedure", "code"),
    )

    code: Mapped[str] = mapped_column(_Code, primary_key=True)
    root: Mapped[str] = mapped_column(String(3))
    next_at: Mapped[dt.datetime] = mapped_column(_Moment)
    status: Mapped[int | None]
    since: Mapped[dt.datetime] = mapped_column(_Moment)
    due_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    paid: Mapped[bool | None]
    procedure: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)
    checked_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    failures: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[dt.datetime | None] = mapped_column(_Moment)


class OutboxRow(Base):
    """One message of ours to one address, said once: unique on address, subject, kind and occasion.

    ``state``: pending, claimed (in a worker's hands), sending (written to the platform, or about to be), then
    sent, unknown (it may have arrived), failed, gone, dropped (no longer true or wanted) or expired; or held, its
    notice being paused, with ``finished_at`` set so that nobody takes it up or lets it expire. An unknown
    row without ``finished_at`` is tried once more at ``due_at``. ``body`` is written beforehand for broadcasts
    only and erased when the row is finished. ``lane`` orders what is due at the same time: 0 changes of state,
    1 reminders, 2 broadcasts. ``lease_until`` is set while a worker holds the row (claimed, sending).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("address", "subject", "kind", "occasion", name="uq_outbox_address"),
        Index(
            "ix_outbox_open",
            "channel",
            "lane",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_outbox_lease_until", "lease_until", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_outbox_address_finished", "address", "finished_at"),
        Index("ix_outbox_subject", "subject", "state", "channel", "reason"),
        Index("ix_outbox_check", "address", "check"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(_Address)
    channel: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(_Code)
    kind: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str] = mapped_column(String(80))
    lane: Mapped[int] = mapped_column(default=1)
    check: Mapped[str] = mapped_column(String(8))
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(12), default="pending")
    reason: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[dt.datetime] = mapped_column(_Moment)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment)
    tries: Mapped[int] = mapped_column(default=0)
    unknowns: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    created_at: Mapped[dt.datetime] = mapped_column(_Moment)
    finished_at: Mapped[dt.datetime | None] = mapped_column(_Moment, index=True)


class OutboxHoldRow(Base):
    """A subject nothing is sent about while it stands here: a notice that is paused or was called off."""

    __tablename__ = "outbox_hold"

    subject: Mapped[str] = mapped_column(_Code, primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(_Moment)


class DeliveryRow(Base):
    """The ledger: each step that was tried to bring one outbox row to its person, what it cost, how it ended.

    ``step``: free, charged, template, other (another channel of the same person), counter, or unclear when the
    worker ended in the middle. ``address`` is where that step went; ``cost`` is in đồng.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox: Mapped[int] = mapped_column(index=True)
    step: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(_Address)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(80))
    cost: Mapped[int] = mapped_column(default=0)


class SpendingRow(Base):
    """What paid steps of a month (in the province) cost, in đồng, those under way included."""

    __tablename__ = "spending"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    spent: Mapped[int] = mapped_column(default=0)


class GoneRow(Base):
    """An address that takes no messages: its person blocked the bot or left. Ended by what they write later."""

    __tablename__ = "gone"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    reason: Mapped[str] = mapped_column(String(80))


class WishesRow(Base):
    """What a person chose about being told; see core/reminders/model.py. Minutes count from midnight."""

    __tablename__ = "wishes"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    off: Mapped[list[str]] = mapped_column(JSON, default=list)
    from_minute: Mapped[int | None]
    until_minute: Mapped[int | None]
    quiet_changes: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    stopped: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[dt.datetime] = mapped_column(_Moment)


class TaskRow(Base):
    """Something for the counter: phone a person no message reaches, or see to a late dossier."""

    __tablename__ = "counter_task"
    __table_args__ = (
        UniqueConstraint("subject", "kind", "occasion", name="uq_counter_task_subject"),
        Index("ix_counter_task_open", "at", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(_Code)
    kind: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(40))
    agency: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    done_at: Mapped[dt.datetime | None] = mapped_column(_Moment)


class RatingRow(Base):
    """How somebody found the handling of their dossier or a talk with staff (``talk:12``), 1 to 5.

    ``office`` is the one it was about, as known then; ``address`` is shown to nobody.
    """

    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_office", "office", "at"),)

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    code: Mapped[str] = mapped_column(_Code, primary_key=True)
    score: Mapped[int]
    office: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class PaceRow(Base):
    """How fast one channel may be written to, all processes together: the next free moment, and a pause.

    ``counted_at``: up to when replies were taken off what is free.
    """

    __tablename__ = "channel_pace"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    free_at: Mapped[dt.datetime] = mapped_column(_Moment)
    counted_at: Mapped[dt.datetime] = mapped_column(_Moment)
    paused_until: Mapped[dt.datetime | None] = mapped_column(_Moment)


class PortalPaceRow(Base):
    """How fast one portal is asked about followed dossiers, all processes together.

    What was not asked since ``free_at`` may still be. A portal in trouble is left alone until ``paused_until``,
    and stays on trial after that until it answers.
    """

    __tablename__ = "portal_pace"

    portal: Mapped[str] = mapped_column(String(40), primary_key=True)
    free_at: Mapped[dt.datetime] = mapped_column(_Moment)
    paused_until: Mapped[dt.datetime | None] = mapped_column(_Moment)


class TickRow(Base):
    """The heartbeat of one thing the clock does: when it last began, ended and ended well."""

    __tablename__ = "tick"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    began_at: Mapped[dt.datetime] = mapped_column(_Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    well_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    worker: Mapped[str] = mapped_column(String(200))
    lease_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class WebMailRow(Base):
    """A message that waits until its person opens the web chat again, which cannot be written to first.

    An id is never given twice: the page says by it which messages it has.
    """

    __tablename__ = "web_mail"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it so

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(_Address, index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
