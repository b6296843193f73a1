"""One import: read a file, convert its records, compare with the catalogue, write what changed."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.errors import CatalogueError
from core.procedures.catalogue import Catalogue, problems_of
from core.procedures.importing import dataset, lay_thu_tuc
from core.procedures.importing.values import RowError
from core.procedures.model import Procedure
from nlu.vietnamese import fold

# What people of this province wrote about a procedure; an import never touches it.
_OURS = (
    "id",
    "title",
    "aliases",
    "situations",
    "case_question",
    "cases",
    "official_name",
    "changes",
    "level",
)
_DOUBT = "nhập từ bản ghi ngoài, chưa có người đối chiếu"


@dataclass(slots=True)
class Outcome:
    """What an import found: records to write by file, and problems by row."""

    new: dict[Path, Procedure] = field(default_factory=dict)
    changed: dict[Path, Procedure] = field(default_factory=dict)
    differences: dict[str, list[str]] = field(default_factory=dict)
    same: int = 0
    problems: list[str] = field(default_factory=list)


def records(file: Path) -> list[Any]:
    """Every record of a JSON or JSON Lines file.

    Raises:
        CatalogueError: the file cannot be read or is neither; names the line.
    """
    try:
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{file}: không đọc được dạng UTF-8: {error}") from error
    try:
        data = json.loads(content)
    except ValueError:
        return _json_lines(file, content)
    if isinstance(data, dict):
        data = data.get("result") or data.get("data") or [data]
    return data if isinstance(data, list) else [data]


def _json_lines(file: Path, content: str) -> list[Any]:
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise CatalogueError(f"{file}, dòng {number}: không phải JSON: {error}") from error
    if not found:
        raise CatalogueError(f"{file}: tệp rỗng")
    return found


def plan(found: list[Any], catalogue: Catalogue, folder: Path, today: dt.date, source: str) -> Outcome:
    """Decide for every record whether it is new, changed, the same, or wrong. Writes nothing."""
    outcome = Outcome()
    seen: dict[str, int] = {}
    for row, record in enumerate(found, 1):
        label = f"bản ghi {row}"
        try:
            facts = _converter(record)(record)
            label = f"bản ghi {row} ({facts['code']})"
            if facts["code"] in seen:
                raise RowError(f"trùng mã với bản ghi {seen[facts['code']]}")
            seen[facts["code"]] = row
            _place(outcome, facts, catalogue, folder, today, source)
        except ValidationError as error:
            outcome.problems += [f"{label}: {problem}" for problem in problems_of(error)]
        except (RowError, AttributeError, TypeError) as error:
            told = str(error) if isinstance(error, RowError) else "cấu trúc không đúng dạng mong đợi"
            outcome.problems.append(f"{label}: {told}")
    return outcome


def _converter(record: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    if lay_thu_tuc.recognises(record):
        return lay_thu_tuc.convert
    if dataset.recognises(record):
        return dataset.convert
    raise RowError("không nhận ra dạng bản ghi (cần LayThuTuc hoặc metadata/content/tables)")


def _place(
    outcome: Outcome, facts: dict[str, Any], catalogue: Catalogue, folder: Path, today: dt.date, source: str
) -> None:
    held = catalogue.by_code(facts["code"])
    decision = facts.pop("decision", None)
    level = facts.pop("level", None)
    base: dict[str, Any] = {"id": _slug(facts["code"]), "level": level or facts["authority"]}
    if held:
        kept = held.model_dump(mode="json", exclude_defaults=True)
        base |= {key: kept[key] for key in _OURS if key in kept}
    made = Procedure.model_validate(
        base
        | facts
        | {
            "sources": [{"ref": source, "decision": decision}],
            "checked": today,
            "confidence": "partial",
            "unverified": [_DOUBT],
        }
    )
    path = folder / file_of(made)
    if held is None:
        outcome.new[path] = made
        return
    differences = [key for key in facts if getattr(held, key) != getattr(made, key)]
    if differences:
        outcome.changed[_existing(folder, facts["code"]) or path] = made
        outcome.differences[facts["code"]] = differences
    else:
        outcome.same += 1


def file_of(procedure: Procedure) -> Path:
    """Where a new procedure's file lies under the catalogue's folder."""
    return Path(_slug(procedure.field)) / f"{procedure.code or procedure.id}.yml"


def _existing(folder: Path, code: str) -> Path | None:
    return next(iter(folder.rglob(f"{code}.yml")), None)


def _slug(said: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(said)).strip("-")[:40].strip("-")


def write(outcome: Outcome) -> None:
    """Write every new and changed record; each file is replaced whole or not at all."""
    for path, procedure in {**outcome.new, **outcome.changed}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".tmp")
        fresh.write_text(dump(procedure), encoding="utf-8")
        fresh.replace(path)


def dump(procedure: Procedure) -> str:
    """The record as the catalogue's YAML."""
    data = procedure.model_dump(mode="json", exclude_defaults=True)
    data["checked"] = procedure.checked
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
