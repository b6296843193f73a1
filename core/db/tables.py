"""The tables. A change here needs a migration in ``core/db/migrations``."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, DateTime, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"}
    )


class ConversationRow(Base):
    """What must outlive a restart of one conversation: the procedure in hand and the choices shown."""

    __tablename__ = "conversation"

    address: Mapped[str] = mapped_column(String(200), primary_key=True)
    procedure: Mapped[str | None] = mapped_column(String(40))
    options: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)


class ReceivedRow(Base):
    """An update of a channel that was taken in, so that its repeat is dropped."""

    __tablename__ = "received"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    update: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)
