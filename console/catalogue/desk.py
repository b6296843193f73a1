"""What the catalogue's pages work with, built for one request over the process's long-lived parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request

from console.catalogue.trying import Trying
from console.parts import Parts, parts_of
from core.messages import Message
from core.procedures import wording
from core.procedures.catalogue import Catalogue
from core.procedures.editing import store
from core.procedures.editing.editor import Editor
from core.procedures.editing.version import State, Version, dumped, upgraded
from core.procedures.live import Live
from core.procedures.model import ASPECTS, Procedure
from core.procedures.reports import Reports


@dataclass(frozen=True, slots=True)
class Desk:
    """The catalogue of this moment and what changes it.

    Args:
        today: the day in the province.
    """

    parts: Parts
    live: Live
    editor: Editor
    reports: Reports
    trying: Trying
    today: dt.date

    @property
    def catalogue(self) -> Catalogue:
        """What is answered from."""
        return self.live.catalogue

    @property
    def seed(self) -> Catalogue:
        """What the files say."""
        return self.live.seed

    def bubbles(self, messages: Sequence[Message]) -> list[Message]:
        """Messages as citizens get them."""
        return [self.parts.profile.fill(message) for message in messages]

    def aspects(self, procedure: Procedure) -> list[tuple[str, list[Message]]]:
        """Everything citizens can be told about a procedure, by aspect."""
        told = [(wording.TITLES[a], self.bubbles(wording.answer(procedure, [a]))) for a in ASPECTS]
        if procedure.cases:
            asked = wording.ask_case(procedure, ["overview"])
            cases = [
                wording.answer(procedure, list(c.aspects[:1]) or ["overview"], c)[0] for c in procedure.cases
            ]
            told.append(("Khi phải hỏi trường hợp", self.bubbles([asked, *cases])))
        return told


@dataclass(frozen=True, slots=True)
class Standing:
    """One procedure: what serves, what is edited, what was.

    Args:
        served: the record that is answered from; None when it is out of service or not published yet.
        now: the version in force; None while the file serves.
        coming: versions that begin later.
    """

    ident: str
    served: Procedure | None
    file: Procedure | None
    now: Version | None
    draft: Version | None
    history: Sequence[Version]
    coming: Sequence[Version]

    @property
    def newest(self) -> int:
        """The number of the newest version."""
        return self.history[0].number if self.history else 0

    @property
    def upgraded(self) -> bool:
        """Whether a newer file waits for a decision."""
        return bool(self.history) and upgraded(self.history[0], self.file)

    @property
    def record(self) -> Mapping[str, Any]:
        """What editing begins with: the version in force, also of a withdrawn procedure, or the file."""
        if self.now:
            return self.now.record
        return dumped(self.file) if self.file else {}

    @property
    def name(self) -> str:
        """What it is called."""
        if known := self.served or self.file:
            return known.short_name
        record = self.draft.record if self.draft and not self.record else self.record
        return str(record.get("title") or record.get("name") or self.ident)

    @property
    def withdrawn(self) -> bool:
        """Whether it is out of service."""
        return self.now is not None and self.now.state is State.WITHDRAWN


async def desk_of(request: Request) -> Desk:
    """The desk, with what was published up to this moment taken in."""
    parts: Parts = parts_of(request)
    live: Live = request.app.state.live
    await live.look()

    def today() -> dt.date:
        return parts.profile.today(parts.now())

    editor = Editor(parts.engine, parts.audit, live.seed, parts.now, today)
    reports = Reports(parts.engine, parts.secret, today)
    return Desk(parts, live, editor, reports, request.app.state.trying, today())


async def standing_of(desk: Desk, ident: str) -> Standing:
    """How a procedure stands. Raises 404 when nothing is known of it."""
    async with desk.parts.engine.connect() as connection:
        history = await store.history(connection, ident)
        draft = await store.draft(connection, ident)
    file = desk.seed.get(ident)
    if not (history or draft or file):
        raise HTTPException(404)
    now = store.in_force(history, desk.today)
    coming = [v for v in history if v.valid_from and v.valid_from > desk.today]
    return Standing(ident, desk.catalogue.get(ident), file, now, draft, history, coming)
