"""The statements by which workers share the outbox. Nothing here talks to the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from core.db.reminder_tables import OutboxHoldRow, OutboxRow
from core.reminders.entries import WAITING
from core.reminders.model import Kind

HELD = ("claimed", "sending")
LANES = (0, 1, 2)
NEVER_AGAIN = (str(Kind.NOTICE),)  # kinds that are not repeated when they may have arrived
FREE: dict[str, Any] = {"worker": None, "lease_until": None}


def _claimable() -> Select[Any]:
    """Ids of what may be taken up, in order: of each address its first due row, unless one of its rows is in
    somebody's hands or went after ``quiet``."""
    head, other = aliased(OutboxRow), aliased(OutboxRow)
    now, quiet = (bindparam(name, type_=OutboxRow.due_at.type) for name in ("now", "quiet"))
    order = tuple_(other.lane, other.due_at, other.id) < tuple_(head.lane, head.due_at, head.id)
    ahead = and_(other.state.in_(WAITING), other.due_at <= now, order)
    unfinished = and_(other.finished_at.is_(None), or_(other.state.in_(HELD), ahead))
    just = and_(other.finished_at > quiet, other.state.in_(("sent", "unknown")))
    same = other.address == head.address
    return (
        select(head.id)
        .where(
            head.finished_at.is_(None),
            head.channel == bindparam("of_channel"),
            head.lane == bindparam("of_lane"),
            head.due_at <= now,
            head.state.in_(WAITING),
            _none(other, same, unfinished),
            _none(other, same, just),
        )
        .order_by(head.due_at, head.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=head)  # SQLite has no row locks and leaves it out
    )


def _none(other: Any, *conditions: Any) -> ColumnElement[bool]:
    """There is no such row. PostgreSQL would make NOT EXISTS a join over the whole table, once it plans without
    the values; a subquery with LIMIT it asks row by row, by the index on the address."""
    return select(other.id).where(*conditions).limit(1).scalar_subquery().is_(None)


@cache
def claim(*, postgres: bool) -> Update:
    """Take due rows of one channel and lane; gives them back whole. Made once: it costs more than it does.

    Its parameters: of_channel, of_lane, now, quiet (what went later keeps its address waiting), most, by, until.
    """
    ids = _claimable()
    # PostgreSQL may run a plain subquery with LIMIT more than once; a CTE that locks runs once.
    chosen: Select[Any] = select(ids.cte("chosen").c.id) if postgres else ids
    until = bindparam("until", type_=OutboxRow.due_at.type)
    return (
        update(OutboxRow)
        .where(OutboxRow.id.in_(chosen), OutboxRow.state.in_(WAITING), OutboxRow.finished_at.is_(None))
        .values(state="claimed", worker=bindparam("by"), lease_until=until)
        .returning(*OutboxRow.__table__.c)
        .execution_options(synchronize_session=False)
    )


def begin(ids: Collection[int], worker: str) -> Update:
    """Mark what is still ours, and not held back, as being sent; gives the ids."""
    mine = (OutboxRow.id.in_(ids), OutboxRow.worker == worker, OutboxRow.state == "claimed")
    held = OutboxRow.subject.in_(select(OutboxHoldRow.subject))
    return update(OutboxRow).where(*mine, ~held).values(state="sending").returning(OutboxRow.id)


def _mine() -> Update:
    row = OutboxRow.__table__.c
    return update(OutboxRow.__table__).where(  # type: ignore[arg-type]
        row.id == bindparam("of"), row.worker == bindparam("mine"), row.finished_at.is_(None)
    )


# Finished for good. What was declared unknown because its worker was slow is settled by that worker's word.
FINISH = _mine().values(
    state=bindparam("to_state"),
    reason=bindparam("why"),
    finished_at=bindparam("at"),
    tries=OutboxRow.__table__.c.tries + bindparam("more"),
    unknowns=OutboxRow.__table__.c.unknowns + bindparam("doubt"),
    body=None,
    worker=None,
    lease_until=None,
)
# To be tried again.
AGAIN = _mine().values(
    state=bindparam("to_state"),
    reason=bindparam("why"),
    due_at=bindparam("due"),
    tries=OutboxRow.__table__.c.tries + bindparam("more"),
    unknowns=OutboxRow.__table__.c.unknowns + bindparam("doubt"),
    worker=None,
    lease_until=None,
)


def let_go(who: Any) -> Update:
    """What was claimed but not begun waits again. ``who`` says of which rows."""
    held = (OutboxRow.lease_until.is_not(None), OutboxRow.state == "claimed")
    return update(OutboxRow).where(*held, who).values(state="pending", **FREE)


def doubted(who: Any, now: dt.datetime, again_at: dt.datetime) -> tuple[Update, Update]:
    """What was being sent by somebody who ended: tried once more where the kind allows, else finished.

    The first keeps the worker's name, so that a worker that was only slow can still say what became of it.
    """
    held = (OutboxRow.lease_until.is_not(None), OutboxRow.state == "sending", who)
    once = and_(OutboxRow.unknowns == 0, OutboxRow.kind.not_in(NEVER_AGAIN))
    shared: dict[str, Any] = {
        "state": "unknown",
        "reason": "worker_ended",
        "lease_until": None,
        "unknowns": OutboxRow.unknowns + 1,
    }
    back = (OutboxRow.id, OutboxRow.address)
    again = update(OutboxRow).where(*held, once).values(**shared, due_at=again_at).returning(*back)
    never = update(OutboxRow).where(*held, ~once)
    never = never.values(**shared, finished_at=now, body=None, worker=None)
    return again, never.returning(*back)
