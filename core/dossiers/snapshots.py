"""The last known state of dossiers, kept in the database with its time and without anybody's numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from core.db import upsert
from core.db.engine import transact
from core.db.tables import SnapshotRow
from core.dossiers.model import Dossier, DossierView
from core.secret import Secret

_VIEW: TypeAdapter[DossierView] = TypeAdapter(DossierView)
KEEP = dt.timedelta(days=90)
_GET = select(SnapshotRow.view, SnapshotRow.proofs, SnapshotRow.fetched_at).where(
    SnapshotRow.code == bindparam("of")
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state and when the portal told it; ``view`` is None when the portal knew no such dossier.

    ``proofs`` are fingerprints; see :func:`phone_proof` and :func:`digits_proof`.
    """

    view: DossierView | None
    proofs: frozenset[str]
    fetched_at: dt.datetime


def phone_proof(secret: Secret, code: str, phone: str) -> str:
    """What the owner's whole telephone number (E.164) leaves behind for one dossier."""
    return secret.fingerprint("phone", code, phone)


def digits_proof(secret: Secret, code: str, digits: str) -> str:
    """What the last digits of a telephone or identity number leave behind for one dossier."""
    return secret.fingerprint("digits", code, digits)


class Snapshots:
    """Reads and writes snapshots by dossier code.

    Args:
        last_digits: how many last digits prove ownership.
    """

    def __init__(self, engine: AsyncEngine, secret: Secret, last_digits: int = 4) -> None:
        self._engine, self._secret, self._digits = engine, secret, last_digits
        self._replace = upsert.replace(engine, SnapshotRow)

    async def get(self, code: str) -> Snapshot | None:
        """The snapshot; None when there is none or it was written by another version and cannot be read."""
        return await transact(self._engine, lambda connection: self.read(connection, code))

    def read(self, connection: Connection, code: str) -> Snapshot | None:
        """As :meth:`get`, within the transaction of a connection."""
        row = connection.execute(_GET, {"of": code}).first()
        if row is None:
            return None
        try:
            view = _VIEW.validate_python(row.view) if row.view is not None else None
        except ValidationError:
            return None
        return Snapshot(view, frozenset(row.proofs), row.fetched_at)

    async def put(self, code: str, dossier: Dossier | None, now: dt.datetime) -> Snapshot:
        """Remember what the portal said, or that it knew nothing; gives back what was remembered."""
        async with self._engine.begin() as connection:
            return await self.write(connection, code, dossier, now)

    async def write(
        self, connection: AsyncConnection, code: str, dossier: Dossier | None, now: dt.datetime
    ) -> Snapshot:
        """As :meth:`put`, within a transaction."""
        proofs = self._proofs(code, dossier) if dossier else []
        view: dict[str, Any] | None = _VIEW.dump_python(dossier.view, mode="json") if dossier else None
        row = {"code": code, "view": view, "proofs": proofs, "fetched_at": now}
        await connection.execute(self._replace, row)
        return Snapshot(dossier.view if dossier else None, frozenset(proofs), now)

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete snapshots nobody refreshed within KEEP."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(SnapshotRow).where(SnapshotRow.fetched_at < now - KEEP))

    def _proofs(self, code: str, dossier: Dossier) -> list[str]:
        owner = dossier.owner
        tails = {n[-self._digits :] for n in (*owner.phones, *owner.identities) if len(n) >= 9}
        whole = [phone_proof(self._secret, code, phone) for phone in owner.phones]
        return sorted({*whole, *(digits_proof(self._secret, code, tail) for tail in tails)})
