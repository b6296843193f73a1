"""From what somebody writes or presses about links to the answer, and to what their other addresses are told."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from core.messages import Address, Message
from core.people import wording
from core.people.asking import Wish, code_in, wish
from core.people.codes import Codes
from core.people.events import Events
from core.people.links import Links
from core.people.model import Answer, Linked, Notice, Told
from core.profile import Profile
from core.sentences import put_in, sentence

OnPart = Callable[[Address, dt.datetime], Awaitable[None]]


class LinkDesk:
    """Answers what is about links and leaves everything else (None) to others.

    Args:
        on_part: told of every address whose person became smaller.
    """

    def __init__(
        self, links: Links, codes: Codes, events: Events, profile: Profile, on_part: Sequence[OnPart] = ()
    ) -> None:
        self._links, self._codes, self._events, self._on_part = links, codes, events, on_part
        self._rules, self._zone = profile.linking, ZoneInfo(profile.timezone)
        self._presses: dict[str, Callable[[Told], Awaitable[Answer]]] = {
            "start": self._start,
            "new": self._offer,
            "have": self._have,
            "yes": self._agree,
            "no": self._refuse,
            "off": self._unlink,
        }

    async def hear(self, told: Told) -> Answer | None:
        """A message about links, or the code that was asked for."""
        wanted = wish(told.text)
        if wanted is None and told.expecting == "link" and (code := code_in(told.text)):
            wanted = Wish("code", code)
        if wanted is None:
            return None
        if wanted.kind == "code":
            return await self._typed(told, wanted.code)
        return await (self._unlink(told) if wanted.kind == "unlink" else self._start(told))

    async def press(self, told: Told) -> Answer | None:
        """A button of ours; None for other payloads."""
        kind, _, rest = told.text.partition(":")
        if kind != "l":
            return None
        deed, _, which = rest.partition(":")
        if deed == "cut":
            return await self._cut(told, which)
        return await self._presses[deed](told) if deed in self._presses else None

    async def _start(self, told: Told) -> Answer:
        """Who is linked, or a code where nobody is."""
        others = await self._links.members(told.address)
        if not others:
            return await self._offer(told)
        listed = [(m, f"l:cut:{self._short(m.address)}") for m in others]
        return Answer((wording.members(listed, self._zone),))

    async def _offer(self, told: Told) -> Answer:
        if await self._links.room(told.address) == "full":
            return self._full()
        code = await self._codes.make(told.address, told.origin, told.now)
        await self._events.record(told.address, "offered" if code else "locked", told.now)
        if code is None:
            return Answer((sentence("link_locked"),))
        return Answer(
            (_say("link_code", code=wording.spoken(code), minutes=str(self._rules.code_minutes)),),
        )

    async def _have(self, told: Told) -> Answer:
        return Answer((sentence("link_type_code"),), expecting="link")

    async def _typed(self, told: Told, code: str) -> Answer:
        """A code was typed here: ask whether to link, and show nothing of whose it is but the channel."""
        if not code:
            return Answer((sentence("link_bad_code"),), expecting="link", secret=True)
        owner = await self._codes.claim(told.address, told.origin, code, told.now)
        if not isinstance(owner, Address):
            if owner != "own":
                await self._events.record(told.address, owner, told.now)
            again = "link" if owner == "wrong" else None
            return Answer((sentence(f"link_{owner}"),), expecting=again, secret=True)
        await self._events.record(told.address, "claimed", told.now, owner)
        room = await self._links.room(owner, told.address)
        if room != "free":
            await self._codes.drop(told.address)
            answer = self._full() if room == "full" else Answer((sentence("link_already"),))
            return replace(answer, secret=True)
        asked = _say(
            "link_confirm",
            channel=wording.channel(owner.channel),
            minutes=str(self._rules.confirm_minutes),
        )
        return Answer((asked,), secret=True)

    async def _agree(self, told: Told) -> Answer:
        done = await self._links.confirm(told.address, told.now)
        if done == "full":
            return self._full()
        if not isinstance(done, Linked):
            return Answer((sentence("link_gone"),))
        await self._events.record(told.address, "linked", told.now, done.owner)
        notices = tuple(
            Notice(other, f"link:{done.id}", f"linked:{told.address.channel}")
            for other in done.everyone
            if other != told.address
        )
        said = _say("link_done", channel=wording.channel(done.owner.channel), minutes=self._wait())
        return Answer((said,), notices=notices)

    async def _refuse(self, told: Told) -> Answer:
        owner = await self._codes.drop(told.address)
        if owner:
            await self._events.record(told.address, "refused", told.now, owner)
        return Answer((sentence("link_refused"),))

    async def _unlink(self, told: Told) -> Answer:
        others = await self._links.linked(told.address)
        if not others:
            return Answer((sentence("link_none"),))
        return await (self._part(told, told.address) if len(others) == 1 else self._start(told))

    async def _cut(self, told: Told, which: str) -> Answer:
        """Take an address out: one of the others, or this one."""
        others = await self._links.linked(told.address)
        found = [other for other in others if self._short(other) == which]
        if which == "all" and others:
            found = [told.address]
        return await self._part(told, found[0]) if found else Answer((sentence("link_none"),))

    async def _part(self, told: Told, leaving: Address) -> Answer:
        left = await self._links.part(leaving, told.now)
        for address in (leaving, *left):
            for deed in self._on_part:
                await deed(address, told.now)
        other = left[0] if leaving == told.address and left else leaving
        await self._events.record(told.address, "parted", told.now, other)
        ident = f"part:{secrets.token_hex(6)}"
        notices = [
            Notice(
                address, ident, f"parted:{told.address.channel if address == leaving else leaving.channel}"
            )
            for address in (leaving, *left)
            if address != told.address
        ]
        return Answer((self._parted(told.address, leaving, left),), notices=tuple(notices))

    def _parted(self, here: Address, leaving: Address, left: Sequence[Address]) -> Message:
        gone = left if here == leaving else (leaving,)
        names = ", ".join(dict.fromkeys(wording.channel(address.channel) for address in gone))
        return _say("link_parted", channel=names)

    def _full(self) -> Answer:
        return Answer((_say("link_full", most=str(self._rules.most)),))

    def _wait(self) -> str:
        return str(self._rules.proofs_after_minutes)

    def _short(self, address: Address) -> str:
        """A name of an address that fits a button and tells nothing."""
        return self._events.who(address)[:12]


def told(name: str) -> Message:
    """The sentence of a notice such as ``linked:zalo``. Raises SettingsError for an unknown one."""
    event, _, channel = name.partition(":")
    return _say(f"link_told_{event}", channel=wording.channel(channel))


def _say(name: str, **values: str) -> Message:
    return put_in(sentence(name), values)
