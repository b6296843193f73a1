"""Showing dossiers: one in full with its buttons, several in a line each."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.dossiers import follow_up_wording, wording
from core.dossiers.access import Access, Person, Seen, TooManyLookups
from core.dossiers.asking import Follow
from core.dossiers.codes import DossierCode
from core.dossiers.desk.said import Said, say
from core.dossiers.followed import Followed, List
from core.dossiers.model import Status
from core.dossiers.wording import Shown
from core.errors import PortalError
from core.messages import Address, Button, Message
from core.profile import Profile


@dataclass(frozen=True, slots=True)
class Hidden:
    """Why nothing is shown: the whole answer, and a few words for a line of a list."""

    message: Message
    short: str


class Ahead(Protocol):
    """Whoever knows what a person will be told of the dossiers they follow."""

    async def lines(self, address: Address, shown: Sequence[Shown]) -> Mapping[str, str]:
        """A few words for each dossier of which something is known, by code."""
        ...

    async def note(self, address: Address, now: dt.datetime) -> str:
        """What whoever begins to follow is told about it."""
        ...

    async def held(self, address: Address, now: dt.datetime) -> str:
        """Why nothing is told although they follow; empty where it is."""
        ...


class Showing:
    """Looks dossiers up and words them.

    Args:
        ahead: says what will be told of followed dossiers; None where nothing ever is.
    """

    def __init__(
        self, access: Access, followed: List, profile: Profile, simulated: bool, ahead: Ahead | None = None
    ) -> None:
        self._access, self._followed, self._profile = access, followed, profile
        self._ahead = ahead
        self._calendar = profile.calendar()
        self._simulated = simulated

    async def full(self, person: Person, code: DossierCode, now: dt.datetime, first: str = "") -> Said:
        """One dossier with what can be done next.

        Args:
            first: a sentence to begin with, such as that a proof was accepted.
        """
        seen = await self._see(person, code)
        if isinstance(seen, Hidden):
            return Said((seen.message,), code.text)
        shown = self._shown(seen, now)
        about = wording.about(shown)
        told = await self._told(person, [shown] if seen.label is not None else [])
        if line := told.get(code.text):
            about = replace(about, text=f"{about.text}\n\n{line[:1].upper()}{line[1:]}.")
        text = f"{first}\n\n{about.text}" if first else about.text
        message = Message(text, _buttons(shown, seen, followed=seen.label is not None))
        return Said((message,), code.text, procedure=_procedure(seen))

    async def several(self, person: Person, codes: Sequence[DossierCode], now: dt.datetime) -> Message:
        """A line for each dossier and a button to see it in full."""
        entries = {f.code: f for f in await self._followed.of(person.address)}
        seen = await asyncio.gather(*(self._see(person, code) for code in codes))
        followed = [
            self._shown(one, now)
            for code, one in zip(codes, seen, strict=True)
            if isinstance(one, Seen) and code.text in entries
        ]
        told = await self._told(person, followed)
        lines, buttons = [], []
        for code, one in zip(codes, seen, strict=True):
            coming = f" – {told[code.text]}" if code.text in told else ""
            lines.append(self._line(code, one, entries.get(code.text), now) + coming)
            label = entries[code.text].label if code.text in entries else ""
            buttons.append(Button(f"Xem {label or code.text}", f"d:show:{code.text}"))
        if self._simulated and any(isinstance(one, Seen) for one in seen):
            lines.append(wording.SIMULATED)
        return Message("\n".join(lines), tuple(buttons))

    async def timeline(self, person: Person, code: DossierCode, now: dt.datetime) -> Said:
        """The steps of a dossier."""
        seen = await self._see(person, code)
        if isinstance(seen, Hidden):
            return Said((seen.message,), code.text)
        shown = self._shown(replace(seen, label=None), now)
        message = replace(wording.timeline(shown), buttons=_buttons(shown, seen, followed=False, short=True))
        return Said((message,), code.text, procedure=_procedure(seen))

    async def follow_up(
        self, person: Person, code: DossierCode, asked: Sequence[Follow], now: dt.datetime
    ) -> Said:
        """The direct answer to what is asked of the dossier in hand; at most two answers."""
        if not asked or asked[0] == "status":
            return await self.full(person, code, now)
        if asked[0] == "history":
            return await self.timeline(person, code, now)
        seen = await self._see(person, code)
        if isinstance(seen, Hidden):
            return Said((seen.message,), code.text)
        shown = self._shown(seen, now)
        answers = [follow_up_wording.answer(one, shown) for one in asked[:2]]
        buttons = _buttons(shown, seen, followed=seen.label is not None, short=True)
        answers[-1] = replace(answers[-1], buttons=buttons)
        return Said(tuple(answers), code.text, procedure=_procedure(seen))

    async def note(self, person: Person, now: dt.datetime) -> str:
        """What whoever begins to follow a dossier is told about messages to come."""
        return await self._ahead.note(person.address, now) if self._ahead else ""

    async def held(self, person: Person, now: dt.datetime) -> str:
        """That nothing will be told, and why; empty where it will."""
        return await self._ahead.held(person.address, now) if self._ahead else ""

    async def _told(self, person: Person, followed: Sequence[Shown]) -> Mapping[str, str]:
        return await self._ahead.lines(person.address, followed) if self._ahead and followed else {}

    async def _see(self, person: Person, code: DossierCode) -> Seen | Hidden:
        """What may be seen, or why nothing can be."""
        try:
            seen = await self._access.see(person, code)
        except TooManyLookups:
            return Hidden(say("dossier_limited"), "tạm dừng tra cứu vì quá nhiều lượt")
        except PortalError:
            return Hidden(say("dossier_away", code.text), "hệ thống hồ sơ chưa trả lời")
        return seen if seen.view else Hidden(self._nothing(code), "chưa có gì để hiện")

    def _nothing(self, code: DossierCode) -> Message:
        """That there is nothing to show; whose code it is can be read off it by anybody."""
        message = say("dossier_nothing", code.text)
        former = self._profile.former_identifiers.get(code.root)
        if former is None:
            return message
        return replace(message, text=f"Mã này do {former} cũ cấp, nay thuộc $province.\n{message.text}")

    def _shown(self, seen: Seen, now: dt.datetime) -> Shown:
        assert seen.view is not None
        return Shown(
            view=seen.view,
            level="code" if seen.level == "code" else "proved",
            due_allowed="due" in self._profile.dossiers.by_code,
            now=now,
            calendar=self._calendar,
            fetched_at=seen.fetched_at,
            stale=seen.stale,
            simulated=self._simulated,
            label=seen.label or "",
            hours_verified=self._profile.office_hours.verified,
        )

    def _line(self, code: DossierCode, one: Seen | Hidden, entry: Followed | None, now: dt.datetime) -> str:
        if isinstance(one, Seen):
            return wording.summary(self._shown(one, now))
        name = f"{entry.label} – {code.text}" if entry and entry.label else code.text
        return f"• {name}: {one.short}"


def _procedure(seen: Seen) -> str | None:
    """The code of the procedure for follow-up questions: only where the person may know it."""
    return (seen.view.procedure_code or None) if seen.view and seen.level != "code" else None


def _proof_button(shown: Shown) -> tuple[Button, ...]:
    code = shown.view.code
    return () if shown.level == "proved" else (Button("Xác nhận chính chủ", f"d:prove:{code}"),)


def _buttons(shown: Shown, seen: Seen, followed: bool, short: bool = False) -> tuple[Button, ...]:
    """What can be done next, the likeliest first."""
    code, status = seen.code, shown.view.status
    buttons = list(_proof_button(shown))
    if status is Status.PAYMENT:
        buttons.append(Button("Thanh toán trên Cổng DVC quốc gia", url="$portal"))
    if status in (Status.SUPPLEMENT, Status.NOT_RECEIVED):
        buttons.append(Button("Mở Cổng DVC quốc gia", url="$portal"))
    if wording.is_late(shown):
        buttons.append(Button("Gửi phản ánh, kiến nghị", f"pa:start:{code}"))
    if short:
        return (*buttons, Button("Xem tình trạng hồ sơ", f"d:show:{code}"))
    if shown.level == "proved":
        buttons.append(Button("Các bước đã qua", f"d:steps:{code}"))
    if seen.level == "proved":
        buttons.append(Button("Nhờ người nhà xem hộ", f"d:share:{code}"))
    if followed:
        buttons.append(Button("Bỏ khỏi Hồ sơ của tôi", f"d:unfollow:{code}"))
    else:
        buttons.append(Button("Lưu vào Hồ sơ của tôi", f"d:follow:{code}"))
    if shown.level == "proved":
        buttons.append(Button("Bỏ xác nhận chính chủ", f"d:forget:{code}"))
    return tuple(buttons)
