"""The dossiers that are watched because somebody follows them: when to look at each next, and who looks now.

One row a dossier, however many follow it. A look is taken up under a lease, so that of many workers one does
it, and a worker that dies costs nothing but the time until its lease runs out. Whoever gives a look back
after another took it over changes nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import CursorResult, bindparam, case, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.reminder_tables import WatchRow
from core.dossiers.codes import DossierCode
from core.dossiers.model import Status
from core.reminders.model import Watched

LEASE = dt.timedelta(minutes=2)  # longer than one batch of looks can take
FARTHEST = dt.timedelta(days=8)  # no look lies further ahead; one that does was set by a clock gone wrong
GAP = dt.timedelta(seconds=10)  # between two looks at one dossier, however often somebody hints at it
_URGENT = dt.timedelta(days=30)  # hints go before everything that is merely due: they are dated back this far
_CHUNK = 500
_SEEN = ("status", "since", "due_at", "checked_at", "paid", "procedure")  # of Watched, as the row keeps them


@dataclass(frozen=True, slots=True)
class Claimed:
    """A look that a worker has taken up.

    Args:
        watched: what was known before it; ``checked_at`` is None when nobody ever looked.
        next_at: when it was due; a hint that comes during the look changes the row's.
        token: names this claim.
    """

    watched: Watched
    next_at: dt.datetime
    token: str

    @property
    def code(self) -> str:
        return self.watched.code


@dataclass(frozen=True, slots=True)
class Standing:
    """How a watched dossier stands between two looks."""

    watched: Watched
    next_at: dt.datetime


class Watch:
    """The table of watched dossiers. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine, worker: str = "") -> None:
        self._engine, self._worker = engine, worker
        added = upsert.insert(engine, WatchRow)
        self._add = added.on_conflict_do_update(index_elements=[WatchRow.code], set_={"next_at": _hinted()})

    async def follow(
        self, connection: AsyncConnection, code: DossierCode, watched: Watched | None, now: dt.datetime
    ) -> None:
        """Somebody follows a dossier from now on: watch it, and plan for them soon.

        Args:
            connection: the transaction in which the dossier is put into their list.
            watched: what they have just seen; for the first follower it is what changes are measured by.
        """
        watched = watched or Watched(code.text, None, now)
        row = {
            "code": code.text,
            "root": code.root,
            "next_at": now - _URGENT,
            "failures": 0,
            **{name: getattr(watched, name) for name in _SEEN},
        }
        await connection.execute(self._add, {**row, **_hint_values(now)})

    async def lock(self, connection: AsyncConnection, code: str) -> bool:
        """Wait for whoever writes about this dossier; False when it is not watched.

        On SQLite the transaction that has written holds the whole database anyway.
        """
        query = select(WatchRow.code).where(WatchRow.code == code).with_for_update()
        return (await connection.execute(query)).first() is not None

    async def forget(self, connection: AsyncConnection, code: str) -> None:
        """Nobody follows it any more."""
        await connection.execute(delete(WatchRow).where(WatchRow.code == code))

    async def hint(self, codes: Sequence[str], now: dt.datetime) -> int:
        """Look at these before everything else; codes that nobody follows are passed over.

        One that was looked at within GAP waits that long; one that is being looked at is looked at again.
        Says how many are watched.
        """
        found, rest = 0, iter(codes)
        while chunk := list(islice(rest, _CHUNK)):
            statement = update(WatchRow).where(WatchRow.code.in_(chunk)).values(next_at=_hinted())
            async with self._engine.begin() as connection:
                done: CursorResult[Any] = await connection.execute(statement, _hint_values(now))
                found += done.rowcount
        return found

    async def standing(self, code: str) -> Standing | None:
        """What is remembered of a dossier and when it is looked at next; None when nobody follows it."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_STANDING, {"of": code})).first()
        return Standing(_claimed(row, "").watched, row.next_at) if row else None

    async def roots(self) -> list[str]:
        """The roots of the codes that are watched: a step through the index for each."""
        found: list[str] = []
        async with self._engine.connect() as connection:
            while (
                root := await connection.scalar(_NEXT_ROOT, {"after": found[-1] if found else ""})
            ) is not None:
                found.append(root)
        return found

    async def due(self, roots: Sequence[str], now: dt.datetime) -> list[str]:
        """Those of the roots of which something is due, the longest due first."""
        heads = []
        async with self._engine.connect() as connection:
            for root in roots:
                head = await connection.scalar(_HEAD, {"of_root": root})
                if head is not None and head <= now:
                    heads.append((head, root))
        return [root for _, root in sorted(heads)]

    async def claim(
        self, connection: AsyncConnection, roots: Sequence[str], limit: int, now: dt.datetime
    ) -> list[Claimed]:
        """Take up to ``limit`` due looks of codes with these roots, each root's longest due first."""
        token = f"{self._worker}/{secrets.token_hex(4)}"
        taken: list[Claimed] = []
        for root in roots:
            if len(taken) >= limit:
                break
            values = {
                "of_root": root,
                "now": now,
                "number": limit - len(taken),
                "until": now + LEASE,
                "by": token,
            }  # fmt: skip
            rows = (await connection.execute(_CLAIM, values)).all()
            taken += sorted((_claimed(row, token) for row in rows), key=lambda c: (c.next_at, c.code))
        return taken

    async def put(
        self, connection: AsyncConnection, claimed: Claimed, watched: Watched, next_at: dt.datetime
    ) -> bool:
        """Keep what a look brought and let go; False, and nothing is kept, when another took it over.

        A hint that came meanwhile stands: the next look is then at its time.
        """
        values = {
            "of": claimed.code,
            "mine": claimed.token,
            "was": claimed.next_at,
            "next": next_at,
            "to_failures": watched.failures,
            **{f"to_{name}": getattr(watched, name) for name in _SEEN},
        }  # fmt: skip
        done: CursorResult[Any] = await connection.execute(_PUT, values)
        return done.rowcount > 0

    async def mend(self, roots: Sequence[str], now: dt.datetime) -> int:
        """Bring back looks that a clock gone wrong has put years ahead; says how many."""
        mended = 0
        for root in roots:
            async with self._engine.connect() as connection:
                last = await connection.scalar(_LAST, {"of_root": root})
            if last is None or last <= now + FARTHEST:
                continue
            async with self._engine.begin() as connection:
                done: CursorResult[Any] = await connection.execute(
                    _MEND, {"of": root, "far": now + FARTHEST, "at": now}
                )
                mended += done.rowcount
        return mended


def _claimed(row: Any, token: str) -> Claimed:
    status = None if row.status is None else Status(row.status)
    watched = Watched(
        row.code, status, row.since, row.due_at, row.failures, row.checked_at, row.paid, row.procedure
    )
    return Claimed(watched, row.next_at, token)


def _moment(name: str) -> Any:
    return bindparam(name, type_=WatchRow.next_at.type)


def _hint_values(now: dt.datetime) -> dict[str, dt.datetime]:
    return {"hint_now": now, "hint_urgent": now - _URGENT, "hint_soon": now + GAP, "hint_past": now - GAP}


def _hinted() -> Any:
    """When a dossier is looked at after a hint; the values are those of :func:`_hint_values`."""
    being_looked_at = WatchRow.lease_until > _moment("hint_now")
    just_looked_at = (WatchRow.checked_at > _moment("hint_past")) & (WatchRow.failures == 0)
    sooner = WatchRow.next_at < _moment("hint_soon")
    return case(
        (being_looked_at, _moment("hint_urgent")),
        (just_looked_at & sooner, WatchRow.next_at),
        (just_looked_at, _moment("hint_soon")),
        else_=_moment("hint_urgent"),
    )


_STANDING = select(*WatchRow.__table__.c).where(WatchRow.code == bindparam("of"))
_NEXT_ROOT = select(WatchRow.root).where(WatchRow.root > bindparam("after")).order_by(WatchRow.root).limit(1)
_OF_ROOT = WatchRow.root == bindparam("of_root")
_HEAD = select(WatchRow.next_at).where(_OF_ROOT).order_by(WatchRow.next_at).limit(1)
_LAST = select(WatchRow.next_at).where(_OF_ROOT).order_by(WatchRow.next_at.desc()).limit(1)
_MEND = (
    update(WatchRow)
    .where(WatchRow.root == bindparam("of"), WatchRow.next_at > _moment("far"))
    .values(next_at=_moment("at"))
)
# A lease that ends later than any lease can was taken by a clock gone wrong.
_FREE = or_(
    WatchRow.lease_until.is_(None),
    WatchRow.lease_until <= _moment("now"),
    WatchRow.lease_until > _moment("until"),
)
_DUE = (
    select(WatchRow.code)
    .where(_OF_ROOT, WatchRow.next_at <= _moment("now"), _FREE)
    .order_by(WatchRow.next_at, WatchRow.code)
    .limit(bindparam("number"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(WatchRow)
    .where(WatchRow.code.in_(select(_DUE.c.code)))
    .values(worker=bindparam("by"), lease_until=_moment("until"))
    .returning(
        WatchRow.code,
        WatchRow.next_at,
        WatchRow.status,
        WatchRow.since,
        WatchRow.due_at,
        WatchRow.checked_at,
        WatchRow.failures,
        WatchRow.paid,
        WatchRow.procedure,
    )
)
_NEXT = _moment("next")
_KEPT_HINT = (WatchRow.next_at != _moment("was")) & (WatchRow.next_at < _NEXT)
_PUT = (
    update(WatchRow)
    .where(WatchRow.code == bindparam("of"), WatchRow.worker == bindparam("mine"))
    .values(
        next_at=case((_KEPT_HINT, WatchRow.next_at), else_=_NEXT),
        status=bindparam("to_status"),
        since=_moment("to_since"),
        due_at=_moment("to_due_at"),
        checked_at=_moment("to_checked_at"),
        paid=bindparam("to_paid", type_=WatchRow.paid.type),
        procedure=bindparam("to_procedure"),
        failures=bindparam("to_failures"),
        worker=literal(None, WatchRow.worker.type),
        lease_until=literal(None, WatchRow.next_at.type),
    )
)
