"""What is known of the dossiers on one page beside the watch: procedure, fees, followers, the last reminder."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.counter.model import Section
from core.db.reminder_tables import OutboxRow, WishesRow
from core.db.tables import FollowedRow, SnapshotRow
from core.dossiers.model import DossierView
from core.messages import Address
from core.reminders import gone, occasions
from core.reminders.followers import People, each_alone
from core.reminders.model import Kind

_VIEW: TypeAdapter[DossierView] = TypeAdapter(DossierView)
_MOST = 100  # followers of one dossier that are looked at one by one; of more only the number is told
_OWN = frozenset({Kind.NOTICE, Kind.RATING, Kind.CHANGED})  # say nothing a counter would say again


@dataclass(frozen=True, slots=True)
class Followers:
    """How many people follow a dossier, and how many of them take messages; None when they are too many to ask."""

    people: int = 0
    reached: int | None = 0


@dataclass(frozen=True, slots=True)
class Reminded:
    """One reminder to all followers.

    Args:
        at: when the last of it went, or will go.
        states: how many rows of the outbox stand how.
        by_staff: whether somebody at a counter sent it.
    """

    kind: Kind
    occasion: str
    at: dt.datetime
    states: Mapping[str, int] = field(default_factory=dict)
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """What one dossier's line shows; ``view`` is None when its last state is not kept any more."""

    view: DossierView | None
    followers: Followers = Followers()
    last: Reminded | None = None


class Details:
    """Reads them for a page at a time. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine, people: People = each_alone) -> None:
        self._engine, self._people = engine, people

    async def of(self, codes: Sequence[str], now: dt.datetime) -> dict[str, Detail]:
        """For each code its detail."""
        if not codes:
            return {}
        async with self._engine.connect() as connection:
            views = await _views(connection, codes)
            sent = await _sent(connection, codes, now)
            numbers = await _numbers(connection, codes)
            few = [code for code in codes if numbers.get(code, 0) <= _MOST]
            followed = await _followers(connection, few)
        groups = await self._people(sorted({a for one in followed.values() for a in one}, key=str))
        everybody = sorted({a for group in groups.values() for a in group}, key=str)
        async with self._engine.connect() as connection:
            silent = await _silent(connection, everybody)
        followers = {code: _counted(followed[code], groups, silent) for code in few}
        return {
            code: Detail(
                views.get(code),
                followers.get(code, Followers(numbers.get(code, 0), None)),
                next(iter(sent[code]), None),
            )
            for code in codes
        }

    async def reminders(self, code: str, now: dt.datetime, most: int = 10) -> list[Reminded]:
        """The reminders about one dossier that went or are on their way, the newest first."""
        async with self._engine.connect() as connection:
            return (await _sent(connection, [code], now))[code][:most]


async def _views(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, DossierView]:
    query = select(SnapshotRow.code, SnapshotRow.view).where(SnapshotRow.code.in_(codes))
    found = {}
    for row in await connection.execute(query):
        if row.view is not None and (view := read_view(row.view)):
            found[row.code] = view
    return found


def read_view(kept: Any) -> DossierView | None:
    """A kept state; None when another version wrote it and it cannot be read."""
    try:
        return _VIEW.validate_python(kept)
    except ValidationError:
        return None


async def _numbers(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, int]:
    """How many addresses follow each."""
    followed = FollowedRow
    query = (
        select(followed.code, func.count().label("number"))
        .where(followed.code.in_(codes))
        .group_by(followed.code)
    )
    return {row.code: row.number for row in await connection.execute(query)}


async def _followers(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, list[Address]]:
    """Who follows each."""
    row = FollowedRow
    found: dict[str, list[Address]] = {code: [] for code in codes}
    for one in await connection.execute(select(row.code, row.address).where(row.code.in_(codes))):
        found[one.code].append(Address.parse(one.address))
    return found


async def _silent(connection: AsyncConnection, addresses: Sequence[Address]) -> frozenset[Address]:
    """Those that take no messages: they left, or their person said "dừng"."""
    names = [str(address) for address in addresses]
    stopped = select(WishesRow.address).where(WishesRow.address.in_(names), WishesRow.stopped)
    found = await gone.among(connection, names) | set((await connection.execute(stopped)).scalars())
    return frozenset(Address.parse(name) for name in found)


def _counted(
    addresses: Sequence[Address], groups: Mapping[Address, tuple[Address, ...]], silent: Collection[Address]
) -> Followers:
    people = {groups.get(address, (address,)) for address in addresses}
    return Followers(len(people), sum(any(one not in silent for one in group) for group in people))


async def _sent(
    connection: AsyncConnection, codes: Sequence[str], now: dt.datetime
) -> dict[str, list[Reminded]]:
    """The reminders of each dossier, the newest first; what the rules plan for later is none yet."""
    row = OutboxRow
    at = func.coalesce(row.finished_at, row.due_at, type_=row.due_at.type)
    query = (
        select(row.subject, row.kind, row.occasion, row.state, func.count(), func.max(at).label("at"))
        .where(row.subject.in_(codes), row.kind.not_in([str(kind) for kind in _OWN]))
        .group_by(row.subject, row.kind, row.occasion, row.state)
    )
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for one in await connection.execute(query):
        groups.setdefault((one.subject, one.kind, one.occasion), []).append(one)
    found: dict[str, list[Reminded]] = {code: [] for code in codes}
    for (code, kind, occasion), rows in groups.items():
        states: Counter[str] = Counter()
        for one in rows:
            states[one.state] += one[4]
        reminded = Reminded(
            Kind(kind), occasion, max(one.at for one in rows), dict(states), occasions.by_staff(occasion)
        )
        waits = set(states) == {"pending"} and reminded.at > now and not reminded.by_staff
        if not waits and set(states) != {"dropped"}:
            found[code].append(reminded)
    return {code: sorted(sent, key=lambda s: s.at, reverse=True) for code, sent in found.items()}


def amount_due(view: DossierView) -> int | None:
    """What is still to be paid, in đồng, as far as the portal says; None where it says nothing of fees."""
    if view.fees is None:
        return None
    return sum(fee.amount for fee in view.fees if fee.paid is not True)


def days(section: Section, since: dt.datetime, due_at: dt.datetime | None) -> dt.datetime:
    """From when the days of a line are counted: its day of return, or when its state began."""
    return due_at if due_at is not None and section in (Section.LATE, Section.SOON) else since
