"""What staff do from their own chat: linking it with their account, drafting a notice. Needs no Rasa.

Part of the composition root: ``assemble`` puts it together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.turned import Turned
from core.broadcasts.drafts import Drafts
from core.broadcasts.model import MAX_TITLE, Content
from core.conversations.state import State
from core.dossiers.desk.said import Asked, say
from core.errors import StaffError
from core.messages import How, Message, Reply
from core.profile import Profile
from core.secret import Secret
from core.splitting import head
from core.staff.audit import Audit
from core.staff.chat_links import DIGITS, ChatLinks
from core.staff.rights import Right, Staff
from nlu.vietnamese import words

_LINK = re.compile(r"(?:lien ket )?can bo((?: \d+)+)")
_PART = re.compile(r"(?:huy|bo|thoi|ngat|go) lien ket can bo")
_LONGEST = 80  # letters of a title taken from the text


class StaffSide:
    """Answers what only staff write, and tells others courteously that it is theirs."""

    def __init__(self, links: ChatLinks, drafts: Drafts) -> None:
        self._links, self._drafts = links, drafts

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """``cán bộ 1234 5678`` and ``hủy liên kết cán bộ``."""
        said = " ".join(words(asked.text))
        if _PART.fullmatch(said):
            return _told(state, await self._part(asked))
        found = _LINK.fullmatch(said)
        if found is None:
            return None
        digits = re.sub(r"\D", "", found.group(1))
        if len(digits) != DIGITS:
            return _told(state, say("staff_link_how"), secret=True)
        return _told(state, await self._take(asked, digits), secret=True)

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """No button is ours."""
        return None

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """``/macanbo``, with a code behind it or alone, and ``/thongbao``."""
        if name == "/macanbo":
            digits = re.sub(r"[\s.-]", "", rest)
            code = len(digits) == DIGITS and digits.isdecimal()
            return _told(
                state, await self._take(asked, digits) if code else say("staff_link_how"), secret=True
            )
        return _told(state, await self._draft(asked)) if name == "/thongbao" else None

    async def _take(self, asked: Asked, code: str) -> Message:
        taken = await self._links.take(asked.person.address, asked.person.origin, code)
        return (
            say("staff_linked", staff=taken.name) if isinstance(taken, Staff) else say(f"staff_link_{taken}")
        )

    async def _part(self, asked: Asked) -> Message:
        address = asked.person.address
        staff = await self._links.staff(address)
        parted = staff is not None and await self._links.part(staff, address)
        return say("staff_unlinked" if parted else "staff_not_linked")

    async def _draft(self, asked: Asked) -> Message:
        staff = await self._links.staff(asked.person.address)
        if staff is None:
            return say("staff_only")
        if not staff.may(Right.WRITE_BROADCAST):
            return say("staff_no_right", staff=staff.name)
        text = "".join(re.split(r"(\s+)", asked.written.strip(), maxsplit=1)[2:])
        if not words(text):
            return say("broadcast_how")
        title, body = split_title(text)
        office = None if staff.everywhere else min(staff.offices, default=None)
        try:
            made = await self._drafts.create(staff, Content(title, body, office=office))
        except StaffError as error:
            return say("broadcast_not_drafted", why=str(error))
        return say("broadcast_drafted", number=str(made.id), title=made.content.title)


@dataclass(frozen=True, slots=True)
class Staffing:
    """The side desk and what forgets the old."""

    side: StaffSide
    forget_old: tuple[Callable[[dt.datetime], Awaitable[None]], ...]


def assemble(
    profile: Profile, engine: AsyncEngine, secret: Secret, clock: Callable[[], dt.datetime]
) -> Staffing:
    """Build it."""
    audit = Audit(engine, clock)
    links = ChatLinks(engine, audit, secret, clock)
    return Staffing(StaffSide(links, Drafts(engine, profile.broadcasts, audit, clock)), (links.forget_old,))


def split_title(text: str) -> tuple[str, str]:
    """The title and the text of a draft: its first line, or of a single line the beginning."""
    first, _, rest = text.strip().partition("\n")
    first, rest = first.strip(), rest.strip()
    if rest and len(first) <= MAX_TITLE:
        return first, rest
    if len(first) <= _LONGEST:
        return first, text.strip()
    cut = head(first, _LONGEST)
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…", text.strip()


def _told(state: State, message: Message, *, secret: bool = False) -> Turned:
    reply = Reply((message,), intent="staff", confidence=1.0, how=How("staff", private=True))
    return Turned(reply, state.procedure, state.dossier, secret=secret)
