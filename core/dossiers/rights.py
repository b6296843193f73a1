"""Who may see what of a dossier: proofs of ownership, their limits, and seeing on somebody's behalf.

A code alone shows little; a proof shows the rest to one person for a while. Wrong tries are counted for
the dossier and for the person, whatever the channel, and a try is counted before it is checked, so that
many at once gain nothing.

A proof counts for the person, on every address they linked, after a while in which a link can be undone
and never for longer than a proof given on that channel itself would. A leave to see somebody else's dossier
stays with the account that took it up: its owner trusted that one.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db import upsert
from core.db.engine import transact
from core.db.tables import DelegationRow, ProofRow
from core.dossiers.snapshots import digits_proof, phone_proof
from core.dossiers.standing import Level, Standing, standing
from core.limits import HOUR, Counters
from core.messages import Address
from core.people.same import same_person
from core.profile import Disclosure
from core.secret import Secret

Outcome = Literal["proved", "wrong", "locked"]
TOKEN_DIGITS = 8  # spoken over the telephone in two groups of four


@dataclass(frozen=True, slots=True)
class Delegation:
    """One leave to see a dossier; not yet taken up when ``taken`` is False."""

    id: int
    taken: bool
    expires_at: dt.datetime


class Rights:
    """Reads and writes proofs and delegations.

    Args:
        ripens: how long two addresses are linked before a proof of one counts on the other.
    """

    def __init__(
        self, engine: AsyncEngine, secret: Secret, rules: Disclosure, ripens: dt.timedelta = dt.timedelta(0)
    ) -> None:
        self._engine, self._secret, self._rules, self._ripens = engine, secret, rules, ripens
        self._counters = Counters(engine)
        self._replace = upsert.replace(engine, ProofRow)

    async def level(self, address: Address, code: str, now: dt.datetime) -> Level:
        """What the person at this address may see of this dossier now."""
        return (await self.of(address, code, now)).level

    async def of(self, address: Address, code: str, now: dt.datetime) -> Standing:
        """How the person at this address stands to a dossier now."""
        return await transact(self._engine, lambda c: self.standing(c, address, code, now))

    def standing(self, connection: Connection, address: Address, code: str, now: dt.datetime) -> Standing:
        """How the person at this address stands to a dossier now, within the transaction of a connection."""
        young = now - self._rules.proof_lasts(address.channel)
        return standing(connection, address, code, now, ripe=now - self._ripens, young=young)

    async def prove_by_digits(
        self, address: Address, code: str, digits: str, proofs: Collection[str], now: dt.datetime
    ) -> Outcome:
        """Try the last digits of the owner's telephone or identity number.

        Args:
            proofs: fingerprints of the dossier; empty for a code nobody knows, which is answered and
                counted like a wrong try.
        """
        keys = (f"tries:{code}", f"tries-of:{self._who(address)}")
        counts = [await self._counters.hit(key, HOUR, now) for key in keys]
        if max(counts) > self._rules.tries_per_hour:
            return "locked"
        if digits_proof(self._secret, code, digits) not in proofs:
            return "locked" if max(counts) == self._rules.tries_per_hour else "wrong"
        for key in keys:
            await self._counters.take_back(key)
        await self._remember(address, code, "digits", now)
        return "proved"

    async def prove_by_phone(
        self, address: Address, code: str, phone: str, proofs: Collection[str], now: dt.datetime
    ) -> Outcome:
        """Compare a telephone number (E.164) the platform vouches for; it cannot be guessed, so a lock
        by wrong digits does not stop its owner."""
        if phone_proof(self._secret, code, phone) not in proofs:
            return "wrong"
        await self._remember(address, code, "phone", now)
        return "proved"

    async def withdraw(self, address: Address, code: str) -> None:
        """Forget the person's proofs, wherever given, and end every leave given on their strength."""
        own = str(address)
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                delete(ProofRow).where(same_person(ProofRow.address, own), ProofRow.code == code)
            )
            await session.execute(
                delete(DelegationRow).where(
                    DelegationRow.code == code,
                    same_person(DelegationRow.owner, own) | (DelegationRow.grantee == own),
                )
            )

    async def end_borrowed(self, address: Address, now: dt.datetime) -> None:
        """End the leaves an address gave on the strength of a proof that was not its own: it was linked with
        whoever had given the proof and no longer is."""
        own_proof = select(ProofRow.code).where(ProofRow.address == str(address), ProofRow.expires_at > now)
        given = delete(DelegationRow).where(
            DelegationRow.owner == str(address), DelegationRow.code.not_in(own_proof)
        )
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(given)

    async def share(self, address: Address, code: str, now: dt.datetime) -> str:
        """Make a leave for one person to see the dossier; gives the digits to tell them."""
        token = f"{secrets.randbelow(10**TOKEN_DIGITS):0{TOKEN_DIGITS}d}"
        redeem_by = now + dt.timedelta(hours=self._rules.delegation_hours_to_take_up)
        row = DelegationRow(
            code=code,
            owner=str(address),
            token=self._secret.fingerprint("delegation", token),
            redeem_by=redeem_by,
            expires_at=now + dt.timedelta(self._rules.delegation_days),
        )
        async with AsyncSession(self._engine) as session, session.begin():
            session.add(row)
        return token

    async def redeem(
        self, address: Address, token: str, now: dt.datetime
    ) -> str | Literal["wrong", "locked"]:
        """Take a leave up; gives the dossier's code. Each works once."""
        key = f"redeems-of:{self._who(address)}"
        if await self._counters.hit(key, HOUR, now) > self._rules.tries_per_hour:
            return "locked"
        statement = (
            update(DelegationRow)
            .where(
                DelegationRow.token == self._secret.fingerprint("delegation", token),
                DelegationRow.grantee.is_(None),
                DelegationRow.redeem_by > now,
            )
            .values(grantee=str(address))
            .returning(DelegationRow.code)
        )
        async with AsyncSession(self._engine) as session, session.begin():
            code = (await session.execute(statement)).scalar_one_or_none()
        return code or "wrong"

    async def delegations(self, address: Address, code: str, now: dt.datetime) -> Sequence[Delegation]:
        """The leaves this owner gave for this dossier that can still be used."""
        query = select(DelegationRow).where(
            DelegationRow.code == code,
            same_person(DelegationRow.owner, str(address)),
            DelegationRow.expires_at > now,
        )
        async with AsyncSession(self._engine) as session:
            rows = (await session.scalars(query)).all()
        return [
            Delegation(r.id, r.grantee is not None, r.expires_at)
            for r in rows
            if r.grantee or r.redeem_by > now
        ]

    async def revoke(self, address: Address, code: str) -> int:
        """End every leave this owner gave for this dossier; gives how many."""
        statement = delete(DelegationRow).where(
            DelegationRow.code == code, same_person(DelegationRow.owner, str(address))
        )
        async with AsyncSession(self._engine) as session, session.begin():
            done = await session.execute(statement.returning(DelegationRow.id))
            return len(done.all())

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what has expired."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(ProofRow).where(ProofRow.expires_at <= now))
            await session.execute(delete(DelegationRow).where(DelegationRow.expires_at <= now))

    async def _remember(self, address: Address, code: str, kind: str, now: dt.datetime) -> None:
        expires = now + self._rules.proof_lasts(address.channel)
        row = {"address": str(address), "code": code, "kind": kind, "at": now, "expires_at": expires}
        await transact(self._engine, lambda connection: connection.execute(self._replace, row))

    def _who(self, address: Address) -> str:
        return self._secret.fingerprint("who", str(address))
