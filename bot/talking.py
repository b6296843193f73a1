"""The side desk of conversations with staff: opened, offered, given up, a telephone number left."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.turned import Turned
from core.conversations.state import State
from core.conversations.talks import hours, phrases, wording
from core.conversations.talks.book import Book
from core.conversations.talks.model import Stand, Standing, Subject, Why
from core.dossiers import codes
from core.dossiers.desk.said import Asked, say
from core.limits import Counters
from core.messages import Address, How, Message, Reply
from core.places.units import Unit, find
from core.privacy import mask_numbers
from core.profile import Profile
from core.secret import Secret
from core.staff.offices import Office, Offices
from nlu.vietnamese import words

INTENT = "talk_to_person"
UNIT, PHONE = "talk:unit", "talk:phone"  # what is asked for
UNSERVED = frozenset({"terminal", "ask"})  # nobody could be answered there later
_DAY, _HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
_MOST_WORDS = 14  # of an answer to "which commune?"
PAYLOADS = ("tk:", "person")


class TalkSide:
    """Opens conversations with staff and answers what is about them; leaves everything else (None) to others."""

    def __init__(
        self,
        book: Book,
        offices: Offices,
        units: Sequence[Unit],
        profile: Profile,
        limits: Counters,
        secret: Secret,
    ) -> None:
        self._book, self._offices, self._units = book, offices, list(units)
        self._profile, self._terms, self._limits, self._secret = profile, profile.talks, limits, secret
        self._calendar = profile.calendar()

    def serves(self, address: Address) -> bool:
        """Whether staff can be reached from there at all."""
        return self._terms.enabled and address.channel not in UNSERVED

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """Words for a person or for the assistant, the commune or the number that was asked for."""
        if not self.serves(asked.person.address):
            return None
        if phrases.goes_back(asked.text):
            return await self._back(asked, state)
        if phrases.asks_person(asked.text):
            return await self._person(asked, state)
        if phrases.leaves_phone(asked.text):
            return await self._ask_phone(asked, state)
        if asked.expecting == PHONE:
            return await self._phone(asked, state)
        return await self._place(asked, state) if asked.expecting == UNIT else None

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """A button about a conversation with staff."""
        if not self.serves(asked.person.address):
            return None
        kind, _, rest = asked.text.partition(":")
        deed, _, more = rest.partition(":")
        if asked.text == "person":
            return await self._person(asked, state)
        if kind != "tk":
            return None
        if deed == "any":
            return await self._open(asked, state)
        if deed == "unit":
            return await self._open(asked, state, await self._offices.of_unit(more), more)
        if deed == "phone":
            return await self._ask_phone(asked, state)
        return await self._back(asked, state) if deed == "back" else None

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """``/canbo``; None for other commands."""
        serves = self.serves(asked.person.address)
        return await self._person(asked, state) if serves and name == "/canbo" else None

    async def handed(self, subject: str, asked: Asked, state: State) -> Turned | None:
        """What Rasa understood as the wish for a person."""
        serves = self.serves(asked.person.address)
        return await self._person(asked, state) if serves and subject == "person" else None

    async def offer(self, asked: Asked, turned: Turned) -> Turned:
        """Put the offer of a person under an answer that was none, when it is not the first of them."""
        if turned.reply.understood is not False or not self.serves(asked.person.address):
            return turned
        before = await self._book.before(asked.person.address)
        if before.failures + 1 < self._terms.after_failures:
            return turned
        rest = tuple(_without_person(m) for m in turned.reply.messages)
        return replace(turned, reply=replace(turned.reply, messages=(*rest, say("talk_offer"))))

    async def _person(self, asked: Asked, state: State) -> Turned:
        address = asked.person.address
        if standing := await self._book.standing(address):
            return _turned(await self.status(standing, address, asked.now), state)
        if state.dossier and (office := await self._offices.of_code(state.dossier)):
            return await self._open(asked, state, office)
        ident, unit = await self._book.last_place(address)
        if ident or unit:
            return await self._open(asked, state, await self._offices.get(ident) if ident else None, unit)
        if not asked.text.startswith(PAYLOADS):
            await self._book.asks(address, mask_numbers(asked.text), asked.now)
        return _turned(say("talk_ask_unit"), state, UNIT)

    async def _place(self, asked: Asked, state: State) -> Turned | None:
        """The answer to "which commune?". What is none goes to the province's queue with the conversation."""
        if phrases.dropped(asked.text):
            return _turned(say("talk_dropped"), state)
        if phrases.skipped(asked.text):
            return await self._open(asked, state)
        for code in codes.find(asked.text, self._profile.today(asked.now)):
            if isinstance(code, codes.DossierCode) and (office := await self._offices.of_code(code.text)):
                return await self._open(asked, replace(state, dossier=code.text), office)
        found = find(self._units, asked.text) if len(words(asked.text)) <= _MOST_WORDS else []
        if len(found) > 1:
            return _turned(wording.which_unit(found), state, UNIT)
        unit = found[0].unit.code if found else None
        return await self._open(asked, state, await self._offices.of_unit(unit) if unit else None, unit)

    async def _open(
        self, asked: Asked, state: State, office: Office | None = None, unit: str | None = None
    ) -> Turned:
        address = asked.person.address
        if await self._book.standing(address) is None and await self._too_many(asked):
            return _turned(say("talk_limited"), state)
        before = await self._book.before(address)
        why = Why.FAILURES if before.failures >= self._terms.after_failures else Why.ASKED
        subject = Subject(office.id if office else None, unit, state.procedure, state.dossier, why)
        standing = await self._book.open(address, subject, asked.now)
        return _turned(await self.status(standing, address, asked.now), state)

    async def _too_many(self, asked: Asked) -> bool:
        """Whether this address, or where it comes from, opens more than people do."""
        own = self._secret.fingerprint("talk", str(asked.person.address))[:32]
        if await self._limits.hit(f"talk:{own}", _DAY, asked.now) > self._terms.opens_per_day:
            return True
        if not asked.person.origin:
            return False
        origin = self._secret.fingerprint("talk-origin", asked.person.origin)[:32]
        return await self._limits.hit(f"talk-origin:{origin}", _HOUR, asked.now) > self._terms.per_origin

    async def status(self, standing: Standing, address: Address, now: dt.datetime) -> Message:
        """How an open conversation stands."""
        office = await self._offices.get(standing.office) if standing.office else None
        name = office.name if office else None
        if standing.stand is Stand.HELD:
            return wording.held(name)
        ahead, phone = await self._book.ahead(standing), await self._book.has_phone(address)
        return wording.opened(name, ahead, self._hours(office), now, phone=phone)

    async def passed_on(self, standing: Standing, address: Address, now: dt.datetime) -> Message:
        """What was written while waiting was passed on."""
        office = await self._offices.get(standing.office) if standing.office else None
        return wording.passed_on(self._hours(office), now, phone=await self._book.has_phone(address))

    def _hours(self, office: Office | None) -> hours.Hours:
        verified = self._profile.office_hours.verified
        return hours.of_office(self._calendar, office.spans if office else None, verified)

    async def _back(self, asked: Asked, state: State) -> Turned:
        await self._book.leave(asked.person.address, asked.now)
        return _turned(say("talk_back"), state)

    async def _ask_phone(self, asked: Asked, state: State) -> Turned:
        if await self._book.standing(asked.person.address) is None:
            return _turned(say("talk_phone_unopened"), state)
        return _turned(say("talk_phone_ask", days=str(self._terms.keep_days)), state, PHONE)

    async def _phone(self, asked: Asked, state: State) -> Turned | None:
        if phrases.dropped(asked.text):
            return _turned(say("talk_phone_dropped"), state)
        if number := phrases.phone_in(asked.text):
            kept = await self._book.leave_phone(asked.person.address, number, asked.now)
            said = say("talk_phone_kept" if kept else "talk_phone_unopened")
            return replace(_turned(said, state), secret=True)
        wrong = replace(_turned(say("talk_phone_wrong"), state, PHONE), secret=True)
        return wrong if answers_phone(asked.text) else None


def answers_phone(text: str) -> bool:
    """Whether a message is an answer to the question for a telephone number, and not about something else."""
    number = re.search(r"\d", text) is not None and len(words(text)) <= _MOST_WORDS
    return number or phrases.dropped(text) or phrases.phone_in(text) is not None


def _turned(message: Message, state: State, expecting: str | None = None) -> Turned:
    reply = Reply((message,), intent=INTENT, confidence=1.0, understood=None, how=How("handed"))
    return Turned(reply, state.procedure, state.dossier, expecting)


def _without_person(message: Message) -> Message:
    return replace(message, buttons=tuple(b for b in message.buttons if b.payload != "person"))
