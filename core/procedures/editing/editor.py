"""What editors do to the catalogue: save, publish, revert, withdraw, review, take up an upgrade.

Each deed is one transaction with its row of the audit log; deeds of several editors come one after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.errors import StaffError
from core.procedures.catalogue import Catalogue
from core.procedures.editing import store
from core.procedures.editing.differences import needs_source
from core.procedures.editing.problems import check, codes_of
from core.procedures.editing.store import Terms
from core.procedures.editing.version import State, Version, digest, dumped
from core.procedures.model import Procedure
from core.staff.audit import Audit
from core.staff.rights import Staff

_GONE = "Bản nháp vừa được người khác sửa hoặc công bố. Xin xem lại trước khi tiếp tục."


class Conflict(StaffError):
    """Somebody else changed the same procedure meanwhile; ``found`` is the draft as it is now, if there is one."""

    def __init__(self, found: Version | None) -> None:
        super().__init__(_GONE)
        self.found = found


class Invalid(StaffError):
    """The record cannot be published yet; ``wrong`` says why by place."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(f"Còn {len(wrong)} chỗ cần sửa trước khi công bố.")
        self.wrong = dict(wrong)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a draft is to be published.

    Args:
        seen: the draft's revision that was looked at.
        newest: the number of the newest version that was looked at.
        valid_from: the first day; None for today.
    """

    seen: int
    newest: int
    note: str
    source: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


class Editor:
    """Changes the catalogue. Errors of the database are raised as they are.

    Args:
        seed: the shipped catalogue.
        now: the moment.
        today: the day in the province.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        audit: Audit,
        seed: Catalogue,
        now: Callable[[], dt.datetime],
        today: Callable[[], dt.date],
    ) -> None:
        self._engine, self._audit, self.seed = engine, audit, seed
        self._now, self._today = now, today

    async def save(self, staff: Staff, procedure: str, record: Mapping[str, Any], seen: int) -> Version:
        """Keep a draft, valid or not. Raises Conflict when it is not the revision ``seen`` (0: none) any more."""
        async with self._alone() as connection:
            parent = await store.last_number(connection, procedure)
            base, now = await self._base(connection, procedure), self._now()
            kept = {**record, "id": procedure}
            ok = await store.put_draft(connection, staff, procedure, kept, seen, now, base, parent)
            found = await store.draft(connection, procedure)
            if not ok or found is None:
                raise Conflict(found)
            await self._note(connection, staff, "save", procedure, revision=found.revision)
        return found

    async def discard(self, staff: Staff, procedure: str, seen: int) -> None:
        """Throw a draft away. Raises Conflict when it is another revision by now."""
        async with self._alone() as connection:
            if not await store.drop_draft(connection, procedure, seen):
                raise Conflict(await store.draft(connection, procedure))
            await self._note(connection, staff, "discard", procedure)

    async def publish(self, staff: Staff, procedure: str, wanted: Wanted) -> int:
        """Put a draft into force; gives its number.

        Raises:
            Conflict: the draft or the newest version is not the one that was looked at.
            Invalid: the record has mistakes.
            StaffError: the note, the source or a day is missing or wrong; names the field.
        """
        async with self._alone() as connection:
            found = await store.draft(connection, procedure)
            newest = await store.last_number(connection, procedure)
            if found is None or found.revision != wanted.seen or newest != wanted.newest:
                raise Conflict(found)
            made, wrong = check(found.record, await self._codes(connection, procedure))
            if made is None:
                raise Invalid(wrong)
            before = await self._before(connection, procedure)
            terms = self._terms(
                wanted, sourced=before is not None and needs_source(dumped(before), dumped(made))
            )
            number = await store.publish_draft(connection, staff, found, dumped(made), terms, self._now())
            if number is None:
                raise Conflict(await store.draft(connection, procedure))
            await self._note(connection, staff, "publish", procedure, number=number)
        return number

    async def revert(self, staff: Staff, procedure: str, number: int, note: str) -> int:
        """Publish the record of an older version anew (0: that of the file); gives the new number.

        Also what brings a withdrawn procedure back. Raises StaffError when there is no such version, when the
        record is not valid any more, or without a note.
        """
        _needed(note, "note", "Ghi lý do khôi phục.")
        async with self._alone() as connection:
            old = await store.version(connection, procedure, number) if number else None
            record = dumped(self.seed[procedure]) if not number and procedure in self.seed else None
            record = old.record if old else record
            if record is None:
                raise StaffError("Không có phiên bản này.")
            made, wrong = check(record, await self._codes(connection, procedure))
            if made is None:
                raise Invalid(wrong)
            source = old.source if old else ""
            terms = Terms(self._today(), note=note, source=source)
            return await self._add(connection, staff, "revert", made, terms, at_file=not number, of=number)

    async def withdraw(self, staff: Staff, procedure: str, notice: str, note: str) -> int:
        """Take a procedure out of service from today on, with a sentence for citizens; gives the new number.

        Raises StaffError without the sentence or the note, and when there is no such procedure in service.
        """
        _needed(notice, "notice", "Nhập câu trả lời cho người dân.")
        _needed(note, "note", "Ghi lý do ngừng.")
        async with self._alone() as connection:
            made = await self._served(connection, procedure)
            terms = Terms(self._today(), note=note, notice=notice)
            return await self._add(connection, staff, "withdraw", made, terms, State.WITHDRAWN)

    async def reviewed(self, staff: Staff, procedure: str, source: str) -> int:
        """Note that the record in force was compared with a source today; gives the new number.

        Raises StaffError without a source, and when there is no such procedure in service.
        """
        _needed(source, "source", "Ghi nguồn đã đối chiếu.")
        async with self._alone() as connection:
            standing = await self._standing(connection, procedure)
            made = (await self._served(connection, procedure)).model_copy(update={"checked": self._today()})
            until = standing.valid_until if standing else None
            terms = Terms(self._today(), until, "Đối chiếu lại, không đổi nội dung", source)
            return await self._add(connection, staff, "review", made, terms)

    async def take_up(self, staff: Staff, procedure: str, note: str, *, file: bool) -> int:
        """Decide about a newer file of an edited procedure: take it, or keep what is in force; gives the new number.

        Keeping is also how a file that went away is acknowledged. Raises StaffError when there is no such file
        or nothing was edited.
        """
        async with self._alone() as connection:
            standing = await self._standing(connection, procedure)
            if standing is None or (file and procedure not in self.seed):
                raise StaffError("Thủ tục này không có bản mới trong tệp.")
            made = self.seed[procedure] if file else Procedure.model_validate(standing.record)
            said = note or (
                "Nhận bản mới trong tệp" if file else "Giữ bản đang dùng, không nhận bản mới trong tệp"
            )
            kept = not file and standing.state is State.WITHDRAWN
            until = None if file else standing.valid_until
            terms = Terms(self._today(), until, said, notice=standing.notice if kept else "")
            state = State.WITHDRAWN if kept else State.PUBLISHED
            return await self._add(connection, staff, "take_up", made, terms, state, at_file=True, file=file)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which no other editor changes anything."""
        async with self._engine.begin() as connection:
            await self._audit.lock(connection)
            yield connection

    async def _add(
        self,
        connection: AsyncConnection,
        staff: Staff,
        what: str,
        made: Procedure,
        terms: Terms,
        state: State = State.PUBLISHED,
        *,
        at_file: bool = False,
        **detail: Any,
    ) -> int:
        base = self._file(made.id) if at_file else await self._base(connection, made.id)
        number = await store.add(connection, staff, made.id, dumped(made), terms, self._now(), base, state)
        await self._note(connection, staff, what, made.id, number=number, **detail)
        return number

    async def _note(
        self, connection: AsyncConnection, staff: Staff, what: str, procedure: str, **detail: Any
    ) -> None:
        await self._audit.record(connection, staff, f"catalogue.{what}", f"procedure:{procedure}", **detail)

    async def _standing(self, connection: AsyncConnection, procedure: str) -> Version | None:
        return store.in_force(await store.history(connection, procedure), self._today())

    async def _served(self, connection: AsyncConnection, procedure: str) -> Procedure:
        """The record that is answered from today."""
        standing = await self._standing(connection, procedure)
        if standing and standing.state is State.PUBLISHED:
            return Procedure.model_validate(standing.record)
        if standing is None and procedure in self.seed:
            return self.seed[procedure]
        raise StaffError("Thủ tục này không đang được phục vụ.")

    async def _before(self, connection: AsyncConnection, procedure: str) -> Procedure | None:
        """The record in force, also of a withdrawn procedure; None for a new one."""
        standing = await self._standing(connection, procedure)
        return Procedure.model_validate(standing.record) if standing else self.seed.get(procedure)

    async def _codes(self, connection: AsyncConnection, procedure: str) -> dict[str, str]:
        """Official codes in use by the others."""
        newest = [v for v in (await store.newest(connection)).values() if v.procedure != procedure]
        edited = {v.procedure for v in newest}
        own = codes_of({i: p for i, p in self.seed.items() if i != procedure and i not in edited})
        return own | {str(c): v.procedure for v in newest if (c := v.record.get("code"))}

    async def _base(self, connection: AsyncConnection, procedure: str) -> str | None:
        """The file the newest version knows of: only who decides about an upgrade gets past it."""
        last = await store.last_number(connection, procedure)
        newest = await store.version(connection, procedure, last) if last else None
        return newest.base if newest else self._file(procedure)

    def _file(self, procedure: str) -> str | None:
        return digest(self.seed[procedure]) if procedure in self.seed else None

    def _terms(self, wanted: Wanted, *, sourced: bool) -> Terms:
        _needed(wanted.note, "note", "Ghi lý do thay đổi.")
        if sourced:
            _needed(
                wanted.source, "source", "Lệ phí, thời hạn hoặc giấy tờ thay đổi: ghi căn cứ của thay đổi."
            )
        begins, today = wanted.valid_from or self._today(), self._today()
        if begins < today:
            raise StaffError("Ngày bắt đầu đã qua; để trống nếu áp dụng ngay.", "valid_from")
        if wanted.valid_until and wanted.valid_until < begins:
            raise StaffError("Ngày kết thúc trước ngày bắt đầu.", "valid_until")
        return Terms(begins, wanted.valid_until, wanted.note.strip(), wanted.source.strip())


def _needed(text: str, field: str, said: str) -> None:
    if not text.strip():
        raise StaffError(said, field)
