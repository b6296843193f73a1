"""From what somebody writes or presses about general notices to the answer. Needs no Rasa."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from core.broadcasts import phrases
from core.broadcasts.subscribers import Subscribers
from core.dossiers.desk.said import Asked, Said, say
from core.messages import Address, Button
from core.places.units import Found, Unit
from core.profile import Profile
from core.reminders.model import Kind
from core.reminders.wishes import WishBook

EXPECTING = "nt:unit"
ALL = "all"  # the province's notices alone, where a commune's number would stand


class NoticeDesk:
    """Answers what is about getting notices and leaves everything else (None) to others."""

    def __init__(
        self, subscribers: Subscribers, wishes: WishBook, units: Sequence[Unit], profile: Profile
    ) -> None:
        self._subscribers, self._wishes, self._profile = subscribers, wishes, profile
        self._units = {unit.code: unit for unit in units}
        self._zone = ZoneInfo(profile.timezone)
        self._presses: dict[str, Callable[[Asked, str], Awaitable[Said | None]]] = {
            "start": lambda a, _: self._start(a),
            "change": lambda a, _: self._ask(a),
            "unit": self._agree_to,
            "yes": self._subscribe,
            "no": lambda a, _: self._said(a, "notice_not"),
            "stop": lambda a, _: self._stop(a),
        }

    async def press(self, asked: Asked) -> Said | None:
        """A button of ours; None for other payloads."""
        prefix, _, rest = asked.text.partition(":")
        deed, _, more = rest.partition(":")
        return await self._presses[deed](asked, more) if prefix == "nt" and deed in self._presses else None

    async def hear(self, asked: Asked) -> Said | None:
        """A wish in words, or the commune that was asked for."""
        wanted = phrases.wish(asked.text, list(self._units.values()))
        if wanted is not None:
            if wanted.deed == "stop":
                subscribed = await self._subscribers.get(asked.person.address)
                return await self._stop(asked) if subscribed else None
            if wanted.places or wanted.province:
                return await self._named(asked, wanted.places)
            return await self._start(asked)
        if asked.expecting != EXPECTING:
            return None
        found = phrases.answer(asked.text, list(self._units.values()))
        if found is None:
            return None
        places, province = found
        return await self._named(asked, places) if places or province else await self._unknown(asked)

    async def place(self, address: Address) -> str | None:
        """Of which place somebody gets notices, in words; None when of none."""
        subscribed = await self._subscribers.get(address)
        return self._place(subscribed.unit) if subscribed else None

    async def _start(self, asked: Asked) -> Said:
        """What they get, or the question of which commune."""
        subscribed = await self._subscribers.get(asked.person.address)
        if subscribed is None:
            return await self._ask(asked)
        day = f"{subscribed.since.astimezone(self._zone):%d/%m/%Y}"
        return Said((say("notice_standing", place=self._place(subscribed.unit), day=day),), asked.dossier)

    async def _ask(self, asked: Asked) -> Said:
        return Said((say("notice_ask"),), asked.dossier, EXPECTING)

    async def _unknown(self, asked: Asked) -> Said:
        return Said((say("notice_unknown"),), asked.dossier, EXPECTING)

    async def _said(self, asked: Asked, name: str) -> Said:
        return Said((say(name),), asked.dossier)

    async def _named(self, asked: Asked, places: Sequence[Found]) -> Said | None:
        if len(places) > 1:
            buttons = tuple(Button(_title(place), f"nt:unit:{place.unit.code}") for place in places)
            return Said((replace(say("notice_which"), buttons=buttons),), asked.dossier, EXPECTING)
        return await self._agree_to(asked, places[0].unit.code if places else ALL)

    async def _agree_to(self, asked: Asked, unit: str) -> Said | None:
        """Ask for the consent; whoever gave it already only changes the commune."""
        if unit != ALL and unit not in self._units:
            return None
        if await self._subscribers.get(asked.person.address):
            return await self._subscribe(asked, unit)
        said = say("notice_consent", place=self._place(None if unit == ALL else unit), unit=unit)
        return Said((said,), asked.dossier)

    async def _subscribe(self, asked: Asked, unit: str) -> Said | None:
        if unit != ALL and unit not in self._units:
            return None
        address = asked.person.address
        code = None if unit == ALL else unit
        await self._subscribers.put(address, code, asked.now)
        wishes = await self._wishes.get(address)
        if Kind.NOTICE in wishes.off:  # turned off before; they have just asked for it
            await self._wishes.put(address, replace(wishes, off=wishes.off - {Kind.NOTICE}), asked.now)
        done = say("notice_done_web" if address.channel == "web" else "notice_done", place=self._place(code))
        held = (say("remind_held"),) if wishes.stopped else ()
        return Said((*held, done), asked.dossier)

    async def _stop(self, asked: Asked) -> Said:
        await self._subscribers.end(asked.person.address, asked.now)
        return await self._said(asked, "notice_stopped")

    def _place(self, unit: str | None) -> str:
        if unit is None or unit not in self._units:  # a commune may have been merged since
            return self._profile.province
        return f"{self._units[unit].name} và {self._profile.province}"


def _title(place: Found) -> str:
    """A commune with the former one that led to it."""
    former = place.former
    if former is None or former.name == place.unit.name:
        return place.unit.name
    district = f", {former.district}" if former.district else ""
    return f"{place.unit.name} ({former.name}{district} cũ)"
