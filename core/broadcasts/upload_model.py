"""What an uploaded list holds: its cells, what was taken of it, and what is wrong with the rest. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.broadcasts.model import Listed
from core.messages import Address

Damage = Literal["date", "rounded", "formula", "error"]


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell a spreadsheet has changed: what was typed cannot be read from it any more.

    Args:
        damage: ``date`` a day was made of it, ``rounded`` digits were lost (1.23E+17), ``formula`` it holds a
            formula without a value, ``error`` it shows one (#N/A).
        shown: as the spreadsheet shows it.
    """

    damage: Damage
    shown: str

    def __bool__(self) -> bool:
        return True


Cell = str | Odd  # an empty cell is the empty string


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a table; the row with index 0 is line 1.

    Args:
        notes: what was left unread, in words for staff.
    """

    rows: list[list[Cell]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line that was taken: a dossier, whose followers are meant, an address, or both."""

    line: int
    code: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell. ``column`` is its heading, or its letter where there is no heading."""

    line: int
    column: str
    said: str

    @property
    def text(self) -> str:
        """The whole sentence for staff."""
        return f"Dòng {self.line}, cột “{self.column}”: {self.said}"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A line that says what the line ``first`` said already; it is left out."""

    line: int
    first: int
    said: str

    @property
    def text(self) -> str:
        """The whole sentence for staff."""
        return f"Dòng {self.line} trùng với dòng {self.first}: {self.said}"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of a list: every line below the heading is a row, a problem, a repeat or empty."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    repeats: tuple[Repeat, ...]
    empty: int
    notes: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Listed, ...]:
        """What the notice's list is to hold, each once: a line that names both a dossier and an address is both."""
        codes = [Listed(row.code, "code") for row in self.rows if row.code]
        addresses = [Listed(str(row.address), "address") for row in self.rows if row.address]
        return tuple(dict.fromkeys([*codes, *addresses]))
