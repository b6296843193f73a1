"""From what somebody writes or presses about our messages to the answer. Needs no Rasa."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from core.dossiers.desk.said import Asked, Said, say
from core.messages import Address, Button, Message
from core.profile import Profile
from core.reminders import check_code, phrases, times, wish_wording
from core.reminders.hours import meeting
from core.reminders.model import Kind, Wishes
from core.reminders.phrases import Wanted
from core.reminders.rating import Rating
from core.reminders.sent import SentBook
from core.reminders.times import Hours
from core.reminders.timetable import Span
from core.reminders.why import Why
from core.reminders.wishes import WishBook
from core.reminders.wording import TITLES

RECENT = dt.timedelta(days=1)  # how long "thôi" and "phiền quá" are about the message that came
_LEAST = dt.timedelta(minutes=15)  # of the province's day that a person's hours have to leave


class ReminderDesk:
    """Answers what is about our messages and leaves everything else (None) to others.

    Args:
        notices: says of which place somebody gets general notices; the menu shows it where there are any.
    """

    def __init__(
        self,
        wishes: WishBook,
        sent: SentBook,
        why: Why,
        rating: Rating,
        profile: Profile,
        notices: Callable[[Address], Awaitable[str | None]] | None = None,
    ) -> None:
        self._wishes, self._sent, self._why, self._rating = wishes, sent, why, rating
        self._notices = notices
        self._profile, self._timetable = profile, profile.reminders
        self._zone = ZoneInfo(profile.timezone)
        self._presses: dict[str, Callable[[Asked, str], Awaitable[Said | None]]] = {
            "menu": lambda a, _: self._menu(a),
            "kinds": lambda a, _: self._kinds(a),
            "hours": self._pick_hours,
            "pause": self._pick_pause,
            "quiet": lambda a, _: self._quiet(a, True),
            "loud": lambda a, _: self._quiet(a, False),
            "stop": lambda a, _: self._stop(a),
            "resume": lambda a, _: self._resume(a),
            "none": lambda a, _: _just(a, "remind_nothing_asked"),
            "on": lambda a, kind: self._turn(a, kind, on=True),
            "off": lambda a, kind: self._turn(a, kind, on=False),
            "why": self._why.why,
            "rate": self._rating.press,
        }

    async def press(self, asked: Asked) -> Said | None:
        """A button of ours; None for other payloads."""
        prefix, _, rest = asked.text.partition(":")
        deed, _, more = rest.partition(":")
        if prefix != "rm" or deed not in self._presses:
            return None
        return await self._presses[deed](asked, more)

    async def command(self, asked: Asked, name: str, rest: str) -> Said | None:
        """``/nhacnho`` and ``/kiemtra``; None for other commands."""
        if name == "/kiemtra":
            typed = check_code.typed(f"kiểm tra {rest}") if rest else None
            answer = await self._why.check(asked, replace(typed, sure=True)) if typed else None
            return answer or Said((say("check_ask"),), asked.dossier)
        if name != "/nhacnho":
            return None
        return (await self.hear(replace(asked, text=f"nhắc {rest}")) if rest else None) or await self._menu(
            asked
        )

    async def hear(self, asked: Asked) -> Said | None:
        """An answer to what was asked, a code to check, a rating, or a wish in words."""
        if said := await self._answered(asked):
            return said
        if (typed := check_code.typed(asked.text)) and (said := await self._why.check(asked, typed)):
            return said
        if said := await self._rating.hear(asked):
            return said
        # What means nothing right after one of our messages means nothing at other times: most messages end here.
        lately = phrases.wanted(asked.text, self._today(asked), recent=True)
        if lately is None:
            return None
        wanted = phrases.wanted(asked.text, self._today(asked)) or (
            lately if await self._recently(asked) else None
        )
        return await self._do(asked, wanted) if wanted else None

    async def _answered(self, asked: Asked) -> Said | None:
        """What was asked for: hours, or until when to pause."""
        if asked.expecting == "rm:hours" and (hours := phrases.hours_answer(asked.text)):
            return await self._set_hours(asked, hours)
        if asked.expecting == "rm:pause" and (until := phrases.pause_answer(asked.text, self._today(asked))):
            return await self._pause(asked, until)
        return None

    async def _do(self, asked: Asked, wanted: Wanted) -> Said | None:
        if wanted.weak:
            return await self._perhaps(asked, wanted)
        if wanted.deed == "stop":
            return await self._stop_or_ask(asked)
        if wanted.deed == "pause":
            return await (self._pause(asked, wanted.until) if wanted.until else self._pick_pause(asked, ""))
        if wanted.deed == "hours" and wanted.hours:
            return await self._set_hours(asked, wanted.hours)
        if wanted.kind:
            return await self._turn(asked, wanted.kind.value, on=wanted.deed == "on")
        if wanted.deed == "genuine":
            return await self._why.genuine(asked)
        if wanted.deed == "this_one":
            return await self._this_one(asked)
        return await self._presses[wanted.deed](asked, "")

    async def _perhaps(self, asked: Asked, wanted: Wanted) -> Said | None:
        """Words that are ours only where they make sense."""
        wishes = await self._wishes.get(asked.person.address)
        if wanted.deed == "resume":
            held = wishes.stopped or (wishes.paused_until and wishes.paused_until > asked.now)
            return await self._resume(asked) if held else None
        if await self._recently(asked):
            return await self._stop(asked)
        ours = not asked.expecting and await self._sent.follows(asked.person.address)
        return Said((say("remind_stop_sure"),), asked.dossier) if ours else None

    async def _stop_or_ask(self, asked: Asked) -> Said:
        """A bare "dừng" may be meant for the question in hand, unless a message of ours has just come."""
        bare = len(asked.text.split()) == 1
        if bare and asked.expecting and not await self._recently(asked):
            return Said((say("remind_stop_sure"),), asked.dossier)
        return await self._stop(asked)

    async def _recently(self, asked: Asked) -> bool:
        return await self._sent.last(asked.person.address, asked.now - RECENT) is not None

    async def _stop(self, asked: Asked) -> Said:
        await self._wishes.stop(asked.person.address, asked.now)
        return Said((say("remind_stopped"),), asked.dossier)

    async def _resume(self, asked: Asked) -> Said:
        await self._wishes.resume(asked.person.address, asked.now)
        return Said((say("remind_resumed"),), asked.dossier)

    async def _menu(self, asked: Asked) -> Said:
        wishes = await self._wishes.get(asked.person.address)
        place = (await self._notices(asked.person.address) or "") if self._notices else None
        menu = wish_wording.menu(wishes, self._timetable, asked.now, self._zone, place)
        return Said((menu,), asked.dossier)

    async def _kinds(self, asked: Asked) -> Said:
        wishes = await self._wishes.get(asked.person.address)
        return Said((wish_wording.kinds(wishes, self._timetable),), asked.dossier)

    async def _turn(self, asked: Asked, name: str, *, on: bool) -> Said | None:
        if name not in set(Kind):
            return None
        kind = Kind(name)
        if not self._timetable.of(kind).enabled:
            return Said((say("remind_not_sent", title=TITLES[kind]),), asked.dossier)
        wishes = await self._wishes.get(asked.person.address)
        off = wishes.off - {kind} if on else wishes.off | {kind}
        await self._wishes.put(asked.person.address, replace(wishes, off=off), asked.now)
        said = say("remind_on" if on else "remind_off", title=TITLES[kind])
        other = Button(f"{'Tắt' if on else 'Bật lại'} “{TITLES[kind]}”", f"rm:{'off' if on else 'on'}:{name}")
        return self._told(asked, replace(said, buttons=(other, Button("Cài đặt nhắc", "rm:menu"))), wishes)

    async def _pick_hours(self, asked: Asked, named: str) -> Said | None:
        """The button for hours: with hours in it, or to be asked for them."""
        if named == "usual":
            return await self._set_hours(asked, Hours())
        if named:
            hours = _named(named)
            return await self._set_hours(asked, hours) if hours else None
        offered = [
            Button(f"{title} ({wish_wording.span_said((hours.first, hours.last))})", f"rm:hours:{part}")
            for part, title in wish_wording.HOURS
            if (hours := _named(part)) and hours.first and hours.last and self._span(hours)
        ]
        buttons = (*offered, Button("Giờ chung của tỉnh", "rm:hours:usual"))
        message = replace(say("remind_hours_ask", span=self._day()), buttons=buttons)
        return Said((message,), asked.dossier, expecting="rm:hours")

    async def _set_hours(self, asked: Asked, hours: Hours) -> Said:
        usual = hours == Hours()
        span = None if usual else self._span(hours)
        if span is None and not usual:
            refused = say("remind_hours_refused", span=self._day())
            return Said((refused,), asked.dossier, expecting="rm:hours")
        wishes = replace(await self._wishes.get(asked.person.address), hours=span)
        await self._wishes.put(asked.person.address, wishes, asked.now)
        wait = wishes.quiet_changes or self._timetable.changes_span
        changes = say("remind_hours_changes_wait" if wait else "remind_hours_changes_now").text
        said = say("remind_hours", hours=self._hours(wishes), changes=changes)
        return self._told(asked, replace(said, buttons=(Button("Cài đặt nhắc", "rm:menu"),)), wishes)

    def _span(self, hours: Hours) -> Span | None:
        """The hours as they are kept; None where they leave too little of the province's day."""
        opens, closes = self._timetable.day_span
        if hours.wrong:
            return None
        span = (hours.first or opens, hours.last or closes)
        if not (hours.first and hours.last) and span[0] >= span[1]:  # "sau 22h"
            return None
        if hours.at and hours.first:
            later = dt.datetime.combine(dt.date.min, hours.first) + dt.timedelta(hours=1)
            span = (hours.first, later.time())
        met = (_length(one) for one in meeting(span, self._timetable.day_span))
        return span if span[0] != span[1] and max(met, default=dt.timedelta()) >= _LEAST else None

    async def _quiet(self, asked: Asked, quiet: bool) -> Said:
        wishes = replace(await self._wishes.get(asked.person.address), quiet_changes=quiet)
        await self._wishes.put(asked.person.address, wishes, asked.now)
        said = say("remind_quiet" if quiet else "remind_loud", hours=self._hours(wishes))
        return self._told(asked, said, wishes)

    async def _pick_pause(self, asked: Asked, named: str) -> Said | None:
        if named:
            days = dt.timedelta(int(named)) if named.isdecimal() and len(named) < 4 else dt.timedelta()
            return await self._pause(asked, self._today(asked) + days)
        buttons = tuple(Button(title, f"rm:pause:{days}") for days, title in wish_wording.PAUSES)
        return Said((replace(say("remind_pause_ask"), buttons=buttons),), asked.dossier, expecting="rm:pause")

    async def _pause(self, asked: Asked, until: dt.date) -> Said:
        today = self._today(asked)
        if not today < until <= today + dt.timedelta(times.MOST_DAYS):
            wrong = say("remind_pause_wrong", days=str(times.MOST_DAYS))
            return Said((wrong,), asked.dossier, expecting="rm:pause")
        begins = dt.datetime.combine(until, dt.time(), self._zone)
        wishes = replace(await self._wishes.get(asked.person.address), paused_until=begins)
        await self._wishes.put(asked.person.address, wishes, asked.now)
        return self._told(asked, say("remind_paused", day=f"{until:%d/%m/%Y}"), wishes)

    async def _this_one(self, asked: Asked) -> Said:
        """Somebody wants no more about one dossier: the one in hand, or of the last message."""
        last = await self._sent.last(asked.person.address, asked.now - RECENT)
        code = last.subject if last and last.kind is not Kind.NOTICE else asked.dossier
        first = (Button(f"Bỏ {code}", f"d:unfollow:{code}"),) if code else ()
        buttons = (*first, Button("Hồ sơ của tôi", "d:mine"), Button("Dừng mọi tin nhắc", "rm:stop"))
        return Said((replace(say("remind_this_one"), buttons=buttons),), code)

    def _told(self, asked: Asked, message: Message, wishes: Wishes) -> Said:
        """A choice was kept; that nothing comes anyway is said too."""
        held = (say("remind_held"),) if wishes.stopped else ()
        return Said((*held, message), asked.dossier)

    def _hours(self, wishes: Wishes) -> str:
        return wish_wording.hours_said(wishes.hours, self._timetable) if wishes.hours else self._day()

    def _day(self) -> str:
        return wish_wording.span_said(self._timetable.day_span)

    def _today(self, asked: Asked) -> dt.date:
        return self._profile.today(asked.now)


def _named(part: str) -> Hours | None:
    """The hours of a button: ``0730-1130``."""
    first, _, last = part.partition("-")
    try:
        return Hours(dt.time.fromisoformat(first), dt.time.fromisoformat(last))
    except ValueError:
        return None


def _length(span: Span) -> dt.timedelta:
    return dt.datetime.combine(dt.date.min, span[1]) - dt.datetime.combine(dt.date.min, span[0])


async def _just(asked: Asked, name: str) -> Said:
    return Said((say(name),), asked.dossier)
