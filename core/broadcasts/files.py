"""Files attached to a notice: kept in the database, sent as links under PUBLIC_URL, served by the bot."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.broadcasts import rows
from core.broadcasts.drafts import Drafts
from core.broadcasts.model import MAX_FILES, MAX_TITLE, Attachment, subject
from core.db.broadcast_tables import BroadcastFileRow
from core.errors import StaffError
from core.staff.audit import Audit
from core.staff.rights import Staff

MAX_BYTES = 5 * 1024 * 1024
PATH = "/tep"  # of the route by which the bot serves files: /tep/<token>
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_TOKEN = 24  # bytes: nobody guesses one


@dataclass(frozen=True, slots=True)
class Stored:
    """A file with its content."""

    attachment: Attachment
    content: bytes = field(repr=False)


class Files:
    """Reads and writes attachments. Raises StaffError (field ``file``) where staff can mend something.

    Args:
        public_url: where citizens reach the bot; without it nothing can be attached.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        drafts: Drafts,
        audit: Audit,
        clock: Callable[[], dt.datetime],
        public_url: str | None,
    ) -> None:
        self._engine, self._drafts, self._audit, self._clock = engine, drafts, audit, clock
        self._public_url = public_url.rstrip("/") if public_url else None

    async def attach(self, staff: Staff, ident: int, version: int, title: str, content: bytes) -> Attachment:
        """Attach a PDF, PNG or JPEG of at most MAX_BYTES (told by its content, not by its name); changes the
        version and takes an approval away."""
        if self._public_url is None:
            raise StaffError("Chưa đặt PUBLIC_URL nên người dân không mở được tệp; dùng liên kết.", "file")
        kind, name = _kind(content), _title(title)
        token = secrets.token_urlsafe(_TOKEN)
        made = Attachment(token, name, kind, len(content))
        row = {
            "token": token,
            "broadcast": ident,
            "title": name,
            "type": kind,
            "size": len(content),
            "at": self._clock(),
            "content": content,
        }
        async with self._engine.begin() as connection:
            await self._drafts.changed(connection, staff, ident, version)
            if await self._number(connection, ident) >= MAX_FILES:
                raise StaffError(f"Nhiều nhất {MAX_FILES} tệp.", "file")
            await connection.execute(insert(BroadcastFileRow).values(row))
            await self._audit.record(
                connection, staff, "broadcast.attach", subject(ident), type=kind, size=len(content)
            )
        return made

    async def detach(self, staff: Staff, ident: int, version: int, token: str) -> None:
        """Take a file off a notice that has not begun."""
        row = BroadcastFileRow
        async with self._engine.begin() as connection:
            await self._drafts.changed(connection, staff, ident, version)
            mine = (row.token == token, row.broadcast == ident)
            if not (await connection.execute(delete(row).where(*mine))).rowcount:
                raise StaffError(rows.MISSING, "file")
            await self._audit.record(connection, staff, "broadcast.detach", subject(ident))

    async def open(self, token: str) -> Stored | None:
        """What the bot serves; None for an unknown token."""
        query = select(*BroadcastFileRow.__table__.c).where(BroadcastFileRow.token == token)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return Stored(rows.attachment(row), bytes(row.content)) if row else None

    def url(self, attachment: Attachment) -> str:
        """Where citizens open it."""
        return f"{self._public_url or ''}{PATH}/{attachment.token}"

    async def _number(self, connection: AsyncConnection, ident: int) -> int:
        query = select(func.count()).select_from(BroadcastFileRow).where(BroadcastFileRow.broadcast == ident)
        return await connection.scalar(query) or 0


def _kind(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise StaffError(f"Tệp lớn hơn {MAX_BYTES // 1024 // 1024} MB.", "file")
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise StaffError("Chỉ nhận tệp PDF, PNG hoặc JPG.", "file")


def _title(title: str) -> str:
    """A name for the button: one line of printable letters."""
    name = "".join(c if c.isprintable() else " " for c in title).strip()
    if not name or len(name) > MAX_TITLE:
        raise StaffError(f"Tên tệp từ 1 đến {MAX_TITLE} ký tự.", "file")
    return name
