"""The conversation about one message: why it came, and whether the province sent it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from core.dossiers.desk.said import Asked, Said, say
from core.limits import HOUR, Counters
from core.profile import Profile
from core.reminders import check_code, why_wording
from core.reminders.check_code import Typed
from core.reminders.sent import SentBook
from core.secret import Secret

TRIES = 20  # wrong codes an hour, for one address
PER_ORIGIN = 20  # people's worth of tries that one network address may make
_RECENT = dt.timedelta(days=60)
_SHOWN = 3


class Why:
    """Answers about messages that were sent to the person who asks, and about nobody else's."""

    def __init__(self, sent: SentBook, counters: Counters, secret: Secret, profile: Profile) -> None:
        self._sent, self._counters, self._secret = sent, counters, secret
        self._timetable, self._zone = profile.reminders, ZoneInfo(profile.timezone)

    async def why(self, asked: Asked, check: str = "") -> Said:
        """Why a message came: that with the code, else the last one."""
        address = asked.person.address
        if check:
            found = await self._sent.by_check(address, (check.upper(),))
        else:
            found = await self._sent.last(address, asked.now - _RECENT)
        if found is None:
            return Said((say("remind_why_none"),), asked.dossier)
        consent = await self._sent.consent(address, found.subject)
        steps = await self._sent.steps(found)
        message = why_wording.why(found, consent, steps, self._timetable, self._zone)
        return Said((message,), asked.dossier)

    async def check(self, asked: Asked, typed: Typed) -> Said | None:
        """Whether the province sent a message with this code to this person; None when no code was meant."""
        if not typed.whole:
            return Said((say("check_bad"),), asked.dossier)
        keys = self._keys(asked)
        for key, times in keys:
            if await self._counters.hit(key, HOUR, asked.now) > TRIES * times:
                return Said((say("check_locked"),), asked.dossier) if typed.sure else None
        found = await self._sent.by_check(asked.person.address, check_code.readings(typed.code))
        if found is not None or not typed.sure:
            for key, _ in keys:
                await self._counters.take_back(key)
        if found is not None:
            return Said((why_wording.genuine(found, self._zone),), asked.dossier)
        if not typed.sure:
            return None
        return Said((say("check_unknown", typed.code),), asked.dossier)

    async def genuine(self, asked: Asked) -> Said:
        """Somebody asks whether a message is real without saying which: those that are."""
        found = await self._sent.newest(asked.person.address, _SHOWN)
        if not found:
            return Said((say("remind_why_none"), say("check_ask")), asked.dossier)
        return Said((why_wording.newest(found, self._zone),), asked.dossier)

    def _keys(self, asked: Asked) -> list[tuple[str, int]]:
        """What to count by, each with how many people it may stand for."""
        person = asked.person
        keys = [(f"check:{self._secret.fingerprint('who', str(person.address))}", 1)]
        if person.origin:
            keys.append((f"check:{self._secret.fingerprint('origin', person.origin)}", PER_ORIGIN))
        return keys
