"""Reading and writing versions. Everything runs on the caller's connection, in its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db import upsert
from core.db.catalogue_tables import VersionRow
from core.procedures.editing.version import DRAFT_NUMBER, State, Version
from core.procedures.overlay import COLUMNS, of_row
from core.staff.rights import Staff

_TABLE = VersionRow.__table__
_DRAFT = _TABLE.c.number == DRAFT_NUMBER


@dataclass(frozen=True, slots=True)
class Terms:
    """From when a version is valid and why it was made.

    Args:
        valid_from: the first day, in the province.
        valid_until: the last one; None for no end.
        note: why, for those who read the history.
        source: what a changed fee, time limit or list of papers rests on.
        notice: what citizens are told of a procedure that is taken out of service.
    """

    valid_from: dt.date
    valid_until: dt.date | None = None
    note: str = ""
    source: str = ""
    notice: str = ""


async def draft(connection: AsyncConnection, procedure: str) -> Version | None:
    """What is being edited."""
    return await version(connection, procedure, DRAFT_NUMBER)


async def drafts(connection: AsyncConnection) -> dict[str, Version]:
    """Every draft, by procedure."""
    rows = await connection.execute(select(*COLUMNS).where(_TABLE.c.state == State.DRAFT))
    return {row.procedure: of_row(row) for row in rows}


async def version(connection: AsyncConnection, procedure: str, number: int) -> Version | None:
    """One version; None when there is none of that number."""
    query = select(*COLUMNS).where(_TABLE.c.procedure == procedure, _TABLE.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    return of_row(row) if row else None


async def history(connection: AsyncConnection, procedure: str) -> list[Version]:
    """What was published, the newest first."""
    query = select(*COLUMNS).where(_TABLE.c.procedure == procedure, ~_DRAFT)
    return [of_row(row) for row in await connection.execute(query.order_by(_TABLE.c.number.desc()))]


async def newest(connection: AsyncConnection) -> dict[str, Version]:
    """For each procedure edited here the version with the highest number, drafts aside."""
    top = select(_TABLE.c.procedure, func.max(_TABLE.c.number).label("number")).where(~_DRAFT)
    top_rows = top.group_by(_TABLE.c.procedure).subquery()
    same = (top_rows.c.procedure == _TABLE.c.procedure) & (top_rows.c.number == _TABLE.c.number)
    rows = await connection.execute(select(*COLUMNS).join(top_rows, same))
    return {row.procedure: of_row(row) for row in rows}


async def put_draft(
    connection: AsyncConnection,
    staff: Staff,
    procedure: str,
    record: Mapping[str, Any],
    seen: int,
    now: dt.datetime,
    base: str | None,
    parent: int,
) -> bool:
    """Save a draft over the one with the revision ``seen`` (0: there was none); False when it is another by now."""
    mine = {"record": dict(record), "author": staff.id, "author_name": staff.full_name, "at": now}
    if seen:
        here = (_TABLE.c.procedure == procedure, _DRAFT, _TABLE.c.revision == seen)
        result = await connection.execute(update(VersionRow).where(*here).values(**mine, revision=seen + 1))
        return result.rowcount == 1
    row = {**_row(procedure, DRAFT_NUMBER, State.DRAFT), **mine, "base": base, "parent": parent}
    statement = upsert.insert(connection, VersionRow).values(**row)
    statement = statement.on_conflict_do_nothing(index_elements=["procedure", "number"])
    return (
        await connection.scalar(statement.returning(_TABLE.c.id))
    ) is not None  # else somebody else began one


async def drop_draft(connection: AsyncConnection, procedure: str, seen: int) -> bool:
    """Throw a draft away; False when it is another revision by now."""
    here = (_TABLE.c.procedure == procedure, _DRAFT, _TABLE.c.revision == seen)
    return (await connection.execute(delete(VersionRow).where(*here))).rowcount == 1


async def publish_draft(
    connection: AsyncConnection,
    staff: Staff,
    found: Version,
    record: Mapping[str, Any],
    terms: Terms,
    now: dt.datetime,
) -> int | None:
    """Give a draft its number; None when it is another revision by now."""
    number = await last_number(connection, found.procedure) + 1
    other = staff.id != found.author
    approved = {"approver": staff.id if other else None, "approver_name": staff.full_name if other else None}
    here = (_TABLE.c.procedure == found.procedure, _DRAFT, _TABLE.c.revision == found.revision)
    values = {**_terms(terms), **approved, "number": number, "state": State.PUBLISHED, "record": dict(record)}
    statement = update(VersionRow).where(*here).values(**values, published_at=now, base=found.base)
    return number if (await connection.execute(statement)).rowcount == 1 else None


async def add(
    connection: AsyncConnection,
    staff: Staff,
    procedure: str,
    record: Mapping[str, Any],
    terms: Terms,
    now: dt.datetime,
    base: str | None,
    state: State = State.PUBLISHED,
) -> int:
    """Publish something that was no draft; gives its number."""
    last = await last_number(connection, procedure)
    row = {**_row(procedure, last + 1, state), **_terms(terms), "record": dict(record), "base": base}
    mine = {
        "author": staff.id,
        "author_name": staff.full_name,
        "at": now,
        "published_at": now,
        "parent": last,
    }
    await connection.execute(insert(VersionRow).values(**{**row, **mine}))
    return last + 1


async def last_number(connection: AsyncConnection, procedure: str) -> int:
    """The number of the newest version; 0 when nothing was published here."""
    query = select(func.max(_TABLE.c.number)).where(_TABLE.c.procedure == procedure)
    return int(await connection.scalar(query) or 0)


def _row(procedure: str, number: int, state: State) -> dict[str, Any]:
    return {"procedure": procedure, "number": number, "state": state, "revision": 1}


def _terms(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in terms.__dataclass_fields__}


def in_force(versions: Sequence[Version], day: dt.date) -> Version | None:
    """Of a procedure's versions that of a day: as ``overlay.in_force`` chooses it. Pure."""
    valid = [v for v in versions if v.number != DRAFT_NUMBER and v.covers(day)]
    return max(valid, key=lambda v: (v.valid_from or dt.date.min, v.number), default=None)
