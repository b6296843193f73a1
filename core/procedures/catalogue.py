"""The catalogue: every procedure file, validated and held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from core.errors import CatalogueError
from core.paths import ROOT
from core.procedures.model import NotHeld, Procedure, Withdrawn

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml: slower, same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


_NOT_HELD = TypeAdapter(list[NotHeld])
T = TypeVar("T")


class Catalogue(Mapping[str, Procedure]):
    """Procedures by id, in a stable order; beside them those that are known not to be held or no longer served."""

    def __init__(
        self,
        procedures: Sequence[Procedure],
        not_held: Sequence[NotHeld] = (),
        withdrawn: Sequence[Withdrawn] = (),
    ) -> None:
        self.not_held = tuple(not_held)
        self.withdrawn = {w.procedure.id: w for w in withdrawn}
        self._by_id = {p.id: p for p in procedures}
        self._by_code = {p.code: p for p in procedures if p.code}
        if len(self._by_id) != len(procedures):
            raise CatalogueError("two procedures share one id")

    def __getitem__(self, key: str) -> Procedure:
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def by_code(self, code: str) -> Procedure | None:
        """The procedure of an official code such as ``1.001193``; a unit suffix is ignored."""
        return self._by_code.get(code[:8])


def shipped() -> Catalogue:
    """The catalogue under ``data/``. Raises CatalogueError as :func:`load` does."""
    return load(ROOT / "data" / "procedures", ROOT / "data" / "not_held.yml")


def load(folder: Path, not_held: Path | None = None) -> Catalogue:
    """Read every ``*.yml`` under ``folder``, and the procedures that are not held.

    Raises:
        CatalogueError: naming each bad file with its field and what is wrong, or an empty folder.
    """
    procedures, problems = [], []
    for file in sorted(folder.rglob("*.yml")):
        try:
            procedures.append(read(file))
        except CatalogueError as error:
            problems.append(str(error))
    if problems:
        raise CatalogueError("\n".join(problems))
    if not procedures:
        raise CatalogueError(f"{folder}: no procedure files (*.yml) found")
    return Catalogue(procedures, load_not_held(not_held) if not_held else ())


def read(file: Path) -> Procedure:
    """One record. Raises CatalogueError naming file, field and problem."""
    return _validated(file, Procedure.model_validate)


def load_not_held(file: Path) -> list[NotHeld]:
    """The procedures to decline by name. Raises CatalogueError naming file, entry and problem."""
    return _validated(file, _NOT_HELD.validate_python)


def _validated(file: Path, validate: Callable[[Any], T]) -> T:
    try:
        return validate(yaml.load(file.read_text(encoding="utf-8"), _Loader))
    except ValidationError as error:
        raise CatalogueError("\n".join(f"{file}: {line}" for line in problems_of(error))) from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise CatalogueError(f"{file}: {error}") from error


def problems_of(error: ValidationError) -> list[str]:
    """Each validation problem as ``field.path: what is wrong``."""
    return [f"{'.'.join(str(p) for p in e['loc']) or 'record'}: {e['msg']}" for e in error.errors()]
