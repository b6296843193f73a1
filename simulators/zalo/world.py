"""The memory of one simulated Zalo: a clock, an OA, a bot, people, what was sent and what goes wrong next."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Literal

from simulators.zalo.bot import Bot
from simulators.zalo.clock import Clock, Ids
from simulators.zalo.failures import Call, Failures
from simulators.zalo.hooks import Hooks, Identity
from simulators.zalo.media import Media
from simulators.zalo.people import People, Person
from simulators.zalo.refusals import Refusal
from simulators.zalo.switches import Switches
from simulators.zalo.templates import Zbs
from simulators.zalo.tokens import Tokens

FREE = dt.timedelta(hours=48)
CHARGED = dt.timedelta(days=7)
Channel = Literal["oa", "uid_template", "template"]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message Zalo accepted.

    Args:
        to: a user id; a phone for ``template``.
        message: the consultation message as it came, or ``template_id`` and ``template_data``.
        charged: whether it costs.
    """

    channel: Channel
    id: str
    to: str
    message: dict[str, Any]
    at: dt.datetime
    charged: bool = False

    @property
    def text(self) -> str:
        """The text, empty for messages without."""
        return str(self.message.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons below it."""
        payload = self.message.get("attachment", {}).get("payload", {})
        return list(payload.get("buttons", []))


@dataclass
class World:
    """One Zalo.

    Args:
        rate_limit: calls a minute of the application; ``oa_quota``: sends of the OA; None for no end.
    """

    clock: Clock = field(default_factory=Clock)
    switches: Switches = field(default_factory=Switches)
    identity: Identity = field(default_factory=Identity)
    rate_limit: int = 4000
    oa_quota: int | None = None
    failures: Failures = field(default_factory=Failures)
    calls: list[Call] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = Ids()
        self.tokens = Tokens(self.clock, self.switches)
        self.media = Media(self.clock, self.ids)
        self.hooks = Hooks(self.clock, self.switches, self.identity)
        self.people = People(self.clock, self.ids, self.hooks, self.media)
        self.zbs = Zbs(self.clock)
        self.bot = Bot(self.clock, self.ids, self.media, self.switches)
        self._minute: deque[dt.datetime] = deque()

    def texts(self, user: Person | str) -> list[str]:
        """What was written to one person by the OA, in order."""
        ident = user if isinstance(user, str) else user.id
        return [s.text for s in self.sent if s.to == ident and s.channel == "oa"]

    def counts(self) -> Counter[str]:
        """How often each method was called: ``oa.cs``, ``oauth.token`` …"""
        return Counter(call.name for call in self.calls)

    async def push(self, width: int = 1) -> int:
        """Post all events that are due to the webhooks of the OA and of the bot."""
        return await self.hooks.push(width) + await self.bot.push(self.hooks.client, self.hooks.seconds)

    def count_request(self) -> int:
        """One more request of the application; gives how many remain in this minute. Raises -32."""
        now = self.clock.now()
        while self._minute and now - self._minute[0] >= dt.timedelta(minutes=1):
            self._minute.popleft()
        if len(self._minute) >= self.rate_limit:
            raise Refusal(-32)
        self._minute.append(now)
        return self.rate_limit - len(self._minute)

    def remain(self) -> int:
        """Requests left in this minute."""
        return max(0, self.rate_limit - len(self._minute))

    def recipient(self, ident: str) -> Person:
        """Somebody who can be sent to at all. Raises Refusal."""
        person = self.people.known.get(ident)
        if person is None:
            raise Refusal(-201, "user_id is invalid")
        if person.banned or person.dormant:
            raise Refusal(-227)
        if person.blocked:
            raise Refusal(-217)
        if person.restricted:
            raise Refusal(-244)
        return person

    def spend(self, person: Person) -> bool:
        """Take one consultation message from the windows and quotas; whether it is charged. Raises Refusal.

        Free for 48 hours after the person's last interaction, charged to 7 days, then refused.
        """
        if person.last_interaction is None:
            raise Refusal(-232)
        since = self.clock.now() - person.last_interaction
        if since > CHARGED:
            raise Refusal(-230)
        if not person.follows and self.switches.followers_only:
            raise Refusal(-213)
        charged = since > FREE
        if not charged and person.free_left is not None and person.free_left <= 0:
            raise Refusal(-218)
        self.spend_quota()
        if not charged and person.free_left is not None:
            person.free_left -= 1
        return charged

    def spend_quota(self) -> None:
        """Take one send from the quota of the OA. Raises -211."""
        if self.oa_quota is not None:
            if self.oa_quota <= 0:
                raise Refusal(-211)
            self.oa_quota -= 1

    def keep(self, channel: Channel, to: str, message: dict[str, Any], charged: bool = False) -> Sent:
        """An accepted message."""
        sent = Sent(channel, self.ids.hexadecimal(), to, message, self.clock.now(), charged)
        self.sent.append(sent)
        return sent
