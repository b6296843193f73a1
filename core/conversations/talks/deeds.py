"""What staff do with a conversation: take it up, answer, note, pass on, hand back, close.

Every deed is one transaction that first changes the conversation's row under the conditions the deed has: of two who
do it at once one wins, and the other is told who. Each is in the audit log, without a word of what was written.
Errors of the database are raised as they are; StaffError says what cannot be done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.conversations.talks import lines, wording
from core.conversations.talks.lists import seen
from core.conversations.talks.model import Direction, Ended, Stand, Talk
from core.conversations.talks.posting import post
from core.db.staff_tables import AccountRow, OfficeRow
from core.db.talk_tables import TalkRow
from core.errors import StaffError
from core.messages import Message
from core.profile import Profile
from core.sentences import put_in, sentence
from core.staff.audit import Audit
from core.staff.rights import Staff

MOST_REPLY = 3_000  # letters
_FREE: dict[str, Any] = {"state": Stand.WAITING, "claimed_by": None, "claimed_at": None}


class AfterClose(Protocol):
    """Whoever acts when staff have closed a conversation, in the same transaction: an invitation to a survey."""

    async def closed(self, connection: AsyncConnection, talk: Talk, now: dt.datetime) -> None:
        """A conversation was closed by staff. Its subject elsewhere is ``talk:<id>``."""
        ...


class Deeds:
    """Changes conversations for staff.

    Args:
        after_close: told of conversations that staff closed; not of those handed back to the assistant.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        audit: Audit,
        profile: Profile,
        clock: Callable[[], dt.datetime],
        after_close: Sequence[AfterClose] = (),
    ) -> None:
        self._engine, self._audit, self._profile, self._clock = engine, audit, profile, clock
        self._after_close = tuple(after_close)

    async def claim(self, staff: Staff, talk: int) -> None:
        """Take a conversation up; taking up one's own does nothing.

        Raises StaffError naming who has it, or that it is over.
        """
        now = self._clock()
        async with self._engine.begin() as connection:
            values = {"state": Stand.HELD, "claimed_by": staff.id, "claimed_at": now}
            row = await self._change(connection, talk, values, seen(staff), TalkRow.state == Stand.WAITING)
            if row is None:
                await self._not_mine(connection, staff, talk)
                return
            await lines.add(connection, talk, Direction.NOTE, f"{staff.full_name} nhận cuộc trò chuyện.", now)
            await self._note(connection, staff, "talk.claim", talk)

    async def release(self, staff: Staff, talk: int) -> None:
        """Give it back to the queue. Raises StaffError when it is not theirs."""
        now = self._clock()
        async with self._engine.begin() as connection:
            await self._mine(connection, staff, talk, _FREE)
            await lines.add(connection, talk, Direction.NOTE, f"{staff.full_name} trả lại hàng chờ.", now)
            await self._note(connection, staff, "talk.release", talk)

    async def reply(self, staff: Staff, talk: int, text: str, key: str) -> None:
        """Answer the citizen.

        Args:
            key: of the form; the same form sent twice sends one answer.

        Raises:
            StaffError: nothing written, too long, or the conversation is not theirs.
        """
        said, now = _checked(text), self._clock()
        async with self._engine.begin() as connection:
            row = await self._mine(connection, staff, talk, _answered(now))
            message = Message(said, by=await self._by(connection, row.office))
            address = lines.talk_of(row).address
            ref = f"key:{key}"
            if await post(
                connection, talk, address, (message,), Direction.STAFF, now, ref=ref, staff=staff.id
            ):
                await self._note(connection, staff, "talk.reply", talk)

    async def note(self, staff: Staff, talk: int, text: str, key: str) -> None:
        """Write something for colleagues, whoever has the conversation, also when it is over."""
        said, now = _checked(text), self._clock()
        async with self._engine.begin() as connection:
            line = {"ref": f"key:{key}", "staff": staff.id}
            if await lines.add(connection, talk, Direction.NOTE, said, now, **line):  # type: ignore[arg-type]
                await lines.touch(connection, talk)
                await self._note(connection, staff, "talk.note", talk)

    async def to_office(self, staff: Staff, talk: int, office: int, why: str) -> None:
        """Pass it on to another office's queue. Raises StaffError when it is somebody else's or the office is unknown."""
        now = self._clock()
        async with self._engine.begin() as connection:
            name = await connection.scalar(
                select(OfficeRow.name).where(OfficeRow.id == office, OfficeRow.active)
            )
            if name is None:
                raise StaffError("Không có nơi tiếp nhận này.", "office")
            row = await self._movable(connection, staff, talk, {**_FREE, "office": office})
            await lines.add(connection, talk, Direction.NOTE, _moved(staff, name, why), now, staff=staff.id)
            told = (self._profile.fill(put_in(sentence("talk_moved"), {"office": name})),)
            address = lines.talk_of(row).address
            await post(connection, talk, address, told, Direction.BOT, now, ref=f"moved:{row.version}")
            await self._note(connection, staff, "talk.transfer", talk, office=office)

    async def to_colleague(self, staff: Staff, talk: int, other: int, why: str) -> None:
        """Give it to a colleague. Raises StaffError when it is somebody else's or the colleague is unknown."""
        now = self._clock()
        async with self._engine.begin() as connection:
            known = select(AccountRow.full_name).where(
                AccountRow.id == other, AccountRow.disabled_at.is_(None)
            )
            name = await connection.scalar(known)
            if name is None:
                raise StaffError("Không có người này.", "colleague")
            values = {"state": Stand.HELD, "claimed_by": other, "claimed_at": now}
            await self._movable(connection, staff, talk, values)
            await lines.add(connection, talk, Direction.NOTE, _moved(staff, name, why), now, staff=staff.id)
            await self._note(connection, staff, "talk.transfer", talk, account=other)

    async def close(self, staff: Staff, talk: int, text: str, key: str) -> None:
        """Close it, with a last sentence where one is written. Raises StaffError when it is not theirs."""
        await self._end(staff, talk, text, key, Ended.STAFF, "talk_closed")

    async def hand_back(self, staff: Staff, talk: int, text: str, key: str) -> None:
        """Hand it back to the assistant. Raises StaffError when it is not theirs."""
        await self._end(staff, talk, text, key, Ended.BOT, "talk_handed_back")

    async def _end(self, staff: Staff, talk: int, text: str, key: str, ended: Ended, told: str) -> None:
        now, last = self._clock(), text.strip() and _checked(text)
        over = {"state": Stand.CLOSED, "closed_at": now, "closed_by": staff.id, "ended": ended}
        async with self._engine.begin() as connection:
            row = await self._mine(connection, staff, talk, {**_answered(now), **over})
            one = lines.talk_of(row)
            said = (Message(last, by=await self._by(connection, row.office)),) if last else ()
            if said:
                await post(
                    connection,
                    talk,
                    one.address,
                    said,
                    Direction.STAFF,
                    now,
                    ref=f"key:{key}",
                    staff=staff.id,
                )
            ending = (self._profile.fill(sentence(told)),)
            await post(connection, talk, one.address, ending, Direction.BOT, now, ref=f"end:{ended}")
            for hook in self._after_close if ended is Ended.STAFF else ():
                await hook.closed(connection, one, now)
            await self._note(
                connection, staff, f"talk.{'close' if ended is Ended.STAFF else 'hand_back'}", talk
            )

    async def _change(
        self, connection: AsyncConnection, talk: int, values: dict[str, Any], *where: Any
    ) -> Any:
        statement = (
            update(TalkRow)
            .where(TalkRow.id == talk, TalkRow.closed_at.is_(None), *where)
            .values(version=TalkRow.version + 1, **values)
            .returning(*lines.COLUMNS)
        )
        return (await connection.execute(statement)).first()

    async def _mine(
        self, connection: AsyncConnection, staff: Staff, talk: int, values: dict[str, Any]
    ) -> Any:
        """Change a conversation that is theirs. Raises StaffError otherwise."""
        row = await self._change(connection, talk, values, TalkRow.claimed_by == staff.id)
        if row is None:
            await self._not_mine(connection, staff, talk)
            raise StaffError("Anh/chị chưa nhận cuộc trò chuyện này. Xin bấm “Nhận” trước.")
        return row

    async def _movable(
        self, connection: AsyncConnection, staff: Staff, talk: int, values: dict[str, Any]
    ) -> Any:
        """Change a conversation that is theirs or nobody's. Raises StaffError otherwise."""
        free = or_(TalkRow.claimed_by == staff.id, TalkRow.state == Stand.WAITING)
        row = await self._change(connection, talk, values, seen(staff), free)
        if row is None:
            await self._not_mine(connection, staff, talk)
        return row

    async def _not_mine(self, connection: AsyncConnection, staff: Staff, talk: int) -> None:
        """Raise StaffError with the reason; return when it is theirs or free."""
        query = (
            select(TalkRow.state, TalkRow.claimed_by, AccountRow.full_name)
            .outerjoin(AccountRow, AccountRow.id == TalkRow.claimed_by)
            .where(TalkRow.id == talk)
        )
        row = (await connection.execute(query)).first()
        if row is None or row.state == Stand.CLOSED:
            raise StaffError("Cuộc trò chuyện này đã kết thúc.")
        if row.claimed_by not in (None, staff.id):
            raise StaffError(f"{row.full_name or 'Người khác'} đã nhận cuộc trò chuyện này trước.")

    async def _by(self, connection: AsyncConnection, office: int | None) -> str:
        name = await connection.scalar(select(OfficeRow.name).where(OfficeRow.id == office))
        return self._profile.fill(Message("", by=wording.by(name))).by

    async def _note(
        self, connection: AsyncConnection, staff: Staff, what: str, talk: int, **detail: Any
    ) -> None:
        await self._audit.record(connection, staff, what, f"talk:{talk}", **detail)


def _answered(now: dt.datetime) -> dict[str, Any]:
    return {"asked_at": None, "unread": 0, "last_said_at": now}


def _checked(text: str) -> str:
    said = lines.storable(text).strip()
    if not said:
        raise StaffError("Xin viết nội dung trước khi gửi.", "text")
    if len(said) > MOST_REPLY:
        raise StaffError(
            f"Nội dung dài {len(said)} chữ, tối đa {MOST_REPLY}. Xin chia làm nhiều tin.", "text"
        )
    return said


def _moved(staff: Staff, to: str, why: str) -> str:
    reason = lines.storable(why).strip()[:500]
    return f"{staff.full_name} chuyển tới {to}." + (f" Lý do: {reason}" if reason else "")
