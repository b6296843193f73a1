"""Whose dossiers a member of staff works with, as ranges of codes: what an index can be asked. Pure.

A code is the office's whose identifier begins it with the most of it (``core.staff.offices.of_code``). After an
identifier comes ``.`` or ``-``, which are neighbours in ASCII with ``/`` next: everything that begins with
``H15.50`` lies in ``["H15.50-", "H15.50/")``, and what a longer identifier of another office takes out of it is such
a range again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from core.staff.offices import Office

Range = tuple[str, str]  # from and with the first, up to and without the second, by bytes


def ranges(offices: Iterable[Office], mine: Collection[int] | None) -> list[Range] | None:
    """The codes of the offices that are ``mine``, in order and apart from each other; None for all codes."""
    if mine is None:
        return None
    owners: dict[str, int] = {}
    for office in offices:
        for identifier in office.identifiers:
            owners.setdefault(identifier, office.id)
    found: list[Range] = []
    for identifier in sorted(owners):
        if owners[identifier] in mine and _outermost(identifier, owners, mine):
            found += _cut(_range(identifier), _holes(identifier, owners, mine))
    return sorted(found)


def holds(wanted: Sequence[Range] | None, code: str) -> bool:
    """Whether a code lies in the ranges."""
    return wanted is None or any(first <= code < last for first, last in wanted)


def _range(identifier: str) -> Range:
    return f"{identifier}-", f"{identifier}/"


def _inside(identifier: str, outer: str) -> bool:
    return identifier.startswith(f"{outer}.")


def _outermost(identifier: str, owners: dict[str, int], mine: Collection[int]) -> bool:
    """Whether no shorter identifier of mine covers it already; one of another office between gives it back."""
    around = [other for other in owners if _inside(identifier, other)]
    return not around or owners[max(around, key=len)] not in mine


def _holes(outer: str, owners: dict[str, int], mine: Collection[int]) -> list[str]:
    """The identifiers of others within, the outermost of each."""
    inner = [i for i in owners if _inside(i, outer) and owners[i] not in mine]
    between = [i for i in owners if _inside(i, outer)]
    return [i for i in inner if not any(_inside(i, j) for j in between if owners[j] not in mine)]


def _cut(whole: Range, holes: list[str]) -> list[Range]:
    """The whole without its holes."""
    first, last = whole
    left: list[Range] = []
    for opens, closes in sorted(_range(hole) for hole in holes):
        if first < opens:
            left.append((first, opens))
        first = closes
    return [*left, (first, last)] if first < last else left
