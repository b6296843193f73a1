"""How a province hands conversations to people: the ``talks:`` section of its profile. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_Count = Annotated[int, Field(ge=1, le=10_000)]


class Terms(BaseModel):
    """Whether, for how long, and when what was forgotten comes to its end.

    Args:
        enabled: whether staff answer in the console; otherwise citizens are told where to go.
        keep_days: how long a closed conversation is kept, with the telephone number left in it.
        after_failures: so many messages in a row that were not understood, and a person is offered.
        idle_minutes: so long a citizen waits for whoever has their conversation; then it goes back to the queue.
        silent_hours: so long nobody says anything in a conversation somebody has; then it is closed, because the
            assistant stays silent all the while.
        unclaimed_days: so long nobody takes a conversation up; then it is closed with an apology.
        told_minutes: how often a citizen who writes on while waiting is told that it was passed on.
        opens_per_day: conversations one address may open.
        per_origin: how many people's worth one network address may open.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    keep_days: _Count = 90
    after_failures: _Count = 2
    idle_minutes: _Count = 20
    silent_hours: _Count = 24
    unclaimed_days: _Count = 14
    told_minutes: _Count = 15
    opens_per_day: _Count = 10
    per_origin: _Count = 20

    @property
    def keep(self) -> dt.timedelta:
        """How long a closed conversation is kept."""
        return dt.timedelta(self.keep_days)

    @property
    def idle(self) -> dt.timedelta:
        """How long a citizen waits for whoever has their conversation."""
        return dt.timedelta(minutes=self.idle_minutes)

    @property
    def silent(self) -> dt.timedelta:
        """After how long without a word a conversation is closed."""
        return dt.timedelta(hours=self.silent_hours)

    @property
    def unclaimed(self) -> dt.timedelta:
        """After how long in the queue a conversation is closed."""
        return dt.timedelta(self.unclaimed_days)

    @property
    def told(self) -> dt.timedelta:
        """How often somebody who waits is told so."""
        return dt.timedelta(minutes=self.told_minutes)
