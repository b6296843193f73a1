"""Replies kept for use again, with places that are filled for each conversation.

Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.conversations.talks.lines import storable
from core.db.talk_tables import CannedRow
from core.errors import StaffError
from core.staff.audit import Audit
from core.staff.rights import Staff

PLACES: Mapping[str, str] = {
    "nơi": "tên nơi tiếp nhận",
    "điện thoại": "điện thoại của nơi tiếp nhận",
    "giờ": "giờ làm việc",
    "hồ sơ": "mã hồ sơ đang nói tới",
    "thủ tục": "tên thủ tục đang nói tới",
    "cổng": "Cổng Dịch vụ công quốc gia",
}
MOST_TITLE, MOST_TEXT = 80, 2_000  # letters
_PLACE = re.compile(r"\{([^{}]*)\}")
_UNKNOWN = "…"


@dataclass(frozen=True, slots=True)
class Canned:
    """One reply; of an office, or everybody's."""

    id: int
    office: int | None
    title: str
    text: str


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; "…" where nothing is known, for the clerk to see. Pure."""
    return _PLACE.sub(lambda m: values.get(m.group(1).strip()) or _UNKNOWN, text)


class CannedReplies:
    """Reads and writes them."""

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def of(self, staff: Staff, office: int | None = None, *, only: bool = False) -> list[Canned]:
        """Those somebody may use, by title.

        Args:
            office: with ``only``, those of this office and everybody's.
        """
        query = select(*CannedRow.__table__.c).order_by(CannedRow.title, CannedRow.id)
        scope = [office] if only else staff.scope()
        if scope is not None:
            mine = CannedRow.office.in_([s for s in scope if s is not None])
            query = query.where(or_(CannedRow.office.is_(None), mine))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Canned(row.id, row.office, row.title, row.text) for row in rows]

    async def put(self, staff: Staff, canned: Canned) -> None:
        """Add one (id 0) or change one.

        Raises:
            StaffError: something is missing, too long, has an unknown place, or is not theirs to change.
        """
        values = _checked(staff, canned) | {"updated_at": self._clock()}
        async with self._engine.begin() as connection:
            if canned.id:
                await self._own(connection, staff, canned.id)
                await connection.execute(update(CannedRow).where(CannedRow.id == canned.id).values(values))
            else:
                await connection.execute(insert(CannedRow).values(values))
            await self._audit.record(connection, staff, "canned.put", f"canned:{canned.id or 'new'}")

    async def drop(self, staff: Staff, ident: int) -> None:
        """Delete one. Raises StaffError when it is not theirs to change."""
        async with self._engine.begin() as connection:
            await self._own(connection, staff, ident)
            await connection.execute(delete(CannedRow).where(CannedRow.id == ident))
            await self._audit.record(connection, staff, "canned.drop", f"canned:{ident}")

    async def _own(self, connection: AsyncConnection, staff: Staff, ident: int) -> None:
        row = (await connection.execute(select(CannedRow.office).where(CannedRow.id == ident))).first()
        if row is None:
            raise StaffError("Không có câu trả lời mẫu này.")
        _may(staff, row.office)


def _checked(staff: Staff, canned: Canned) -> dict[str, object]:
    title, text = storable(canned.title).strip(), storable(canned.text).strip()
    if not 0 < len(title) <= MOST_TITLE:
        raise StaffError(f"Tên câu mẫu cần từ 1 đến {MOST_TITLE} chữ.", "title")
    if not 0 < len(text) <= MOST_TEXT:
        raise StaffError(f"Nội dung cần từ 1 đến {MOST_TEXT} chữ.", "text")
    unknown = [place for place in _PLACE.findall(text) if place.strip() not in PLACES]
    if unknown:
        known = ", ".join(f"{{{place}}}" for place in PLACES)
        raise StaffError(f"Không có chỗ điền {{{unknown[0]}}}. Dùng được: {known}.", "text")
    _may(staff, canned.office)
    return {"office": canned.office, "title": title, "text": text}


def _may(staff: Staff, office: int | None) -> None:
    if not staff.everywhere and (office is None or not staff.works_for(office)):
        raise StaffError(
            "Câu mẫu chung do người phụ trách toàn tỉnh sửa. Anh/chị chọn nơi của mình.", "office"
        )
