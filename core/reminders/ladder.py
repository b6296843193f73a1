"""The ladder: every way to a person, the cheapest first, until one of them gets through.

The address a message is for: free, then charged, then a paid template. Then the person's other addresses in
their order of preference: free, then paid. Then the counter is asked to phone. Each step is a row of the ledger.

A refusal that passes by itself is waited for; one with a date (the night, a quota until tomorrow or next month)
lets the other ways be tried first. What may have arrived ends the climb: nobody is told twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from core.errors import SendError
from core.messages import Address, Message
from core.reminders import tasks
from core.reminders.contract import Later, Outcome, Step
from core.reminders.model import Kind, Outgoing
from core.reminders.reach import decide, pause_for
from core.reminders.values import values
from core.reminders.ways import Climb, Means, Parts, Windows

log = structlog.get_logger()
WAIT = dt.timedelta(minutes=1)  # until another address of the same person is looked at again


class Ladder:
    """Reach (see ``core.reminders.contract``) by every way there is."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def reach(self, outgoing: Outgoing, message: Message) -> Outcome:
        """Climb. Raises what the database and mistakes of ours raise."""
        parts, own = self._parts, Address.parse(outgoing.address)
        others = await parts.links.linked(own)
        if others:
            standing = await parts.twins.standing(outgoing, others)
            if standing == "told":
                return Outcome("dropped", "told_elsewhere", counts=False)
            if standing == "under_way":
                return Outcome("pending", "told_elsewhere_soon", parts.clock() + WAIT, counts=False)
            others = await parts.twins.reachable([o for o in others if o.channel in parts.senders])
        climb = Climb(outgoing, own, message, others)
        if outgoing.gone:
            climb.lost.add(own)
            climb.reason = "gone_before"
        for address, means in climb.ways():
            if address not in climb.lost and (ended := await self._try(climb, address, means)):
                return climb.end(ended)
        return await self._unreached(climb)

    async def _try(self, climb: Climb, address: Address, means: Means) -> Outcome | None:
        """One way; None when the next is to be tried."""
        if not await self._open(climb, address, means):
            return None
        if means == "template":
            return await self._template(climb, address)
        message: object = climb.message
        if address != climb.own:
            message = await self._parts.writer.write(replace(climb.outgoing, address=str(address)))
        if isinstance(message, Later):
            climb.later(Outcome("pending", message.reason, message.at, counts=False))
        if not isinstance(message, Message):
            climb.lost.add(address)  # they may not be told this there, or do not wish it now
            return None
        price = self._parts.costs.charged_price if means == "charged" else 0
        step = means if address == climb.own or price else "other"
        send = self._parts.senders[address.channel].send
        return await self._pay(climb, step, address, price, lambda: send(address, message))

    async def _template(self, climb: Climb, address: Address) -> Outcome | None:
        templates = self._parts.paid[address.channel].templates
        if templates is None or climb.outgoing.kind is Kind.NOTICE:
            return None
        mine = replace(climb.outgoing, address=str(address))
        price = await templates.price(mine.kind)
        shown = await self._parts.showing.shown(mine) if price is not None else None
        if price is None or shown is None:
            return None
        if address != climb.own and not isinstance(await self._parts.writer.write(mine), Message):
            return None
        filled = values(mine, shown)
        return await self._pay(
            climb, "template", address, price, lambda: templates.send(address, mine.kind, filled)
        )

    async def _open(self, climb: Climb, address: Address, means: Means) -> bool:
        """Whether this way is there at all, now."""
        paid = self._parts.paid.get(address.channel)
        if paid is None:
            return means == "free"
        if address not in climb.cost:
            climb.cost[address] = await self._cost(climb, address, paid.windows)
        if address in climb.lost:
            return False
        if means == "charged":
            return self._parts.costs.charged and climb.cost[address] == "charged"
        return means == "template" or climb.cost[address] == "free"

    async def _cost(self, climb: Climb, address: Address, windows: Windows) -> str:
        """As we know it; the platform is asked where we would not write for free."""
        known = (await windows.standing(address, ask=False)).cost
        if known == "free":
            return known
        try:
            return (await windows.standing(address)).cost
        except SendError as error:
            if error.gone:
                climb.lost.add(address)
                climb.reason = str(error)[:80]
                climb.steps.append(Step(self._named(climb, address), str(address), "gone", climb.reason))
            return known

    async def _pay(
        self, climb: Climb, step: str, address: Address, price: int, send: Callable[[], Awaitable[None]]
    ) -> Outcome | None:
        """Send, when there is money for it; what was not charged is given back."""
        parts = self._parts
        month = await parts.purse.take(price) if price else None
        if price and month is None:
            await self._too_dear()
            return None
        try:
            outcome, error = await self._send(climb, send)
        except Exception:  # a mistake of ours; a send that took too long is cancelled, and may be charged
            if month is not None:
                await parts.purse.give_back(month, price)
            raise
        costs = price if outcome.state in ("sent", "unknown") else 0
        if month is not None and not costs:
            await parts.purse.give_back(month, price)
        said = "again" if outcome.state == "pending" else outcome.state
        climb.steps.append(Step(step, str(address), said, outcome.reason, costs))
        if error is not None:
            await pause_for(parts.pace, address.channel, error, parts.clock())
        return self._next(climb, address, outcome, error)

    async def _send(
        self, climb: Climb, send: Callable[[], Awaitable[None]]
    ) -> tuple[Outcome, SendError | None]:
        try:
            await send()
        except SendError as error:
            return decide(error, climb.outgoing, self._parts.clock()), error
        return Outcome("sent"), None

    def _next(
        self, climb: Climb, address: Address, outcome: Outcome, error: SendError | None
    ) -> Outcome | None:
        """The end of the climb, or None to go on."""
        if outcome.state in ("sent", "unknown"):
            return outcome
        climb.reason = outcome.reason or climb.reason
        if outcome.state == "gone":
            climb.lost.add(address)
        if outcome.state != "pending":
            return None
        if error is not None and error.not_before is None and not error.configuration:
            return outcome
        climb.later(outcome)
        return None

    async def _unreached(self, climb: Climb) -> Outcome:
        """Nothing got through: wait for what passes in time, else ask the counter to phone.

        The row is ``failed``, not ``gone``: what else waits for the address climbs too, up to the counter.
        """
        outgoing, wait = climb.outgoing, climb.wait
        if wait is not None and wait.retry_at is not None and wait.retry_at < outgoing.expires_at:
            return climb.end(wait)
        if outgoing.kind in self._parts.costs.phone:
            shown = await self._parts.showing.shown(outgoing)
            if shown is not None and shown.proved:  # a stranger's follow is no reason to phone the owner
                now = self._parts.clock()
                task = tasks.phone(
                    outgoing.subject, outgoing.kind, outgoing.occasion, shown.facts.agency, now
                )
                await self._parts.tasks.add(task)
                climb.steps.append(Step("counter", outgoing.address, "tasked", climb.reason))
        return climb.end(Outcome("failed", climb.reason))

    async def _too_dear(self) -> None:
        """Paid steps are skipped; staff are told once a month. Without a ceiling nobody expects any."""
        purse = self._parts.purse
        if purse.ceiling and await self._parts.tasks.add(tasks.ceiling(purse.month, self._parts.clock())):
            log.error("reminder_money_used_up", month=purse.month, ceiling=purse.ceiling)

    def _named(self, climb: Climb, address: Address) -> str:
        return "free" if address == climb.own else "other"
