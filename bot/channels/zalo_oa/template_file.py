"""Which of Zalo's templates says which reminder: the file ZALO_TEMPLATES_FILE, and filling one in. Pure but ``load``.

Zalo refuses a parameter that is too long or wrongly written, and bills nothing for it, but the message is lost:
so every value is made to fit before it is sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.errors import SettingsError
from core.procedures.catalogue import problems_of
from core.reminders.model import Kind
from core.reminders.values import DATES, VALUES, WHOLE

# Characters by the type of a parameter (ZBS, "Tham số"), where /template/info/v2 gives no length of its own.
LENGTHS = {"NAME": 30, "CODE": 30, "STATUS": 30, "DATE": 20, "CURRENCY": 12, "URL": 200}
_WHOLE_TYPES = frozenset({"CODE", "DATE", "CURRENCY", "URL"})
_DATE = re.compile(r"(\d\d:\d\d )?\d\d/\d\d/\d{4}")


class Source(BaseModel):
    """Where one parameter comes from: ``value`` of the dossier, else ``otherwise`` as it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str | None = None
    otherwise: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _is_known(self) -> Source:
        if self.value is None and self.otherwise is None:
            raise ValueError("needs value or otherwise")
        if self.value is not None and self.value not in VALUES:
            raise ValueError(f"unknown value {self.value!r}; there are: {', '.join(VALUES)}")
        return self


def _short(value: object) -> object:
    return {"value": value} if isinstance(value, str) else value


class Template(BaseModel):
    """One template: its id at Zalo and what goes into each of its parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^\d{1,20}$")
    params: dict[str, Annotated[Source, BeforeValidator(_short)]]


class TemplateFile(BaseModel):
    """Templates by kind of message; kinds left out are never sent as a template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    templates: dict[Kind, Template]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter as Zalo describes it.

    Args:
        kind: DATE, CODE and so on; empty when it is not told.
        longest: in characters.
    """

    name: str
    kind: str
    longest: int
    required: bool = True


class Unfit(ValueError):
    """A parameter cannot be filled; says its name, never its value."""


def load(file: Path) -> Mapping[Kind, Template]:
    """Read the file. Raises SettingsError naming the file and every wrong place."""
    try:
        return TemplateFile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).templates
    except ValidationError as error:
        lines = [f"ZALO_TEMPLATES_FILE: {file}: {line}" for line in problems_of(error)]
        raise SettingsError("\n".join(lines)) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"ZALO_TEMPLATES_FILE: {file}: {error}") from error


def problems(template: Template, params: Mapping[str, Param]) -> list[str]:
    """What is wrong with a template of the file beside what Zalo says of it."""
    found = [
        f"Zalo asks for {p.name!r}" for p in params.values() if p.required and p.name not in template.params
    ]
    for name, source in template.params.items():
        param = params.get(name)
        if param is None:
            found.append(f"Zalo knows no {name!r}; it has {', '.join(params) or 'none'}")
            continue
        if source.value and (param.kind == "DATE") and source.value not in DATES:
            found.append(f"{name!r} is a date, {source.value!r} is none")
        if source.otherwise:
            try:
                fit(source.otherwise, param, whole=True)
            except Unfit:
                found.append(f"{name!r}: otherwise does not fit {param.kind} of {param.longest} characters")
    return found


def fill(template: Template, params: Mapping[str, Param], values: Mapping[str, str]) -> dict[str, str]:
    """The ``template_data``. Raises Unfit when something is missing or may not be cut."""
    filled = {}
    for name, source in template.params.items():
        value = values.get(source.value or "") or source.otherwise
        if not value:
            if params[name].required:
                raise Unfit(f"{name}: no {source.value}")
            continue
        filled[name] = fit(value, params[name], whole=source.value in WHOLE)
    return filled


def fit(value: str, param: Param, *, whole: bool = False) -> str:
    """The value as Zalo takes it: NFC, one line, cut at a word with … when too long.

    Raises Unfit for what would be wrong when cut (codes, addresses, sums, ``whole``) and for a date of no date form.
    """
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text or (param.kind == "DATE" and not _DATE.fullmatch(text)):
        raise Unfit(f"{param.name}: not {param.kind}")
    if len(text) <= param.longest:
        return text
    if whole or param.kind in _WHOLE_TYPES or param.longest < 2:
        raise Unfit(f"{param.name}: longer than {param.longest}")
    head = text[: param.longest - 1]
    if text[param.longest - 1] != " " and " " in head:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:-–(") + "…"
