"""Where the data lies; looked at before Rasa is imported, which takes ten seconds."""

from __future__ import annotations

from pathlib import Path


class DataError(Exception):
    """The data cannot be used; the message names the file and the remedy."""


def folder_of(name: str | None) -> Path:
    """The data folder.

    Raises:
        DataError: none was named, or it lacks a file.
    """
    if not name:
        raise DataError("no data named: make bench-nlu DATA=folder, with train.yml and test.yml in it")
    folder = Path(name).resolve()
    for file in (folder / "train.yml", folder / "test.yml"):
        if not file.is_file():
            raise DataError(
                f"{file} is missing: put Rasa training data (version, nlu, intent, examples) there"
            )
    return folder
