"""One version of a procedure, and how records are told apart. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.procedures.model import Procedure

DRAFT_NUMBER = 0


class State(StrEnum):
    """What a version is; the values are kept in the database."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Version:
    """One version as ``core.db.catalogue_tables.VersionRow`` explains it.

    Args:
        record: JSON values as :func:`dumped` gives them; of a draft also what is not valid yet.
    """

    id: int
    procedure: str
    number: int
    state: State
    record: dict[str, Any]
    revision: int
    parent: int
    base: str | None
    author: int
    author_name: str
    approver_name: str | None
    at: dt.datetime
    published_at: dt.datetime | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    note: str
    source: str
    notice: str

    @property
    def name(self) -> str:
        """What the procedure is called in it, as far as that is known yet."""
        return str(self.record.get("title") or self.record.get("name") or self.procedure)

    def covers(self, day: dt.date) -> bool:
        """Whether it is valid on a day of the province."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


def dumped(procedure: Procedure) -> dict[str, Any]:
    """A record as JSON values, what has its default left out."""
    return procedure.model_dump(mode="json", exclude_defaults=True)


def digest(procedure: Procedure) -> str:
    """What tells two records apart; a field that is new to the model and has its default changes nothing."""
    text = json.dumps(dumped(procedure), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def upgraded(newest: Version, file: Procedure | None) -> bool:
    """Whether a newer file of an edited procedure waits for a decision: it came, changed or went.

    A file that says what the newest version says, because corrections flowed back to the files, needs none.
    """
    if file is None:
        return newest.base is not None
    return digest(file) != newest.base and dumped(file) != newest.record
