"""A notice as its row keeps it, and moving it from state to state. Errors of the database are raised as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.broadcasts.model import Attachment, Audience, Broadcast, Content, Count, Link, Reason, State
from core.db.broadcast_tables import BroadcastFileRow, BroadcastRow
from core.errors import StaffError
from core.staff.rights import Staff

MISSING = "Không tìm thấy thông báo này."
CHANGED = "Thông báo vừa được người khác thay đổi. Mở lại trang để xem bản mới."
_FILE = tuple(c for c in BroadcastFileRow.__table__.c if c.name != "content")


def seen_by(staff: Staff) -> ColumnElement[bool]:
    """Whether a member of staff sees a notice: theirs, their offices', and those of the whole province."""
    scope = staff.scope()
    if scope is None:
        return BroadcastRow.id.is_not(None)
    ours = BroadcastRow.office.in_(scope) if scope else false()
    return or_(BroadcastRow.office.is_(None), ours, BroadcastRow.author == staff.id)


async def load(connection: AsyncConnection, ident: int, staff: Staff | None = None) -> Broadcast | None:
    """One notice with its files; None when there is none, or none this member of staff sees."""
    query = select(*BroadcastRow.__table__.c).where(BroadcastRow.id == ident)
    if staff is not None:
        query = query.where(seen_by(staff))
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    files = select(*_FILE).where(BroadcastFileRow.broadcast == ident).order_by(BroadcastFileRow.at)
    return read(row, [attachment(file) for file in (await connection.execute(files)).all()])


async def must(connection: AsyncConnection, ident: int, staff: Staff) -> Broadcast:
    """As :func:`load`; raises StaffError when there is none, or it is none of theirs to change."""
    found = await load(connection, ident, staff)
    if found is None or not may_change(found, staff):
        raise StaffError(MISSING)
    return found


def may_change(broadcast: Broadcast, staff: Staff) -> bool:
    """Whether it is theirs: their office's, their own, or anybody's who works for the whole province."""
    office = broadcast.content.office
    mine = broadcast.author == staff.id
    return staff.everywhere or mine or (office is not None and office in staff.offices)


async def move(
    connection: AsyncConnection, before: Broadcast, states: Collection[State], **values: Any
) -> None:
    """Change the row, if nobody changed its state or version since ``before`` was read.

    Raises StaffError when somebody did, or when ``before`` is in none of ``states``.
    """
    if before.state not in states:
        raise StaffError(CHANGED)
    unchanged = (BroadcastRow.state == before.state, BroadcastRow.version == before.version)
    statement = update(BroadcastRow).where(BroadcastRow.id == before.id, *unchanged).values(**values)
    if not (await connection.execute(statement)).rowcount:
        raise StaffError(CHANGED)


def said(content: Content) -> dict[str, Any]:
    """The columns that hold what somebody composed."""
    return {
        "office": content.office,
        "title": content.title.strip(),
        "text": content.text.strip(),
        "links": [{"label": link.label.strip(), "url": link.url} for link in content.links],
        "audience": content.audience.as_dict(),
        "emergency": content.emergency,
        "why": content.why.strip(),
        "send_at": content.send_at,
        "expires_at": content.expires_at,
    }


def count_dict(count: Count) -> dict[str, Any]:
    """A count as its column keeps it."""
    left_out = {reason.value: number for reason, number in count.left_out.items()}
    return {"channels": dict(count.channels), "left_out": left_out, "charged": count.charged}


def read(row: Row[Any], files: Collection[Attachment] = ()) -> Broadcast:
    """A row."""
    content = Content(
        row.title,
        row.text,
        Audience.from_dict(row.audience),
        tuple(Link(link["label"], link["url"]) for link in row.links),
        row.send_at,
        row.expires_at,
        row.emergency,
        row.why,
        row.office,
    )
    return Broadcast(
        row.id,
        State(row.state),
        row.version,
        content,
        row.author,
        row.author_name,
        row.editor,
        row.created_at,
        row.updated_at,
        tuple(files),
        row.approver,
        row.approver_name,
        row.refused,
        row.submitted_at,
        row.approved_at,
        row.began_at,
        row.ended_at,
        _count(row.counted),
        _reasons(row.left_out or {}),
        row.expanded,
        row.attempt,
    )


def attachment(row: Row[Any]) -> Attachment:
    """A row of a file, without its content."""
    return Attachment(row.token, row.title, row.type, row.size)


def _count(kept: Mapping[str, Any] | None) -> Count | None:
    if kept is None:
        return None
    return Count(kept["channels"], _reasons(kept["left_out"]), charged=kept["charged"])


def _reasons(kept: Mapping[str, int]) -> dict[Reason, int]:
    return {Reason(name): number for name, number in kept.items()}
