"""How a person stands to a dossier: what they may see of it, and whether they follow it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, case, exists, select

from core.db.tables import DelegationRow, FollowedRow, ProofRow
from core.messages import Address
from core.people.same import linked_since, same_person

Level = Literal["code", "delegated", "proved"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person is to one dossier.

    Args:
        level: what was proved, or whose leave was taken up; ``code`` when only the code is known.
        label: what the person calls it, empty when it has no name; None when it is not followed.
    """

    level: Level
    label: str | None


def standing(
    connection: Connection,
    address: Address,
    code: str,
    now: dt.datetime,
    *,
    ripe: dt.datetime,
    young: dt.datetime,
) -> Standing:
    """How the person at this address stands to a dossier now, in one statement.

    Args:
        ripe: a proof of another address counts when it has been linked since then or longer…
        young: … and the proof was given after this moment.
    """
    values = {"address": str(address), "code": code, "now": now, "ripe": ripe, "young": young}
    row = connection.execute(_STANDING, values).one()
    return Standing("proved" if row.proved else "delegated" if row.granted else "code", row.label)


_OWN = bindparam("address", type_=ProofRow.address.type)
_CODE = bindparam("code", type_=ProofRow.code.type)
_NOW = bindparam("now", type_=ProofRow.at.type)
_BORROWED = linked_since(ProofRow.address, _OWN, bindparam("ripe", type_=ProofRow.at.type)) & (
    ProofRow.at > bindparam("young", type_=ProofRow.at.type)
)
_PROVED = exists().where(
    ProofRow.code == _CODE, ProofRow.expires_at > _NOW, (ProofRow.address == _OWN) | _BORROWED
)
_GRANTED = exists().where(
    DelegationRow.code == _CODE, DelegationRow.grantee == _OWN, DelegationRow.expires_at > _NOW
)
_LABEL = (
    select(FollowedRow.label)
    .where(same_person(FollowedRow.address, _OWN), FollowedRow.code == _CODE)
    # Of several addresses the label given here, else one given on another.
    .order_by(
        case((FollowedRow.label == "", 2), (FollowedRow.address == _OWN, 0), else_=1), FollowedRow.address
    )
    .limit(1)
    .scalar_subquery()
)
_STANDING = select(_PROVED.label("proved"), _GRANTED.label("granted"), _LABEL.label("label"))
