"""The deployment profile: which province this assistant serves (``data/profiles/<PROFILE>.yml``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import SettingsError
from core.messages import Message
from core.procedures.catalogue import problems_of
from core.settings import ROOT

FOLDER = ROOT / "data" / "profiles"


class Profile(BaseModel):
    """Facts of one province that sentences and settings refer to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    province: str
    identifiers: tuple[str, ...]
    former_identifiers: dict[str, str]
    timezone: str
    units: Path
    portal: str
    feedback: str
    checked: dt.date

    def today(self, now: dt.datetime) -> dt.date:
        """The day in the province at a moment that knows its time zone."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def fill(self, message: Message) -> Message:
        """The message with ``$province``, ``$portal`` and ``$feedback`` put in; other ``$`` stay."""
        values = {"province": self.province, "portal": self.portal, "feedback": self.feedback}
        text = Template(message.text).safe_substitute(values)
        buttons = tuple(
            replace(b, url=Template(b.url).safe_substitute(values)) if b.url else b for b in message.buttons
        )
        return Message(text, buttons)


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
