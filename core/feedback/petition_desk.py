"""The conversation about a complaint or proposal: what happened, to whom, sent, and how it stands. Needs no Rasa."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.dossiers.codes import DossierCode
from core.dossiers.desk.said import Asked, Said, say
from core.feedback import petition_words, wording
from core.feedback.petition_model import Aim, Petition
from core.feedback.petitions import Petitions
from core.feedback.wording import Terms
from core.messages import Message
from core.places.units import Unit, find
from core.profile import Profile
from core.staff.offices import Offices

TEXT, WHERE = "pa:text", "pa:where"
_NEAR = 4  # communes offered by a name
_MOST_WORDS = 14  # of an answer to "where to?"; a longer message tells something else


@dataclass(frozen=True, slots=True)
class Places:
    """The offices and communes a petition can be for."""

    offices: Offices
    units: Sequence[Unit]

    async def of_dossier(self, code: str | None) -> Aim | None:
        """The office of a dossier."""
        office = await self.offices.of_code(code) if code else None
        return Aim(office.id, office.unit, office.name) if office else None

    async def of_unit(self, code: str) -> Aim | None:
        """A commune and its office; without one the province sees to it and passes it on."""
        unit = next((u for u in self.units if u.code == code), None)
        if unit is None:
            return None
        office = await self.offices.of_unit(code)
        return Aim(office.id if office else None, code, office.name if office else unit.name)

    async def of(self, petition: Petition) -> Aim:
        """Where a petition is, by the names of today."""
        office = await self.offices.get(petition.office) if petition.office is not None else None
        if office is not None:
            return Aim(office.id, petition.unit, office.name)
        unit = next((u for u in self.units if u.code == petition.unit), None)
        return Aim(None, petition.unit, unit.name if unit else "")

    def named(self, text: str) -> list[Unit]:
        """The communes a text names."""
        return [found.unit for found in find(list(self.units), text)][:_NEAR]


class PetitionDesk:
    """Answers what is about petitions and leaves everything else (None) to others."""

    def __init__(self, petitions: Petitions, places: Places, profile: Profile) -> None:
        self._petitions, self._places = petitions, places
        spans = " và ".join(span.replace("-", "–") for span in profile.office_hours.spans)
        sure = "" if profile.office_hours.verified else ", giờ hành chính thông thường"
        hours = f"{spans} các ngày làm việc{sure}"
        self._terms = Terms(ZoneInfo(profile.timezone), hours, profile.petitions.keep_days)
        self._presses: dict[str, Callable[[Asked, str], Awaitable[Said | None]]] = {
            "start": self._start,
            "this": lambda a, _: self._confirm(a),
            "again": self._start,
            "where": lambda a, _: self._where(a),
            "to": self._to,
            "nodossier": lambda a, _: self._no_dossier(a),
            "send": lambda a, _: self._send(a),
            "cancel": lambda a, _: self._cancel(a),
            "mine": lambda a, _: self._mine(a),
            "show": self._show,
        }

    async def press(self, asked: Asked) -> Said | None:
        """A button of ours; None for other payloads."""
        prefix, _, rest = asked.text.partition(":")
        deed, _, more = rest.partition(":")
        return await self._presses[deed](asked, more) if prefix == "pa" and deed in self._presses else None

    async def hear(self, asked: Asked) -> Said | None:
        """The answer to what was asked for, or words about petitions."""
        wanted = petition_words.wish(asked.text)
        if wanted and wanted.deed in ("mine", "show"):
            return await (
                self._mine(asked) if wanted.deed == "mine" else self._numbered(asked, wanted.number)
            )
        if asked.expecting in (TEXT, WHERE) and petition_words.cancels(asked.text):
            return await self._cancel(asked)
        if asked.expecting == TEXT:
            return await self._told(asked)
        if asked.expecting == WHERE and (said := await self._place(asked)):
            return said
        if wanted is None:
            return None
        return await (self._start(asked, "") if wanted.deed == "start" else self.offer(asked))

    async def offer(self, asked: Asked) -> Said:
        """Somebody complained, praised or proposed something without asking for more: offer to pass it on."""
        await self._draft(asked)
        return Said((say("petition_offer"),), asked.dossier)

    async def _start(self, asked: Asked, code: str) -> Said:
        if await self._petitions.too_many(asked.person.address, asked.now):
            return Said((say("petition_too_many"),), asked.dossier)
        return Said((say("petition_ask"),), _code(code) or asked.dossier, expecting=TEXT)

    async def _told(self, asked: Asked) -> Said:
        if not petition_words.tells(asked.text):
            return Said((say("petition_ask_more"),), asked.dossier, expecting=TEXT)
        await self._draft(asked)
        return await self._confirm(asked)

    async def _draft(self, asked: Asked) -> Petition:
        """Keep the text, aimed at the dossier's office or at the one commune it names."""
        named = self._places.named(asked.text)
        aim = await self._places.of_dossier(asked.dossier)
        if len(named) == 1 and (aim is None or aim.unit != named[0].code):
            aim = await self._places.of_unit(named[0].code)
        return await self._petitions.draft(
            asked.person.address, asked.text, aim or Aim(), asked.dossier, asked.now
        )

    async def _confirm(self, asked: Asked) -> Said:
        draft = await self._petitions.drafted(asked.person.address, asked.now)
        if draft is None:
            return Said((say("petition_gone"),), asked.dossier)
        if await self._petitions.too_many(asked.person.address, asked.now):
            return Said((say("petition_too_many"),), asked.dossier)
        if draft.office is None and draft.unit is None:
            return await self._where(asked)
        return await self._shown(asked, draft)

    async def _shown(self, asked: Asked, draft: Petition) -> Said:
        aim = await self._places.of(draft)
        return Said((wording.confirm(draft.text, aim, draft.dossier, self._terms),), asked.dossier)

    async def _where(self, asked: Asked, units: Sequence[Unit] = ()) -> Said:
        draft = await self._petitions.drafted(asked.person.address, asked.now)
        if draft is None:
            return Said((say("petition_gone"),), asked.dossier)
        choices = [(unit.name, f"pa:to:u{unit.code}") for unit in units or self._places.named(draft.text)]
        if aim := await self._places.of_dossier(draft.dossier):
            choices.insert(0, (aim.name, "pa:to:d"))
        return Said((wording.where(choices),), asked.dossier, expecting=WHERE)

    async def _place(self, asked: Asked) -> Said | None:
        """The commune that was asked for."""
        if len(asked.text.split()) > _MOST_WORDS:
            return None
        units = self._places.named(asked.text)
        if len(units) == 1:
            return await self._to(asked, f"u{units[0].code}")
        return await self._where(asked, units) if units else None

    async def _to(self, asked: Asked, which: str) -> Said | None:
        draft = await self._petitions.drafted(asked.person.address, asked.now)
        if draft is None:
            return Said((say("petition_gone"),), asked.dossier)
        aim: Aim | None = Aim()
        if which == "d":
            aim = await self._places.of_dossier(draft.dossier)
        elif which.startswith("u"):
            aim = await self._places.of_unit(which[1:])
        if aim is None:
            return None
        await self._petitions.change(draft, office=aim.office, unit=aim.unit)
        said = wording.confirm(draft.text, aim, draft.dossier, self._terms)
        return Said((said,), asked.dossier)

    async def _no_dossier(self, asked: Asked) -> Said:
        draft = await self._petitions.drafted(asked.person.address, asked.now)
        if draft is None:
            return Said((say("petition_gone"),), asked.dossier)
        await self._petitions.change(draft, dossier=None)
        aim = await self._places.of(draft)
        return Said((wording.confirm(draft.text, aim, None, self._terms),), None)

    async def _send(self, asked: Asked) -> Said:
        address = asked.person.address
        draft = await self._petitions.drafted(address, asked.now)
        if draft is not None and await self._petitions.too_many(address, asked.now):
            return Said((say("petition_too_many"),), asked.dossier)
        petition = await self._petitions.send(draft, asked.now) if draft else None
        if petition is None:
            return Said((say("petition_gone"),), asked.dossier)
        return Said((wording.sent(petition, await self._places.of(petition), self._terms),), asked.dossier)

    async def _cancel(self, asked: Asked) -> Said:
        await self._petitions.drop(asked.person.address)
        return Said((say("petition_cancelled"),), asked.dossier)

    async def _mine(self, asked: Asked) -> Said:
        found = await self._petitions.mine(asked.person.address)
        message: Message = wording.mine(found, self._terms) if found else say("petition_none")
        return Said((message,), asked.dossier)

    async def _show(self, asked: Asked, ident: str) -> Said | None:
        if not ident.isdecimal() or len(ident) > 9:
            return None
        found = await self._petitions.one(asked.person.address, int(ident))
        return await self._said(asked, found)

    async def _numbered(self, asked: Asked, number: str) -> Said:
        return await self._said(asked, await self._petitions.numbered(asked.person.address, number))

    async def _said(self, asked: Asked, found: Petition | None) -> Said:
        if found is None:
            return Said((say("petition_unknown"),), asked.dossier)
        aim = await self._places.of(found)
        return Said((wording.shown(found, aim, self._terms),), asked.dossier)


def _code(text: str) -> str | None:
    """A dossier's code from a button; None for what is none."""
    try:
        return DossierCode.parse(text).text
    except ValueError:
        return None
