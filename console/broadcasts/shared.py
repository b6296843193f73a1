"""What the pages of notices share: the router, the parts behind them, finding one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request

from console.guard import need
from console.parts import Parts, parts_of
from core.broadcasts import parts as notices
from core.broadcasts.model import Broadcast, State
from core.broadcasts.parts import Broadcasts
from core.paths import ROOT
from core.places import units
from core.places.units import Unit
from core.staff.rights import Right, Staff

BASE = "/thong-bao"
router = APIRouter(prefix=BASE)
Reader = Annotated[Staff, need(Right.SEE_BROADCASTS)]
Writer = Annotated[Staff, need(Right.WRITE_BROADCAST)]
Approver = Annotated[Staff, need(Right.APPROVE_BROADCAST)]
BADGES = {
    State.DRAFT: "plain",
    State.WAITING: "warning",
    State.APPROVED: "info",
    State.SENDING: "info",
    State.PAUSED: "warning",
    State.DONE: "ok",
    State.CANCELLED: "error",
    State.EXPIRED: "error",
}


def broadcasts(request: Request) -> Broadcasts:
    """The parts of notices behind a request."""
    return _assembled(parts_of(request))


async def found(request: Request, staff: Staff, ident: int) -> Broadcast:
    """The notice, or the page that says there is none: of another office is as if there were none."""
    broadcast = await broadcasts(request).drafts.get(staff, ident)
    if broadcast is None:
        raise HTTPException(404)
    return broadcast


def communes(request: Request) -> list[Unit]:
    """The communes of the province, by name."""
    return _communes(ROOT / parts_of(request).profile.units)


@cache
def _communes(file: Path) -> list[Unit]:
    return sorted(units.load(file), key=lambda unit: unit.name)


def _assembled(parts: Parts) -> Broadcasts:
    url = parts.settings.public_url
    return notices.assemble(parts.engine, parts.profile, parts.audit, parts.catalogue, parts.now, url)


def number(typed: object) -> int:
    """A number of ours in a hidden field; 0 for anything else."""
    return int(typed) if isinstance(typed, str) and typed.isdecimal() and len(typed) < 10 else 0
