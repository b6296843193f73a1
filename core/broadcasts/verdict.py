"""Who of the addresses in scope is told, at which address, and why the others are not, as one SQL query.

Each person once, at the best of all their addresses that is not gone: by the profile's order of channels, as
``core.people.links`` has it; of two on one channel the first by name. What a person chose holds for all of their
addresses, as in ``core.reminders.wishes``: "dừng" said anywhere, of the rest the newest word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
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


def verdicts(
    addresses: Select[str], preferred: Sequence[str], until: dt.datetime, *, dear: bool = False
) -> Select[Any]:
    """Rows of ``address``, ``reason`` and ``twins``.

    Args:
        addresses: those in scope.
        preferred: channels, the best first; others cannot be sent to.
        until: who wants quiet until then or longer is left out.
        dear: whether finding the addresses takes so much that it should be done once.

    ``reason`` is null for who is told, and ``address`` then where; ``twins`` is how many further addresses of the
    person are in scope.
    """
    scope = addresses.cte("scope") if dear else addresses.subquery("scope")
    both = union_all(_alone(scope, preferred, until), _linked(scope, preferred, until)).subquery("verdict")
    return select(both.c.address, both.c.reason, both.c.twins)


def _alone(scope: Any, preferred: Sequence[str], until: dt.datetime) -> Select[Any]:
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


def _linked(scope: Any, preferred: Sequence[str], until: dt.datetime) -> Select[Any]:
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
