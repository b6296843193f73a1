"""Who of the addresses in scope is told, at which address, and why the others are not, as one SQL query.

Each person once, at the best of all their addresses that is not gone: by the profile's order of channels, as
``core.people.links`` has it; of two on one channel the first by name. What a person chose holds for all of their
addresses, as in ``core.reminders.wishes``: "dừng" said anywhere, of the rest the newest word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from core.broadcasts.model import Reason
from core.db.reminder_tables import GoneRow, WishesRow
from core.db.tables import ConversationRow, LinkRow
from core.reminders.model import Kind

_OFF = f'%"{Kind.NOTICE.value}"%'
_LAST = "9"  # rank of a channel that is not in the profile's order
_KEY = 2  # letters before the address in a key: gone or not, rank


class channel_of(FunctionElement[str]):
    """The channel of an address."""

    type = String()
    inherit_cache = True


@compiles(channel_of, "sqlite")
def _in_sqlite(element: channel_of, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.clauses, **kw)
    return f"substr({column}, 1, instr({column}, ':') - 1)"


@compiles(channel_of, "postgresql")
def _in_postgresql(element: channel_of, compiler: Any, **kw: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **kw)}, ':', 1)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The query.

    Args:
        addresses: those in scope.
        preferred: channels, the best first; others cannot be sent to.
        until: who wants quiet until then or longer is left out.
        dear: whether finding the addresses takes so much that it should be done once.
    """

    addresses: Select[str]
    preferred: Sequence[str]
    until: dt.datetime
    dear: bool = False

    def told(self) -> CompoundSelect[Any]:
        """Where each person is told who is."""
        scope = self._scope()
        both = (self._of(_alone, scope), self._of(_linked, scope))
        return union_all(*(select(one.c.address).where(one.c.reason.is_(None)) for one in both))

    def numbers(self) -> CompoundSelect[Any]:
        """Rows of channel, reason (null for who is told), people, and how many further addresses of them are in
        scope; to be added up, for some take off what others counted.

        Most people have one address, no wishes and are not gone. All are counted and those that differ taken off:
        asking of each of a hundred thousand whether they differ takes longer than all the rest.
        """
        scope = self._scope()
        several = (
            select(scope.c.address).join(LinkRow, LinkRow.address == scope.c.address).subquery("several")
        )
        differs = self._of(_alone, _differing(scope, self.until))
        people = self._of(_linked, scope)
        left_out = differs.c.reason.is_not(None)
        return union_all(
            _told(scope.c.address, func.count()),
            _told(several.c.address, -func.count()),
            _told(differs.c.address, -func.count()).where(left_out),
            _reasons(differs).where(left_out),
            _reasons(people),
        )

    def _scope(self) -> FromClause:
        return self.addresses.cte("scope") if self.dear else self.addresses.subquery("scope")

    def _of(self, people: Callable[..., Select[Any]], scope: FromClause) -> FromClause:
        return people(scope, self.preferred, self.until).subquery()


def _told(address: Any, number: Any) -> Select[Any]:
    channel = channel_of(address)
    columns = (channel.label("channel"), cast(null(), String).label("reason"), number, literal(0))
    return select(*columns).group_by(channel)


def _reasons(people: FromClause) -> Select[Any]:
    channel, c = channel_of(people.c.address), people.c
    columns = (channel.label("channel"), c.reason, func.count(), func.sum(c.twins))
    return select(*columns).group_by(channel, c.reason)


def _differing(scope: FromClause, until: dt.datetime) -> FromClause:
    """Those in scope who chose something that matters here, or are gone."""
    matters = or_(WishesRow.stopped, cast(WishesRow.off, Text).like(_OFF), WishesRow.paused_until >= until)
    some = union_all(select(WishesRow.address).where(matters), select(GoneRow.address))
    return select(scope.c.address).where(scope.c.address.in_(some)).subquery("differing")


def _alone(scope: FromClause, preferred: Sequence[str], until: dt.datetime) -> Select[Any]:
    """People with one address: most of them."""
    address = scope.c.address
    told = _reason(
        WishesRow.stopped,
        cast(WishesRow.off, Text).like(_OFF),
        WishesRow.paused_until >= until,
        and_(GoneRow.address.is_not(None), ~_back()),
        _rank(address, preferred) == _LAST,
    )
    return (
        select(address.label("address"), told.label("reason"), literal(0).label("twins"))
        .select_from(scope)
        .outerjoin(LinkRow, LinkRow.address == address)
        .outerjoin(WishesRow, WishesRow.address == address)
        .outerjoin(GoneRow, GoneRow.address == address)
        .where(LinkRow.address.is_(None))
    )


def _linked(scope: FromClause, preferred: Sequence[str], until: dt.datetime) -> Select[Any]:
    """People with several addresses, at the best of them."""
    people = (
        select(LinkRow.person, (func.count() - 1).label("twins"))
        .join(scope, scope.c.address == LinkRow.address)
        .group_by(LinkRow.person)
        .cte("people")
    )
    each, newest = aliased(LinkRow), _newest
    gone = and_(GoneRow.address.is_not(None), ~_back())
    key = case((gone, "1"), else_="0") + _rank(each.address, preferred) + each.address
    person = (
        select(
            func.min(key).label("key"),
            func.max(case((WishesRow.stopped, 1), else_=0)).label("stopped"),
            func.max(case((and_(cast(WishesRow.off, Text).like(_OFF), newest(each)), 1), else_=0)).label(
                "off"
            ),
            func.max(case((and_(WishesRow.paused_until >= until, newest(each)), 1), else_=0)).label("quiet"),
            people.c.twins,
        )
        .select_from(people)
        .join(each, each.person == people.c.person)
        .outerjoin(WishesRow, WishesRow.address == each.address)
        .outerjoin(GoneRow, GoneRow.address == each.address)
        .group_by(people.c.person, people.c.twins)
        .subquery("person")
    )
    c = person.c
    beginning = func.substr(c.key, 1, _KEY)
    told = _reason(
        c.stopped == 1, c.off == 1, c.quiet == 1, func.substr(c.key, 1, 1) == "1", beginning == "0" + _LAST
    )
    return select(func.substr(c.key, _KEY + 1).label("address"), told.label("reason"), c.twins)


def _reason(stopped: Any, off: Any, quiet: Any, gone: Any, unreachable: Any) -> ColumnElement[str | None]:
    return case(
        (stopped, Reason.STOPPED.value),
        (off, Reason.TURNED_OFF.value),
        (quiet, Reason.PAUSED.value),
        (gone, Reason.GONE.value),
        (unreachable, Reason.NO_CHANNEL.value),
        else_=null(),
    )


def _back() -> ColumnElement[bool]:
    """Whether somebody who was gone has written since; see ``core.reminders.gone``."""
    row = ConversationRow
    return select(row.address).where(row.address == GoneRow.address, row.updated_at > GoneRow.at).exists()


def _newest(each: Any) -> ColumnElement[bool]:
    """Whether no other address of the person has a newer choice (or as new a one, and comes first)."""
    other, theirs = aliased(LinkRow), aliased(WishesRow)
    same_time = and_(theirs.updated_at == WishesRow.updated_at, theirs.address < WishesRow.address)
    newer = or_(theirs.updated_at > WishesRow.updated_at, same_time)
    return ~(
        select(theirs.address)
        .join(other, other.address == theirs.address)
        .where(other.person == each.person, newer)
        .exists()
    )


def _rank(address: Any, preferred: Sequence[str]) -> ColumnElement[str]:
    """A channel's place in the order, in one letter."""
    ranks = [(address.startswith(f"{channel}:"), str(n)) for n, channel in enumerate(preferred[:9])]
    return case(*ranks, else_=_LAST)
