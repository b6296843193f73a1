"""Which addresses belong together: linking after a typed code, parting, and who is linked with whom."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import aliased

from core.db.tables import ConsentRow, LinkCodeRow, LinkRow
from core.messages import Address
from core.people.model import Linked, Member
from core.profile import Linking

WORDING = "2026-11"  # which text of the consent was shown; a new text gets a new name
_PURPOSE = "link"


class Links:
    """Reads and writes links."""

    def __init__(self, engine: AsyncEngine, rules: Linking) -> None:
        self._engine, self._rules = engine, rules
        self._postgres = engine.dialect.name == "postgresql"

    async def members(self, address: Address) -> list[Member]:
        """The other addresses of the person, the best to reach them by first; empty without a link."""
        async with AsyncSession(self._engine) as session:
            rows = await _group(session, str(address))
        found = [Member(Address.parse(r.address), r.since) for r in rows if r.address != str(address)]
        return sorted(found, key=self._order)

    async def linked(self, address: Address) -> tuple[Address, ...]:
        """The other addresses of the person, in the order of the profile's preference."""
        return tuple(member.address for member in await self.members(address))

    async def everyone(self, addresses: Sequence[Address]) -> dict[Address, tuple[Address, ...]]:
        """For each address all addresses of its person, itself among them, the best to reach them by first."""
        me, other = aliased(LinkRow), aliased(LinkRow)
        query = (
            select(me.address.label("of"), other.address, other.since)
            .join(other, other.person == me.person)
            .where(me.address.in_([str(address) for address in addresses]))
        )
        found: dict[Address, list[Member]] = {}
        async with AsyncSession(self._engine) as session:
            for row in await session.execute(query):
                member = Member(Address.parse(row.address), row.since)
                found.setdefault(Address.parse(row.of), []).append(member)
        return {
            address: tuple(m.address for m in sorted(found[address], key=self._order))
            if address in found
            else (address,)
            for address in addresses
        }

    async def room(self, *addresses: Address) -> Literal["free", "together", "full"]:
        """Whether the addresses could be linked: one more than they are for a single address."""
        async with AsyncSession(self._engine) as session:
            groups = [await _all(session, str(address)) for address in addresses]
        together = set().union(*groups)
        if len(addresses) > 1 and len(groups[0]) == len(together):
            return "together"
        wanted = len(together) + (1 if len(addresses) == 1 else 0)
        return "full" if wanted > self._rules.most else "free"

    async def confirm(self, address: Address, now: dt.datetime) -> Linked | Literal["gone", "full"]:
        """Link this address, and what is linked with it, with the owner of the code it typed.

        Confirming again gives the same answer, so that a message answered twice does no harm.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            await self._alone(session)
            used = await self._use(session, address, now)
            if used is None:
                return await self._confirmed(session, address, now) or "gone"
            theirs, ours = await _all(session, used.address), await _all(session, str(address))
            if len(theirs | ours) > self._rules.most:
                return "full"
            await _join(session, used.address, ours - theirs, now)
            for one in (used.address, str(address)):
                session.add(ConsentRow(address=one, purpose=_PURPOSE, wording=WORDING, given_at=now))
            return Linked(used.id, Address.parse(used.address), _parsed(theirs | ours))

    async def part(self, leaving: Address, now: dt.datetime) -> tuple[Address, ...]:
        """Take an address out of its person; gives those it was linked with. One alone is no group."""
        async with AsyncSession(self._engine) as session, session.begin():
            await self._alone(session)
            stay = await _all(session, str(leaving)) - {str(leaving)}
            ended = {str(leaving)} | (stay if len(stay) == 1 else set())
            await session.execute(delete(LinkRow).where(LinkRow.address.in_(ended)))
            await session.execute(
                update(ConsentRow)
                .where(
                    ConsentRow.address.in_(ended),
                    ConsentRow.purpose == _PURPOSE,
                    ConsentRow.withdrawn_at.is_(None),
                )
                .values(withdrawn_at=now)
            )
        return tuple(sorted(_parsed(stay), key=self._rank))

    async def _alone(self, session: AsyncSession) -> None:
        """Nobody else links meanwhile: two at once could make a person larger than allowed.

        On SQLite the first write of the transaction does it, which comes before anything is read.
        """
        if self._postgres:
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("person_link"))))
        else:
            await session.execute(delete(LinkRow).where(LinkRow.address == ""))

    async def _use(self, session: AsyncSession, address: Address, now: dt.datetime) -> LinkCodeRow | None:
        last = (
            select(func.max(LinkCodeRow.id))
            .where(
                LinkCodeRow.claimant == str(address),
                LinkCodeRow.used_at.is_(None),
                LinkCodeRow.expires_at > now,
            )
            .scalar_subquery()
        )
        statement = update(LinkCodeRow).where(LinkCodeRow.id == last).values(used_at=now)
        return (await session.execute(statement.returning(LinkCodeRow))).scalar_one_or_none()

    async def _confirmed(self, session: AsyncSession, address: Address, now: dt.datetime) -> Linked | None:
        """The link this address confirmed a moment ago, while it lasts."""
        moment_ago = now - dt.timedelta(minutes=self._rules.confirm_minutes)
        query = select(LinkCodeRow).where(
            LinkCodeRow.claimant == str(address), LinkCodeRow.used_at > moment_ago
        )
        used = (await session.scalars(query.order_by(LinkCodeRow.id.desc()).limit(1))).first()
        everyone = await _all(session, str(address))
        if used is None or used.address not in everyone:
            return None
        return Linked(used.id, Address.parse(used.address), _parsed(everyone))

    def _order(self, member: Member) -> tuple[int, dt.datetime, str]:
        return self._rank(member.address), member.since, member.address.id

    def _rank(self, address: Address) -> int:
        preferred = self._rules.preferred
        return preferred.index(address.channel) if address.channel in preferred else len(preferred)


async def _group(session: AsyncSession, address: str) -> Sequence[LinkRow]:
    """The rows of the person an address belongs to."""
    person = select(LinkRow.person).where(LinkRow.address == address).scalar_subquery()
    return (await session.scalars(select(LinkRow).where(LinkRow.person == person))).all()


async def _all(session: AsyncSession, address: str) -> set[str]:
    """All addresses of a person, the given one in any case."""
    return {address, *(row.address for row in await _group(session, address))}


async def _join(session: AsyncSession, host: str, joining: set[str], now: dt.datetime) -> None:
    """Put addresses into the group of ``host``; whoever joins counts from now."""
    row = await session.get(LinkRow, host)
    if row is None:
        row = LinkRow(address=host, person=secrets.token_hex(16), since=now)
        session.add(row)
    for address in sorted(joining):
        await session.merge(LinkRow(address=address, person=row.person, since=now))


def _parsed(addresses: Collection[str]) -> tuple[Address, ...]:
    return tuple(Address.parse(address) for address in sorted(addresses))
