"""The deployment profile: which province this assistant serves (``data/profiles/<PROFILE>.yml``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.broadcasts.rules import Sending
from core.conversations.talks.terms import Terms
from core.errors import SettingsError
from core.figures.assumptions import Assumptions
from core.messages import Message
from core.paths import ROOT
from core.procedures.catalogue import problems_of
from core.reminders.timetable import Timetable
from core.worktime import Calendar

FOLDER = ROOT / "data" / "profiles"


class Disclosure(BaseModel):
    """Who may see what of a dossier, and how often one may try.

    By code alone only code and degree of completion are sure to be allowed (the replaced TT
    01/2018/TT-VPCP Art. 16.2(d) as the cautious default); the due date is the province's decision.

    Args:
        by_code: what a bare code shows; empty when a dossier needs proof for everything.
        sealed_procedures: codes of procedures whose dossiers show nothing by code, as if unknown.
        proof_days: for how long a proof counts, by channel; a web page may be a shared computer.
        per_origin: how many people's worth of look-ups one network address may make (phones share addresses).
        unknown_per_minute: look-ups of codes nobody knows, all people together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by_code: frozenset[Literal["status", "due"]] = frozenset({"status"})
    sealed_procedures: frozenset[str] = frozenset()
    proof_days: dict[str, int] = Field(default_factory=lambda: {"web": 1})
    proof_days_otherwise: int = 30
    tries_per_hour: int = 5
    lookups_per_hour: int = 60
    unknown_per_hour: int = 10
    per_origin: int = 20
    unknown_per_minute: int = 300
    delegation_hours_to_take_up: int = 24
    delegation_days: int = 30

    def proof_lasts(self, channel: str) -> dt.timedelta:
        """How long a proof given on a channel counts."""
        return dt.timedelta(self.proof_days.get(channel, self.proof_days_otherwise))


class Linking(BaseModel):
    """How a person links the addresses they have on several channels.

    Args:
        most: addresses one person may link with each other.
        code_minutes: for how long a code can be typed.
        confirm_minutes: for how long whoever typed it may agree.
        tries_per_hour: wrong codes one address may type.
        codes_per_hour: codes one address may ask for.
        wrong_per_hour: wrong codes of everybody together; above it nobody can type one for a while.
        per_origin: how many people's worth of tries and codes one network address may make.
        proofs_after_minutes: how long after linking a proof counts on the other address too: time to undo
            what somebody else did with a code they saw.
        preferred: channels to reach a person by, best first; others come after them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    most: int = Field(default=4, ge=2, le=10)
    code_minutes: int = Field(default=10, ge=1)
    confirm_minutes: int = Field(default=5, ge=1)
    tries_per_hour: int = 5
    codes_per_hour: int = 10
    wrong_per_hour: int = 1000
    per_origin: int = 20
    proofs_after_minutes: int = Field(default=30, ge=0)
    preferred: tuple[str, ...] = ("zalo", "zalobot", "telegram", "web")


class Area(BaseModel):
    """Degrees within which the whole province lies: outside of it is surely elsewhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    south: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=180)
    north: float = Field(ge=-90, le=90)
    east: float = Field(ge=-180, le=180)

    @model_validator(mode="after")
    def _is_an_area(self) -> Area:
        if self.south >= self.north or self.west >= self.east:
            raise ValueError("south must be less than north and west less than east")
        return self


class OfficeHours(BaseModel):
    """Opening hours of the counters where nothing else is known, and days that differ from the calendar.

    Args:
        spans: such as ``07:00-11:30``, in order.
        verified: whether the counters confirmed them.
        days_off: further days off with their names, for example Tết as announced.
        worked_days: weekends and holidays that are worked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    spans: tuple[str, ...] = ("07:00-11:30", "13:30-17:00")
    verified: bool = False
    days_off: dict[dt.date, str] = Field(default_factory=dict)
    worked_days: frozenset[dt.date] = frozenset()

    @field_validator("spans")
    @classmethod
    def _spans_are_times(cls, spans: tuple[str, ...]) -> tuple[str, ...]:
        times = [t for span in spans for t in _span(span)]
        if not times or times != sorted(set(times)):
            raise ValueError("opening hours must follow one another, for example 07:00-11:30")
        return spans


class Reviewing(BaseModel):
    """How the catalogue is kept right.

    Args:
        review_after_days: after so many days without a check a record is due for review.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    review_after_days: int = Field(default=180, ge=1)


def _span(text: str) -> tuple[dt.time, dt.time]:
    opens, _, closes = text.partition("-")
    return dt.time.fromisoformat(opens.strip()), dt.time.fromisoformat(closes.strip())


class CounterRules(BaseModel):
    """What the counter's page of the console shows and lets staff do.

    Args:
        soon_days: a day of return at most so many working days ahead is near.
        again_hours: a reminder of a kind that went, or goes by itself, within so many hours is not sent again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    soon_days: int = Field(default=2, ge=0, le=20)
    again_hours: int = Field(default=12, ge=1, le=24 * 14)


class PetitionRules(BaseModel):
    """How complaints and proposals are handled here; the province's aims, no terms of a law.

    Args:
        answer_days: working days until one should be answered.
        keep_days: how long one is kept after it was closed.
        per_day: how many one person may send in a day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer_days: int = Field(default=5, ge=1, le=60)
    keep_days: int = Field(default=730, ge=30, le=3650)
    per_day: int = Field(default=5, ge=1, le=100)


class Profile(BaseModel):
    """Facts of one province that sentences and settings refer to.

    Args:
        area: where the province lies; without it every position is looked for.
        counters_within_km: a counter farther from a shared position than this is not called near.
        maps: where the name of a place is looked for; the name is put behind it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    province: str
    identifiers: tuple[str, ...]
    former_identifiers: dict[str, str]
    timezone: str
    units: Path
    provinces: Path
    portal: str
    feedback: str
    office_hours: OfficeHours = OfficeHours()
    dossiers: Disclosure = Disclosure()
    reminders: Timetable = Timetable()
    broadcasts: Sending = Sending()
    linking: Linking = Linking()
    catalogue: Reviewing = Reviewing()
    counter: CounterRules = CounterRules()
    petitions: PetitionRules = PetitionRules()
    talks: Terms = Terms()
    figures: Assumptions = Assumptions()
    area: Area | None = None
    counters_within_km: float = Field(default=40.0, gt=0)
    maps: str = "https://www.google.com/maps/search/?api=1&query="
    checked: dt.date

    def today(self, now: dt.datetime) -> dt.date:
        """The day in the province at a moment that knows its time zone."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def calendar(self) -> Calendar:
        """When the province's offices work."""
        hours = self.office_hours
        return Calendar(
            ZoneInfo(self.timezone),
            tuple(_span(s) for s in hours.spans),
            dict(hours.days_off),
            hours.worked_days,
        )

    def fill(self, message: Message) -> Message:
        """The message with ``$province``, ``$portal`` and ``$feedback`` put in; other ``$`` stay."""
        values = {"province": self.province, "portal": self.portal, "feedback": self.feedback}
        text = Template(message.text).safe_substitute(values)
        buttons = tuple(
            replace(b, url=Template(b.url).safe_substitute(values)) if b.url else b for b in message.buttons
        )
        return Message(text, buttons, by=Template(message.by).safe_substitute(values))


def load(name: str, folder: Path = FOLDER) -> Profile:
    """Read a profile. Raises SettingsError naming PROFILE, what exists, and what is wrong."""
    file = folder / f"{name}.yml"
    known = sorted(p.stem for p in folder.glob("*.yml"))
    if name not in known:
        raise SettingsError(f"PROFILE: no profile {name!r} in {folder}; there are: {', '.join(known)}")
    try:
        return Profile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise SettingsError("\n".join(f"{file}: {line}" for line in problems_of(error))) from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: {error}") from error
