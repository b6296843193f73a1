"""A small catalogue, two editors and a day that can be set."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.procedures.catalogue import Catalogue
from core.procedures.editing.editor import Editor, Wanted
from core.procedures.editing.version import Version, dumped
from core.procedures.live import Live
from core.procedures.model import Procedure
from core.staff.audit import Audit
from core.staff.rights import Role, Staff
from tests.conftest import NOW
from tests.core.procedures.made import procedure

LAN = Staff(1, "lan", "Trần Thị Lan", frozenset({Role.EDITOR}), everywhere=True)
MINH = Staff(2, "minh", "Lê Minh", frozenset({Role.EDITOR}), everywhere=True)
TODAY = NOW.date()
ONE, TWO = procedure(), procedure(id="giay-khac", code="9.000002", name="Cấp giấy khác")


@dataclass
class Desk:
    """The editor over a database, and the catalogue that comes of it on ``day``."""

    engine: AsyncEngine
    seed: Catalogue
    day: dt.date = TODAY
    moment: dt.datetime = NOW

    def __post_init__(self) -> None:
        self.over(self.seed)

    def over(self, seed: Catalogue) -> None:
        """Start anew over other files: an upgrade."""
        self.seed = seed
        self.audit = Audit(self.engine, lambda: self.moment)
        self.editor = Editor(self.engine, self.audit, seed, lambda: self.moment, lambda: self.day)
        self.live = Live(self.engine, seed, lambda: self.day)

    async def catalogue(self) -> Catalogue:
        """What is answered from now."""
        await self.live.look()
        return self.live.catalogue

    async def fee(self, ident: str = "giay-thu") -> int | None:
        """The fee that citizens are told."""
        return (await self.catalogue())[ident].channels[0].fee.amount_vnd

    async def publish(self, made: Procedure, newest: int = 0, **terms: object) -> int:
        """Save and publish a record."""
        self.moment += dt.timedelta(seconds=1)
        draft = await self.editor.save(LAN, made.id, dumped(made), 0)
        told = {"note": "sửa", "source": "1/NQ-HĐND", **terms}
        return await self.editor.publish(LAN, made.id, Wanted(draft.revision, newest, **told))  # type: ignore[arg-type]


def costing(amount: int, **changes: object) -> Procedure:
    """The procedure with another fee."""
    channel = {**dumped(ONE)["channels"][0], "fee": {"amount_vnd": amount}}
    return procedure(channels=[channel], **changes)


@pytest.fixture
def desk(engine: AsyncEngine) -> Desk:
    """Two procedures from files."""
    return Desk(engine, Catalogue([ONE, TWO]))


async def draft_of(desk: Desk, made: Procedure, seen: int = 0) -> Version:
    """A saved draft."""
    return await desk.editor.save(LAN, made.id, dumped(made), seen)
