"""Puts the parts of notices together, for the console and for the bot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.approval import Approval
from core.broadcasts.audiences import Audiences
from core.broadcasts.drafts import Drafts
from core.broadcasts.files import Files
from core.broadcasts.reports import Reports
from core.broadcasts.steering import Steering
from core.broadcasts.trial import Trial
from core.procedures.catalogue import Catalogue
from core.profile import Profile
from core.staff.audit import Audit


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """Everything staff do with notices."""

    drafts: Drafts
    approval: Approval
    steering: Steering
    audiences: Audiences
    reports: Reports
    files: Files
    trial: Trial


def assemble(
    engine: AsyncEngine,
    profile: Profile,
    audit: Audit,
    catalogue: Callable[[], Catalogue],
    clock: Callable[[], dt.datetime],
    public_url: str | None,
) -> Broadcasts:
    """Build it. What a citizen gets, also as a preview, is written by :mod:`core.broadcasts.wording`."""
    raise NotImplementedError
