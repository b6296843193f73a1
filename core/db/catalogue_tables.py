"""The tables of the catalogue as the console edits it: versions over the shipped files, and reports of errors.

A change here needs a migration in ``core/db/migrations``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()


class VersionRow(Base):
    """One version of a procedure. What was published never changes again.

    The draft of a procedure has the number 0, so that there is one at most; publishing gives it the next one.
    ``revision`` grows with every save of a draft, for two who edit at once. ``parent`` is the version that was
    in force when it was made (0: the file), ``base`` the digest of the file's record then (null: there was
    none). A version with ``state`` "withdrawn" takes the procedure out of service and tells citizens ``notice``.
    Days are those of the province, both included; null has no end.
    """

    __tablename__ = "procedure_version"
    __table_args__ = (
        UniqueConstraint("procedure", "number", name="uq_procedure_version_procedure"),
        Index("ix_procedure_version_state", "state", "procedure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    parent: Mapped[int] = mapped_column(default=0)
    base: Mapped[str | None] = mapped_column(String(64))
    author: Mapped[int]
    author_name: Mapped[str] = mapped_column(String(120))
    approver: Mapped[int | None]
    approver_name: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    published_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    valid_from: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    notice: Mapped[str] = mapped_column(Text, default="")


class ReportRow(Base):
    """That somebody found an answer wrong. ``id`` is the number they were given.

    ``version`` is the version that was in force (0: the file). The address is erased when the report is old.
    """

    __tablename__ = "procedure_report"
    __table_args__ = (
        Index("ix_procedure_report_state", "state", "id"),
        Index("ix_procedure_report_procedure", "procedure", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    address: Mapped[str | None] = mapped_column(String(200))
    procedure: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    resolved_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    resolver: Mapped[int | None]
    resolver_name: Mapped[str | None] = mapped_column(String(120))
