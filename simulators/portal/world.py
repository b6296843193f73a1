"""The memory of one simulated portal: its clock, its dossiers, who is signed in, what goes wrong next."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.dossiers.model import Status
from simulators.portal import dossiers, lifecycle, register, states, working
from simulators.portal.dossiers import Dossier
from simulators.portal.failures import Failures
from simulators.portal.pushing import Pushing
from simulators.portal.states import Change, State
from simulators.portal.working import QuickCalendar

DAYS = 125  # working days with dossiers at start: 125 × 16 = 2,000
SESSION_SECONDS = 30 * 60  # a DVCQG session
TOKEN_SECONDS = 300  # an iGate token
_DAY = re.compile(r"-(\d{6}|\d{8})-\d+$")


def real_time() -> dt.datetime:
    """The moment outside the simulation."""
    return dt.datetime.now(dt.UTC)


@dataclass
class World:
    """One portal.

    Args:
        seed: decides every dossier.
        offset: the simulated clock is ahead of real time by this much.
        real: real time; ``monotonic``: seconds, by which sessions and tokens grow old.
        dstcode, username, password: what the DVCQG exchange accepts.
        client, secret: what the iGate token endpoint accepts.
        pushing: who is told at once when a dossier is changed from outside.
    """

    seed: int = 1
    offset: dt.timedelta = dt.timedelta()
    real: Callable[[], dt.datetime] = real_time
    monotonic: Callable[[], float] = time.monotonic
    dstcode: str = "VN:GOV:H15:motcua"
    username: str = "motcua"
    password: str = "motcua-mo-phong"  # noqa: S105 - of the simulator only
    client: str = "motcua"
    secret: str = "motcua-mo-phong"  # noqa: S105
    calendar: QuickCalendar = working.PROVINCE
    register: register.Register = field(default_factory=register.shipped)
    failures: Failures = field(default_factory=Failures)
    calls: Counter[str] = field(default_factory=Counter)
    sessions: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    synced: dict[str, dict[str, Any]] = field(default_factory=dict)
    pushing: Pushing = field(default_factory=lambda: Pushing(real_time))

    def __post_init__(self) -> None:
        self._days: dict[dt.date, dict[str, Dossier]] = {}
        self._plans: dict[str, tuple[lifecycle.Event, ...]] = {}
        self._first = self._oldest()

    def now(self) -> dt.datetime:
        """The simulated moment, in the province's zone."""
        return (self.real() + self.offset).astimezone(self.calendar.zone)

    def set_clock(self, now: dt.datetime) -> None:
        """Make it ``now``; a moment without zone is meant in the province's. The past grows with it."""
        known = now if now.tzinfo else now.replace(tzinfo=self.calendar.zone)
        self.offset = known - self.real()
        self._first = min(self._first, self._oldest())

    def advance(self, hours: float = 0.0, working_hours: float = 0.0) -> None:
        """Move the clock by hours, then by hours in which offices are open."""
        now = self.now() + dt.timedelta(hours=hours)
        if working_hours > 0:
            now = self.calendar.add(now, dt.timedelta(hours=working_hours))
        self.set_clock(now)

    def codes(self) -> Iterator[str]:
        """The codes of everything handed in so far, oldest first."""
        return (dossier.code for dossier in self.dossiers())

    def dossiers(self) -> Iterator[Dossier]:
        """Everything handed in so far, oldest first; exactly 2,000 at start."""
        return (d for day in self._handed_in_days() for d in self._of(day).values() if self._exists(d))

    def newest(self) -> Iterator[Dossier]:
        """The same, newest first; days are made only as they are reached."""
        days = reversed(self._handed_in_days())
        return (d for day in days for d in reversed(self._of(day).values()) if self._exists(d))

    def find(self, code: str) -> Dossier | None:
        """The dossier with this code, whatever its letters' case, once it is handed in."""
        day = _day_of(code)
        if not (day and self._first[0] <= day <= self.now().date()):
            return None
        dossier = self._of(day).get(code.strip().upper())
        return dossier if dossier and self._exists(dossier) else None

    def find_id(self, ident: str) -> Dossier | None:
        """The dossier with this iGate id."""
        day = _day(ident[4:10]) if re.fullmatch(r"[0-9a-f]{24}", ident) else None
        if not (day and self._first[0] <= day <= self.now().date()):
            return None
        return next((d for d in self._of(day).values() if d.ident == ident and self._exists(d)), None)

    def state(self, dossier: Dossier) -> State:
        """A dossier now. Only for dossiers already handed in."""
        changes = self.changes.get(dossier.code, ())
        found = states.state(dossier, self._plan(dossier), changes, self.now(), self.calendar)
        assert found is not None
        return found

    def other(self, code: str) -> str:
        """The code of some other dossier."""
        newest = [d.code for d in self._of(self._newest_full_day()).values()]
        return next(c for c in newest if c.upper() != code.strip().upper())

    def change(self, dossier: Dossier, status: Status, note: str = "") -> None:
        """From now on the dossier has this status, and nothing that was planned happens any more."""
        event = states.made(self.state(dossier), status, self.now(), note, self.calendar)
        self.record(dossier, Change(event.at, event))

    def pay(self, dossier: Dossier) -> None:
        """The fees are paid now; a dossier that waited for it goes on as planned, only earlier."""
        self.record(dossier, Change(self.now()))

    def record(self, dossier: Dossier, change: Change) -> None:
        """Keep something done from outside, in order of time."""
        changes = self.changes.setdefault(dossier.code, [])
        changes.append(change)
        changes.sort(key=lambda c: c.at)

    def open_session(self) -> str:
        """A new DVCQG session."""
        return self._open(self.sessions, SESSION_SECONDS)

    def open_token(self) -> str:
        """A new iGate token."""
        return self._open(self.tokens, TOKEN_SECONDS)

    def signed_in(self, among: dict[str, float], name: str) -> bool:
        """Whether this session or token is valid now."""
        return self.monotonic() < among.get(name, float("-inf"))

    def expire(self) -> None:
        """Nobody is signed in any more."""
        self.sessions.clear()
        self.tokens.clear()

    def _open(self, among: dict[str, float], seconds: float) -> str:
        name = secrets.token_hex(16)
        among[name] = self.monotonic() + seconds
        return name

    def _plan(self, dossier: Dossier) -> tuple[lifecycle.Event, ...]:
        if dossier.code not in self._plans:
            self._plans[dossier.code] = lifecycle.plan(dossier, self.calendar)
        return self._plans[dossier.code]

    def _of(self, day: dt.date) -> dict[str, Dossier]:
        if day not in self._days:
            made = dossiers.of_day(self.seed, day, self.register, self.calendar)
            self._days[day] = {d.code: d for d in made}
        return self._days[day]

    def _handed_in_days(self) -> list[dt.date]:
        first = self._first[0]
        return [first + dt.timedelta(n) for n in range((self.now().date() - first).days + 1)]

    def _exists(self, dossier: Dossier) -> bool:
        return (dossier.day, dossier.number) >= self._first and dossier.handed_in <= self.now()

    def _newest_full_day(self) -> dt.date:
        return self.calendar.add_days(self.now().date(), -1)

    def _oldest(self) -> tuple[dt.date, int]:
        """Day and number of the oldest of the latest 2,000: as many fewer of that day as came in today."""
        now = self.now()
        today = sum(d.handed_in <= now for d in self._of(now.date()).values())
        return self.calendar.add_days(now.date(), -DAYS), today + 1


def _day_of(code: str) -> dt.date | None:
    match = _DAY.search(code.strip())
    return _day(match[1]) if match else None


def _day(digits: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(digits[-6:], "%y%m%d").date()
    except ValueError:
        return None
