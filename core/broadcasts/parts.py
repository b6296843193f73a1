"""Puts the parts of notices together, for the console and for the bot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.approval import Approval
from core.broadcasts.audiences import Audiences
from core.broadcasts.drafts import Drafts
from core.broadcasts.expansion import Expansion
from core.broadcasts.files import Files
from core.broadcasts.letters import Letters
from core.broadcasts.reports import Reports
from core.broadcasts.steering import Steering
from core.broadcasts.trial import Trial
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.staff.audit import Audit


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """Everything staff do with notices; ``expansion`` is what the bot's clock does, ``letters`` writes previews."""

    drafts: Drafts
    approval: Approval
    steering: Steering
    audiences: Audiences
    reports: Reports
    files: Files
    trial: Trial
    letters: Letters
    expansion: Expansion


def assemble(
    engine: AsyncEngine,
    profile: Profile,
    audit: Audit,
    catalogue: Callable[[], Catalogue],
    clock: Callable[[], dt.datetime],
    public_url: str | None,
) -> Broadcasts:
    """Build it."""
    sending = profile.broadcasts
    drafts = Drafts(engine, sending, audit, clock)
    audiences = Audiences(engine, profile, catalogue, clock)
    files = Files(engine, drafts, audit, clock, public_url)
    return Broadcasts(
        drafts,
        Approval(engine, sending, audiences, audit, clock),
        Steering(engine, audit, clock),
        audiences,
        Reports(engine, audit, clock),
        files,
        Trial(engine, audit, clock),
        Letters(engine, profile, files),
        Expansion(engine, sending, audiences, audit, clock),
    )
