"""What a province assumes about its figures, as its profile says. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Saved(BaseModel):
    """What one answer spares a citizen on the average: an assumption, never a measurement.

    Args:
        visits: visits to the counter, 0 to 1.
        calls: telephone calls, 0 to 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    visits: float = Field(default=0.0, ge=0, le=1)
    calls: float = Field(default=0.0, ge=0, le=1)


class Assumptions(BaseModel):
    """How long figures are kept, and what they are taken to mean.

    Args:
        keep_text_days: after so many days nobody can read what was written any more.
        keep_days: after so many days the log of turns forgets; daily figures stay.
        within_days: a dossier that moves on within so many days after a reminder counts for it.
        people: so many different people must have asked something before the console shows their words.
        ratings: fewer ratings than this make no mean.
        status: spared by one answer about a dossier.
        procedure: spared by one answer about a procedure.
        reminder: spared by one reminder that arrived and was followed in time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_text_days: int = Field(default=90, ge=1)
    keep_days: int = Field(default=400, ge=1)
    within_days: int = Field(default=7, ge=1, le=30)
    people: int = Field(default=3, ge=2)
    ratings: int = Field(default=5, ge=1)
    status: Saved = Saved(visits=0.3, calls=0.5)
    procedure: Saved = Saved(visits=0.1, calls=0.3)
    reminder: Saved = Saved(visits=0.2, calls=0.2)
