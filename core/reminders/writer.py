"""Writes a message when its hour has come: whether it is still true and wanted, and what this person may read.

A state that was last seen too long ago is looked at once more before anybody is reminded of it; a portal that
does not answer delays a reminder, and in the end the last known state is told with its time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from core.dossiers.rights import Rights
from core.dossiers.shown import Shown
from core.dossiers.snapshots import Snapshot, Snapshots
from core.messages import Address, Message
from core.profile import Profile
from core.reminders import rules
from core.reminders.contract import Drop, Later, Notices
from core.reminders.hours import allowed_at
from core.reminders.model import Kind, Outgoing, Wishes
from core.reminders.watch import Standing, Watch
from core.reminders.wording import compose

FRESH = dt.timedelta(hours=1)  # a state seen within it is not asked for again before a reminder
LOOK = dt.timedelta(minutes=1)  # what a look that was asked for is given to come back
AWAY = dt.timedelta(minutes=30)  # between tries while the portal does not answer
TOLD_ANYWAY = dt.timedelta(hours=24)  # an older state than this is not told to anybody unasked


class Wished(Protocol):
    """Whoever knows what a person chose."""

    async def get(self, address: Address) -> Wishes:
        """What holds for the person; the defaults when they never chose."""
        ...


class Writer:
    """Keeps :class:`core.reminders.contract.Writer`. Errors of the database are raised as they are.

    Args:
        simulated: whether the portals are the simulated ones: every message then says so.
        notices: writes notices that have no text of their own in the outbox.
    """

    def __init__(
        self,
        wishes: Wished,
        watch: Watch,
        snapshots: Snapshots,
        rights: Rights,
        profile: Profile,
        clock: Callable[[], dt.datetime],
        *,
        simulated: bool = False,
        notices: Notices | None = None,
    ) -> None:
        self._notices = notices
        self._wishes, self._watch, self._snapshots = wishes, watch, snapshots
        self._rights, self._profile, self._clock = rights, profile, clock
        self._calendar, self._simulated = profile.calendar(), simulated

    async def write(self, outgoing: Outgoing) -> Message | Drop | Later:
        """The message as it is true now, or why not."""
        address, now = Address.parse(outgoing.address), self._clock()
        wishes = await self._wishes.get(address)
        at_once, timetable = outgoing.lane == 0, self._profile.reminders
        allowed = allowed_at(outgoing.kind, at_once, now, wishes, self._calendar, timetable)
        if allowed is None:
            return Drop("unwanted")
        if allowed > now:
            return Later(allowed, "hours")
        if outgoing.body is not None:
            return Message.from_dict(outgoing.body)
        if outgoing.kind is Kind.NOTICE:
            return await self._notices.notice(outgoing) if self._notices else Drop("no_text")
        return await self._reminder(outgoing, address, now)

    async def _reminder(
        self, outgoing: Outgoing, address: Address, now: dt.datetime
    ) -> Message | Drop | Later:
        standing = await self._watch.standing(outgoing.subject)
        snapshot = await self._snapshots.get(outgoing.subject)
        if standing is None:
            return Drop("unfollowed")
        stale = snapshot is None or now - snapshot.fetched_at > FRESH
        if stale and (wait := await self._looked(outgoing, standing, snapshot, now)):
            return wait
        if snapshot is None or snapshot.view is None:
            return Later(now + AWAY, "unknown_state")
        calendar, timetable = self._calendar, self._profile.reminders
        watched = rules.seen(standing.watched, snapshot.view, now)
        if reason := rules.still_true(
            outgoing.kind, outgoing.occasion, snapshot.view, watched, now, calendar, timetable
        ):
            return Drop(reason)
        return await self._said(outgoing, address, snapshot, now, stale=stale)

    async def _looked(
        self, outgoing: Outgoing, standing: Standing, snapshot: Snapshot | None, now: dt.datetime
    ) -> Later | None:
        """Ask for a look before telling an old state; None where the portal was asked in vain and it will do."""
        if standing.watched.failures == 0 or standing.next_at <= now:
            await self._watch.hint([outgoing.subject], now)
            return Later(now + LOOK, "looking")
        if snapshot is None or now - snapshot.fetched_at > TOLD_ANYWAY:
            return Later(now + AWAY, "portal_away")
        return None

    async def _said(
        self, outgoing: Outgoing, address: Address, snapshot: Snapshot, now: dt.datetime, *, stale: bool
    ) -> Message | Drop:
        shown = await self._shown(outgoing, address, snapshot, now, stale=stale)
        if shown is None:
            return Drop("unfollowed")
        kind, check, profile = outgoing.kind, outgoing.check, self._profile
        said = compose(kind, outgoing.occasion, shown, check, profile.reminders, profile.portal)
        if said is None:
            return Drop("not_open")
        if outgoing.unknowns:
            said = replace(said, text=f"(Có thể anh/chị đã nhận tin này.)\n{said.text}")
        return profile.fill(said)

    async def shown(self, outgoing: Outgoing) -> Shown | None:
        """The dossier as the address may see it now, as last seen; None when there is none, or none of theirs."""
        now, snapshot = self._clock(), await self._snapshots.get(outgoing.subject)
        if snapshot is None or snapshot.view is None:
            return None
        stale = now - snapshot.fetched_at > FRESH
        return await self._shown(outgoing, Address.parse(outgoing.address), snapshot, now, stale=stale)

    async def _shown(
        self, outgoing: Outgoing, address: Address, snapshot: Snapshot, now: dt.datetime, *, stale: bool
    ) -> Shown | None:
        person = await self._rights.of(address, outgoing.subject, now)
        if person.label is None:
            return None
        profile = self._profile
        assert snapshot.view is not None
        return Shown(
            view=snapshot.view,
            level="code" if person.level == "code" else "proved",
            due_allowed="due" in profile.dossiers.by_code,
            now=now,
            calendar=self._calendar,
            fetched_at=snapshot.fetched_at,
            stale=stale,
            simulated=self._simulated,
            label=person.label,
            hours_verified=profile.office_hours.verified,
        )
