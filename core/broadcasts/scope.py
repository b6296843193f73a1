"""Which addresses an audience names, as SQL: before anybody's wishes are looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, union
from sqlalchemy.orm import InstrumentedAttribute

from core.broadcasts.model import Audience, Reason
from core.db.broadcast_tables import BroadcastListedRow, NoticeSubscriberRow
from core.db.reminder_tables import WatchRow
from core.db.tables import FollowedRow, SnapshotRow
from core.staff.offices import Office

_Code = InstrumentedAttribute[str]
_SEPARATORS = (".", "-")  # what ends an identifier in a dossier's code


@dataclass(frozen=True, slots=True)
class Page:
    """The addresses (entries, of an uploaded list) after one and up to another."""

    after: str
    upto: str


@dataclass(frozen=True, slots=True)
class Scope:
    """An audience with what it takes to find it.

    Args:
        offices: all of them: which code is whose depends on the others' identifiers.
        procedures: official codes, those of the audience's fields among them.
        before: only who agreed or followed by this moment; None for everybody.
        ident: of the notice whose list is meant.
    """

    audience: Audience
    offices: Sequence[Office]
    procedures: frozenset[str]
    before: dt.datetime | None = None
    ident: int | None = None

    def addresses(self, page: Page | None = None) -> Select[str]:
        """The addresses, each once."""
        if self.audience.whom == "subscribers":
            return self._subscribers(page)
        return self._followers(page) if self.audience.whom == "followers" else self._listed(page)

    def pages_of(self) -> InstrumentedAttribute[str]:
        """The column whose values pages are cut from."""
        by_whom = {
            "subscribers": NoticeSubscriberRow.address,
            "followers": FollowedRow.address,
            "listed": BroadcastListedRow.value,
        }
        return by_whom[self.audience.whom]

    def cut(self) -> ColumnElement[bool]:
        """Which rows of that column's table count."""
        listed = self.audience.whom == "listed"
        return BroadcastListedRow.broadcast == self.ident if listed else true()

    def _subscribers(self, page: Page | None) -> Select[str]:
        column = NoticeSubscriberRow.address
        return select(column).where(*self._agreed(), *_within(column, page))

    def _agreed(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.audience.units:
            found.append(NoticeSubscriberRow.unit.in_(self.audience.units))
        if self.before is not None:
            found.append(NoticeSubscriberRow.since <= self.before)
        return found

    def _followers(self, page: Page | None) -> Select[str]:
        """By page each follower's dossiers are looked at; without one the dossiers come first."""
        column, fits = FollowedRow.address, self._fits()
        known: ColumnElement[bool]
        if page:
            known = select(WatchRow.code).where(WatchRow.code == FollowedRow.code, *fits).exists()
        else:
            known = FollowedRow.code.in_(select(WatchRow.code).where(*fits))
        found = select(column).where(known, *self._followed_before(), *_within(column, page))
        return found.group_by(column)  # and so in order, in which others' rows are found sooner

    def _followed_before(self) -> list[ColumnElement[bool]]:
        return [] if self.before is None else [FollowedRow.since <= self.before]

    def _fits(self) -> list[ColumnElement[bool]]:
        """Which watched dossiers the audience means."""
        found: list[ColumnElement[bool]] = []
        if self.audience.offices:
            found.append(of_offices(WatchRow.code, self.offices, self.audience.offices))
        if self.audience.procedures or self.audience.fields:
            found.append(WatchRow.procedure.in_(sorted(self.procedures)))
        if self.audience.statuses:
            found.append(WatchRow.status.in_([int(status) for status in self.audience.statuses]))
        return found

    def _listed(self, page: Page | None) -> Select[str]:
        entry = (BroadcastListedRow.broadcast == self.ident, *_within(BroadcastListedRow.value, page))
        subscribed = BroadcastListedRow.value == NoticeSubscriberRow.address
        people = (
            select(NoticeSubscriberRow.address)
            .join(BroadcastListedRow, and_(subscribed, BroadcastListedRow.kind == "address", *entry))
            .where(*self._agreed())
        )
        followed = BroadcastListedRow.value == FollowedRow.code
        followers = (
            select(FollowedRow.address)
            .join(BroadcastListedRow, and_(followed, BroadcastListedRow.kind == "code", *entry))
            .where(*self._followed_before(), self._ours(FollowedRow.code))
        )
        both = union(people, followers).subquery()
        return select(both.c.address)

    def _ours(self, code: _Code) -> ColumnElement[bool]:
        offices = self.audience.offices
        return of_offices(code, self.offices, offices) if offices else true()

    def outside(self) -> dict[Reason, Select[int]]:
        """What is left out before there is an address in scope: by reason a query that counts it.

        Of ``followers`` it is the number of everybody who follows something, those in scope among them.
        """
        if self.audience.whom == "subscribers":
            return self._outside_subscribers()
        if self.audience.whom == "listed":
            return self._outside_list()
        return {Reason.NOT_IN_SCOPE: select(func.count(FollowedRow.address.distinct()))}

    def _outside_subscribers(self) -> dict[Reason, Select[int]]:
        row = NoticeSubscriberRow
        if self.audience.units:
            other = and_(row.unit.is_not(None), row.unit.not_in(self.audience.units))
            return {
                Reason.NO_UNIT: _rows().select_from(row).where(row.unit.is_(None)),
                Reason.NOT_IN_SCOPE: _rows().select_from(row).where(other),
            }
        agreed = select(row.address).where(row.address == FollowedRow.address).exists()
        silent = select(FollowedRow.address).where(~agreed).distinct().subquery()
        return {Reason.NO_CONSENT: _rows().select_from(silent)}

    def _outside_list(self) -> dict[Reason, Select[int]]:
        entry, units = BroadcastListedRow, self.audience.units
        of = _rows().select_from(entry).where(entry.broadcast == self.ident)
        people, codes = of.where(entry.kind == "address"), of.where(entry.kind == "code")
        agreed = select(NoticeSubscriberRow.address).where(NoticeSubscriberRow.address == entry.value)
        elsewhere = NoticeSubscriberRow.unit.is_(None) | NoticeSubscriberRow.unit.not_in(units)
        followed = select(FollowedRow.code).where(FollowedRow.code == entry.value).exists()
        seen = select(SnapshotRow.code).where(SnapshotRow.code == entry.value).exists()
        ours = self._ours(entry.value)
        return {
            Reason.NO_CONSENT: people.where(~agreed.exists()),
            Reason.NOT_IN_SCOPE: of.where(
                or_(
                    and_(entry.kind == "address", agreed.where(elsewhere).exists() if units else false()),
                    and_(entry.kind == "code", ~ours),
                )
            ),
            Reason.UNKNOWN_CODE: codes.where(ours, ~followed, ~seen),
            Reason.NO_FOLLOWER: codes.where(ours, ~followed, seen),
        }


def of_offices(code: _Code, offices: Sequence[Office], wanted: Collection[int]) -> ColumnElement[bool]:
    """Whether a code is one of these offices': the longest identifier that begins it is theirs.

    As :func:`core.staff.offices.of_code`, in SQL.
    """
    theirs = {i for office in offices if office.id in wanted for i in office.identifiers}
    others = {i for office in offices if office.id not in wanted for i in office.identifiers}
    found = []
    for mine in sorted(theirs):
        longer = [other for other in others if _begins(other, mine)]
        found.append(and_(_begun(code, mine), *(~_begun(code, other) for other in sorted(longer))))
    return or_(false(), *found)


def _begins(longer: str, shorter: str) -> bool:
    return longer.startswith(shorter) and longer[len(shorter) : len(shorter) + 1] in _SEPARATORS


def _begun(code: _Code, identifier: str) -> ColumnElement[bool]:
    return or_(*(code.startswith(identifier + sign, autoescape=True) for sign in _SEPARATORS))


def _within(column: InstrumentedAttribute[str], page: Page | None) -> tuple[ColumnElement[bool], ...]:
    return (column > page.after, column <= page.upto) if page else ()


def _rows() -> Select[int]:
    return select(func.count())
