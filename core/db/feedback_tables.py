"""The tables of what people think of a service: answers to a survey, and their complaints and proposals.

A change here needs a migration in ``core/db/migrations``.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables import Base, Moment

_Moment = Moment()
_Address = String(200)
_Subject = String(60)
_UNTOLD = text("told_at IS NULL AND answered_at IS NOT NULL")


class SurveyRow(Base):
    """That somebody was asked how something was that is no dossier: ``subject`` is ``talk:12``.

    Who was asked about a dossier stands in the outbox.
    """

    __tablename__ = "survey"

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    subject: Mapped[str] = mapped_column(_Subject, primary_key=True)
    office: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)


class SurveyAnswerRow(Base):
    """One answer beside the score of a rating. ``question`` names it; a comment has a text and no value.

    The comment is kept with telephone and identity numbers masked. ``address`` makes an answer changeable by
    its person and is shown to nobody.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (Index("ix_survey_answer_office", "office", "at"), Index("ix_survey_answer_at", "at"))

    address: Mapped[str] = mapped_column(_Address, primary_key=True)
    subject: Mapped[str] = mapped_column(_Subject, primary_key=True)
    question: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Text)
    office: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(_Moment)


class PetitionRow(Base):
    """A complaint or proposal (phản ánh, kiến nghị).

    ``state``: draft (not confirmed yet, without a number), received, forwarded, answered, closed. ``text`` and
    ``answer`` are kept with numbers of people masked. ``unit`` is the commune it is about, by its official
    number. ``told_at``: when its writer was told of the newest answer.
    """

    __tablename__ = "petition"
    __table_args__ = (
        Index("ix_petition_address", "address", "at"),
        Index("ix_petition_queue", "state", "office", "due_at"),
        Index("ix_petition_untold", "answered_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    address: Mapped[str] = mapped_column(_Address)
    state: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    office: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(10))
    dossier: Mapped[str | None] = mapped_column(_Subject)
    at: Mapped[dt.datetime] = mapped_column(_Moment, index=True)
    due_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    told_at: Mapped[dt.datetime | None] = mapped_column(_Moment)
    closed_at: Mapped[dt.datetime | None] = mapped_column(_Moment, index=True)


class PetitionStepRow(Base):
    """One thing that was done with a petition, for those who handle it; ``note`` is what staff wrote."""

    __tablename__ = "petition_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition: Mapped[int] = mapped_column(index=True)
    at: Mapped[dt.datetime] = mapped_column(_Moment)
    who: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(12))
    office: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")


class PetitionNumberRow(Base):
    """The last number given in a month (``2611``) of the province's calendar."""

    __tablename__ = "petition_number"

    month: Mapped[str] = mapped_column(String(4), primary_key=True)
    last: Mapped[int]
