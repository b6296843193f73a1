"""The record of one procedure (thủ tục hành chính), as ``data/procedures`` holds it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Aspect = Literal[
    "overview", "documents", "fee", "processing_time", "office", "steps",
    "online", "forms", "conditions", "result", "legal_basis",
]  # fmt: skip
ASPECTS: tuple[Aspect, ...] = Aspect.__args__  # type: ignore[attr-defined]


class Record(BaseModel):
    """Strict: an unknown or misspelt key is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(Record):
    """One paper of the dossier. ``originals``/``copies`` count sheets handed in; both 0 = shown only."""

    name: Text
    originals: Annotated[int, Field(ge=0)] = 1
    copies: Annotated[int, Field(ge=0)] = 0
    form: Text | None = None
    note: Text | None = None
    cases: tuple[Text, ...] = ()


class Fee(Record):
    """``amount_vnd`` in đồng; None = set locally or not known, the note says which."""

    amount_vnd: Annotated[int, Field(ge=0)] | None = None
    note: Text | None = None
    certain: bool = True


class TimeLimit(Record):
    """How long the agency may take. ``value`` is None for ``same_day``, ``none`` and when unknown."""

    value: Annotated[int, Field(gt=0)] | None = None
    unit: Literal["same_day", "working_days", "days", "none"] | None = None
    note: Text | None = None
    certain: bool = True


class Channel(Record):
    """One way of handing in, with its own time limit and fee."""

    mode: Literal["online", "in_person", "postal"]
    note: Text | None = None
    fee: Fee
    time_limit: TimeLimit


class Case(Record):
    """A circumstance that decides papers, fee or time; asked with buttons when it matters."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,24}$")]
    name: Text
    words: tuple[Text, ...] = ()
    answer: Text
    aspects: tuple[Aspect, ...] = ()


class Source(Record):
    """Where the facts were taken from: a page, a decision or a named reference."""

    page: Text | None = None
    decision: Text | None = None
    ref: Text | None = None
    repo: Text | None = None
    path: Text | None = None


class NotHeld(Record):
    """A procedure that people ask about and the catalogue does not hold, so that it can be declined by name."""

    name: Text
    phrases: tuple[Text, ...] = ()


class Procedure(Record):
    """One procedure. ``confidence`` says how far the whole record was checked."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    code: Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")] | None = None
    name: Text
    official_name: Text | None = None
    title: Text | None = None
    aliases: tuple[Text, ...] = ()
    situations: tuple[Text, ...] = ()
    field: Text
    level: Text
    authority: Text
    case_question: Text | None = None
    cases: tuple[Case, ...] = ()
    documents: tuple[Document, ...] = ()
    channels: tuple[Channel, ...] = Field(min_length=1)
    steps: tuple[Text, ...] = ()
    result: Text
    conditions: tuple[Text, ...] = ()
    legal_basis: tuple[Text, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    checked: dt.date
    confidence: Literal["verified", "partial", "unverified"]
    unverified: tuple[Text, ...] = ()
    changes: Text | None = None

    @model_validator(mode="after")
    def _cases_are_asked(self) -> Procedure:
        if self.cases and not self.case_question:
            raise ValueError("a procedure with cases needs case_question")
        return self

    @property
    def short_name(self) -> str:
        """The everyday title, or the name without its leading "Thủ tục": for headings and buttons."""
        name = self.title or self.name.removeprefix("Thủ tục ").rstrip(". ")
        return name[:1].upper() + name[1:]

    def names(self) -> list[str]:
        """Every name of this procedure, official and everyday."""
        return [*(name for name in (self.name, self.title, self.official_name) if name), *self.aliases]


class Withdrawn(Record):
    """A procedure that was taken out of service; ``notice`` is what staff have citizens told."""

    procedure: Procedure
    notice: Text
