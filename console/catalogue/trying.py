"""Asking a question of a catalogue in which one draft is published: the answer by search alone, without Rasa."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from core.messages import Message
from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide
from core.procedures.keywords import aspects_in
from core.procedures.model import Procedure


@dataclass(frozen=True, slots=True)
class Tried:
    """What would be answered.

    Args:
        found: the name of the procedure that was understood; None when it was asked back or declined.
        same: whether that is the draft's.
    """

    messages: tuple[Message, ...]
    found: str | None
    same: bool


class Trying:
    """Keeps the guide of the last draft that was tried: its index is built again only where names changed."""

    def __init__(self) -> None:
        self._guide: Guide | None = None
        self._lock = asyncio.Lock()

    async def ask(self, catalogue: Catalogue, draft: Procedure, question: str) -> Tried:
        """The answer if the draft were published over the catalogue."""
        others = [p for p in catalogue.values() if p.id != draft.id]
        withdrawn = [w for w in catalogue.withdrawn.values() if w.procedure.id != draft.id]
        wanted = Catalogue([*others, draft], catalogue.not_held, withdrawn)
        async with self._lock:
            guide = await asyncio.to_thread(self._over, wanted)
            guidance = guide.ask(question, aspects_in(question))
        found = wanted.get(guidance.procedure) if guidance.procedure else None
        return Tried(guidance.messages, found.short_name if found else None, found == draft)

    def _over(self, catalogue: Catalogue) -> Guide:
        if self._guide is None:
            self._guide = Guide(catalogue)
        else:
            self._guide.renew(catalogue)
        return self._guide
