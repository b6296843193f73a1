"""The catalogue of a day: the shipped procedures, and over them what was published in the console."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.catalogue_tables import VersionRow
from core.procedures.catalogue import Catalogue
from core.procedures.editing.version import State, Version
from core.procedures.model import Procedure, Withdrawn

log = structlog.get_logger()
Stamp = tuple[int, dt.datetime | None]
_TABLE = VersionRow.__table__
_PUBLISHED = _TABLE.c.state.in_([State.PUBLISHED, State.WITHDRAWN])
# Kept apart from the dataclass, which leaves out the account of who approved.
COLUMNS = tuple(_TABLE.c[name] for name in Version.__dataclass_fields__)


async def stamp(engine: AsyncEngine) -> Stamp:
    """What changes with everything that is published: one cheap query."""
    query = select(func.count(), func.max(_TABLE.c.published_at)).where(_PUBLISHED)
    async with engine.connect() as connection:
        count, last = (await connection.execute(query)).one()
    return count, last


async def in_force(engine: AsyncEngine, day: dt.date) -> list[Version]:
    """For each procedure edited here the version of a day: the one that began last, of those the newest."""
    place = func.row_number().over(
        partition_by=_TABLE.c.procedure, order_by=(_TABLE.c.valid_from.desc(), _TABLE.c.number.desc())
    )
    open_end = _TABLE.c.valid_until.is_(None) | (_TABLE.c.valid_until >= day)
    ranked = select(_TABLE.c.id, place.label("place"))
    ranked_rows = ranked.where(_PUBLISHED, _TABLE.c.valid_from <= day, open_end).subquery()
    query = select(*COLUMNS).join(ranked_rows, ranked_rows.c.id == _TABLE.c.id)
    query = query.where(ranked_rows.c.place == 1).order_by(_TABLE.c.procedure)
    async with engine.connect() as connection:
        return [of_row(row) for row in await connection.execute(query)]


def of_row(row: object) -> Version:
    """A row with COLUMNS as a Version."""
    values = {name: getattr(row, name) for name in Version.__dataclass_fields__}
    return Version(**{**values, "state": State(values["state"])})


def laid(seed: Catalogue, versions: Sequence[Version]) -> Catalogue:
    """The seed with versions over it.

    A record that an upgrade of the model left unreadable is passed over and logged: the seed's serves.
    """
    procedures: dict[str, Procedure] = dict(seed)
    withdrawn: list[Withdrawn] = []
    for version in versions:
        try:
            procedure = Procedure.model_validate(version.record)
            if version.state is State.WITHDRAWN:
                withdrawn.append(Withdrawn(procedure=procedure, notice=version.notice))
                procedures.pop(version.procedure, None)
            else:
                procedures[version.procedure] = procedure
        except ValidationError:
            log.error("catalogue_version_unreadable", procedure=version.procedure, number=version.number)
    return Catalogue(list(procedures.values()), seed.not_held, withdrawn)
