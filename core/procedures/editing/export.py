"""The corrections of the console as files, in the catalogue's own YAML, so that they can flow back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from core.procedures.catalogue import read
from core.procedures.editing.version import State, Version
from core.procedures.importing.run import dump, file_of
from core.procedures.model import Procedure


def places(folder: Path) -> dict[str, Path]:
    """Where each procedure's file lies under a catalogue's folder, relative to it.

    Raises CatalogueError when a file is wrong.
    """
    return {read(file).id: file.relative_to(folder) for file in sorted(folder.rglob("*.yml"))}


def export(
    versions: Iterable[Version], known: Mapping[str, Path], into: Path
) -> tuple[list[Path], list[str]]:
    """Write the records of versions as files; an edited file keeps its place.

    Returns the files written, relative to ``into``, and the ids of procedures that were taken out of service:
    their files have to be removed by hand. Raises OSError when a file cannot be written.
    """
    written, gone = [], []
    for version in versions:
        if version.state is State.WITHDRAWN:
            gone.append(version.procedure)
            continue
        procedure = Procedure.model_validate(version.record)
        place = known.get(procedure.id) or file_of(procedure)
        (into / place).parent.mkdir(parents=True, exist_ok=True)
        (into / place).write_text(dump(procedure), encoding="utf-8")
        written.append(place)
    return written, gone
