"""The tables. A change here needs a migration in ``core/db/migrations``.

An address is where a person is reached (``telegram:123``); it is the only key to a person we hold.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[dt.datetime]):
    """A moment that knows its zone: stored in UTC, given back in UTC, also by SQLite, which knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None or value.tzinfo:
            return value
        return value.replace(tzinfo=dt.UTC)


_Moment = Moment()
_Address = String(200)
_Code = String(60)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"}
    )


class ConversationRow(Base):
    """What must outlive a restart of one conversation: what is in hand and the choices shown."""

    __tablename__ = "conversation"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    procedure: Mapped[str | None] = mapped_column(String(40))
    dossier: Mapped[str | None] = mapped_column(_Code)
    expecting: Mapped[str | None] = mapped_column(String(100))
    question: Mapped[str | None] = mapped_column(String(200))
    options: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    notice: Mapped[str | None] = mapped_column(String(60))
    updated_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class InboundRow(Base):
    """A message that arrived. What it says and its reply are erased when it is finished; the row itself
    stays a while, so that a repeat of the platform is known as one.

    ``sent`` counts the reply's messages that were sent, ``twice`` those that may have been sent twice;
    ``parked`` says that it was given up. A lease is running while ``lease_until`` lies ahead.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "update", name="uq_inbound_channel"),
        Index(
            "ix_inbound_open",
            "address",
            "id",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    update: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(_Address)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reply: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    sent: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    twice: Mapped[int] = mapped_column(default=0)
    parked: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    due_at: Mapped[dt.datetime] = mapped_column(_Moment)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    finished_at: Mapped[dt.datetime | None] = mapped_column(_Moment)


class PortalSessionRow(Base):
    """The session or token of one portal, encrypted, shared by every process."""

    __tablename__ = "portal_session"

    portal: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment)


class SnapshotRow(Base):
    """The last known state of a dossier, or that the portal knew none.

    ``proofs`` holds keyed fingerprints of telephone and identity numbers, never the numbers.
    """

    __tablename__ = "dossier_snapshot"

    code: Mapped[str] = mapped_column(_Code, primary_key=True)
    view: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    proofs: Mapped[list[str]] = mapped_column(JSON, default=list)
    fetched_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class CounterRow(Base):
    """How often something happened since ``started_at``: the memory of limits, shared by every process."""

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    started_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    count: Mapped[int]


class ProofRow(Base):
    """That the person at an address proved that a dossier is theirs."""

    __tablename__ = "proof"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    code: Mapped[str] = mapped_column(_Code, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class DelegationRow(Base):
    """That an owner lets somebody else see a dossier for a while; ``grantee`` is empty until taken up."""

    __tablename__ = "delegation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(_Code, index=True)
    owner: Mapped[str] = mapped_column(_Address, index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    redeem_by: Mapped[dt.datetime] = mapped_column(_Moment)
    grantee: Mapped[str | None] = mapped_column(_Address, index=True)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class FollowedRow(Base):
    """A dossier in somebody's list; being in it is their consent, see ConsentRow."""

    __tablename__ = "followed"
    __table_args__ = (Index("ix_followed_code", "code", "address"),)

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    code: Mapped[str] = mapped_column(_Code, primary_key=True)
    label: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[dt.datetime] = mapped_column(_Moment)


class ConsentRow(Base):
    """One consent, kept after its withdrawal as the law asks (Luật 91/2025/QH15 Art. 9)."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(_Address, index=True)
    purpose: Mapped[str] = mapped_column(String(120))
    wording: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[dt.datetime] = mapped_column(_Moment)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(_Moment)


class LinkRow(Base):
    """That an address belongs to a person who has several; ``person`` is a random name of the group.

    ``since`` is when the address came into its group.
    """

    __tablename__ = "person_link"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    person: Mapped[str] = mapped_column(String(32), index=True)
    since: Mapped[dt.datetime] = mapped_column(_Moment)


class LinkCodeRow(Base):
    """A code that links ``address`` with whoever types it first (``claimant``) and then agrees (``used_at``).

    Of the code only a keyed fingerprint is kept.
    """

    __tablename__ = "link_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(_Address, index=True)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    claimant: Mapped[str | None] = mapped_column(_Address, index=True)
    used_at: Mapped[dt.datetime | None] = mapped_column(_Moment)


class PersonEventRow(Base):
    """The audit log of links. ``who`` and ``other`` are keyed fingerprints of addresses."""

    __tablename__ = "person_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    other: Mapped[str | None] = mapped_column(String(64))
    other_channel: Mapped[str | None] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(20))


class LookupRow(Base):
    """The audit log of look-ups. ``who`` is a keyed fingerprint of the address."""

    __tablename__ = "dossier_lookup"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(_Code, index=True)
    level: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(30))


class ChoiceRow(Base):
    """The procedure somebody chose when asked back; ``phrase`` is folded and holds nobody's numbers."""

    __tablename__ = "search_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    who: Mapped[str] = mapped_column(String(64))
    phrase: Mapped[str] = mapped_column(String(200))
    procedure: Mapped[str | None] = mapped_column(String(40))


class ChannelTokenRow(Base):
    """The rotating tokens of one channel, encrypted, renewed by one process at a time.

    ``version`` grows with every pair; ``leased_by`` renews until ``leased_until``; after a failure nobody
    tries before ``paused_until``; ``lost`` says that the platform no longer takes the refresh token.
    """

    __tablename__ = "channel_token"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    renewed_at: Mapped[dt.datetime] = mapped_column(_Moment)
    expires_at: Mapped[dt.datetime] = mapped_column(_Moment)
    leased_by: Mapped[str | None] = mapped_column(String(40))
    leased_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    paused_until: Mapped[dt.datetime | None] = mapped_column(_Moment)
    lost: Mapped[bool] = mapped_column(default=False)


class InteractionRow(Base):
    """When somebody last wrote on a channel that charges or refuses by the time since."""

    __tablename__ = "channel_interaction"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    last_interaction: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
