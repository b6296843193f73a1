"""The tables of figures: the log of turns, what became of dossiers after a reminder, and what both add up to.

A change here needs a migration in ``core/db/migrations``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()
_Many = BigInteger().with_variant(Integer, "sqlite")  # only an INTEGER counts by itself there
_KEPT = text("text IS NOT NULL")
_UNANSWERED = text("phrase IS NOT NULL")


class TurnRow(Base):
    """One message that was answered.

    ``who`` is a keyed fingerprint of the address, of a purpose of its own. ``text`` is what was written with
    numbers and dossier codes hidden; null for buttons, for what may be a proof or was asked for by a desk, and
    after a while for everybody. ``phrase`` is set (folded) where a question was not answered. ``identifier`` is
    that of the agency of the dossier in hand (``H15.50.05.13``). ``day`` is the province's, ``ms`` how long
    the answer took.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_day", "day", "id"),
        Index("ix_turn_kept", "day", sqlite_where=_KEPT, postgresql_where=_KEPT),
        Index(
            "ix_turn_unanswered",
            "day",
            "phrase",
            "who",
            "channel",
            "identifier",
            "id",
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
    )

    id: Mapped[int] = mapped_column(_Many, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    day: Mapped[dt.date]
    who: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str | None] = mapped_column(Text)
    phrase: Mapped[str | None] = mapped_column(String(200))
    intent: Mapped[str | None] = mapped_column(String(60))
    confidence: Mapped[float | None]
    second: Mapped[str | None] = mapped_column(String(60))
    margin: Mapped[float | None]
    procedures: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    procedure: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(16))
    ms: Mapped[int]
    identifier: Mapped[str] = mapped_column(String(40), default="")


class MoveRow(Base):
    """That a followed dossier moved on, and how long after the last message of ours that asked for it.

    ``kind``: collected, paid, supplemented or finished. ``hours`` is the time since that message, null when none
    was sent; ``channel`` is where it went. ``on_time`` belongs to finished: whether it was before the day of
    return, null when the portal told none. ``since`` is when the state that was left had been first seen.
    """

    __tablename__ = "dossier_move"
    __table_args__ = (UniqueConstraint("code", "kind", "since", name="uq_dossier_move_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(16))
    since: Mapped[dt.datetime] = mapped_column(_Moment)
    channel: Mapped[str] = mapped_column(String(20), default="")
    hours: Mapped[int | None]
    on_time: Mapped[bool | None]


class FigureRow(Base):
    """What one measure came to on one day of the province; outlives the rows it was counted from.

    ``office`` is an id, 0 for what belongs to none, -1 for all together; ``channel`` is empty for all together.
    ``key`` divides the measure (a procedure, an outcome, a score). ``total`` is a sum where a mean is wanted.
    """

    __tablename__ = "figure_day"
    __table_args__ = (
        Index("ix_figure_day_day", "day", "measure"),
        {"sqlite_with_rowid": False},
    )

    measure: Mapped[str] = mapped_column(String(30), primary_key=True)
    office: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[float] = mapped_column(default=0.0)
