"""Who is told about a dossier: its followers, page by page, each person at one address."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.reminder_tables import OutboxRow
from core.db.tables import FollowedRow
from core.messages import Address
from core.reminders.model import Planned

PAGE = 500

People = Callable[[Sequence[Address]], Awaitable[Mapping[Address, tuple[Address, ...]]]]
"""For each address all addresses of its person, itself among them, the best to reach them by first."""


async def each_alone(addresses: Sequence[Address]) -> Mapping[Address, tuple[Address, ...]]:
    """Nobody has a second address."""
    return {address: (address,) for address in addresses}


async def to_tell(
    connection: AsyncConnection,
    code: str,
    planned: Planned,
    people: People,
    before: dt.datetime,
    page: int = PAGE,
) -> AsyncIterator[list[Address]]:
    """The addresses that have no such message yet, a page at a time; a dossier may have thousands.

    Of a person with several addresses it is the best one, and none when any of them has the message.

    Args:
        before: only those who began to follow earlier; others have seen it with their own eyes.
    """
    after = ""
    values = {
        "of": code,
        "kind": planned.kind.value,
        "occasion": planned.occasion,
        "number": page,
        "before": before,
    }
    while True:
        found = (await connection.scalars(_MISSING, {**values, "after": after})).all()
        if found:
            after = found[-1]
            if told := await _one_each(connection, [Address.parse(a) for a in found], values, people):
                yield told
        if len(found) < page:
            return


async def is_followed(connection: AsyncConnection, code: str) -> bool:
    """Whether anybody follows the dossier."""
    return await connection.scalar(_ANYBODY, {"of": code}) is not None


async def _one_each(
    connection: AsyncConnection, page: Sequence[Address], values: Mapping[str, object], people: People
) -> list[Address]:
    groups = await people(page)
    several = sorted({str(a) for group in groups.values() if len(group) > 1 for a in group})
    told = set(await connection.scalars(_TOLD, {**values, "among": several})) if several else set()
    best = [group[0] for group in groups.values() if not told.intersection(map(str, group))]
    return list(dict.fromkeys(best))


_SAME = (
    OutboxRow.subject == bindparam("of"),
    OutboxRow.kind == bindparam("kind"),
    OutboxRow.occasion == bindparam("occasion"),
)
_MISSING = (
    select(FollowedRow.address)
    .where(
        FollowedRow.code == bindparam("of"),
        FollowedRow.address > bindparam("after"),
        FollowedRow.since < bindparam("before", type_=FollowedRow.since.type),
        ~select(OutboxRow.id).where(OutboxRow.address == FollowedRow.address, *_SAME).exists(),
    )
    .order_by(FollowedRow.address)
    .limit(bindparam("number"))
)
_TOLD = select(OutboxRow.address).where(OutboxRow.address.in_(bindparam("among", expanding=True)), *_SAME)
_ANYBODY = select(FollowedRow.address).where(FollowedRow.code == bindparam("of")).limit(1)
