"""Puts a notice into the words that one citizen gets. The text is kept once, not with each of its messages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts import rows
from core.broadcasts.files import Files
from core.broadcasts.model import Attachment, Broadcast, Content, Link, State, ident_of, trial_subject
from core.broadcasts.wording import compose
from core.messages import Message
from core.profile import Profile
from core.reminders.contract import Drop
from core.reminders.model import Outgoing
from core.staff.offices import Offices

SAMPLE = "ABCD"  # a check code for previews
_KEPT = 16  # notices that are remembered; few are sent at a time
_FROZEN = (State.SENDING, State.PAUSED, State.DONE)  # their words never change again


class Letters:
    """Keeps :class:`core.reminders.contract.Notices`. Errors of the database are raised as they are."""

    def __init__(self, engine: AsyncEngine, profile: Profile, files: Files) -> None:
        self._engine, self._profile, self._files = engine, profile, files
        self._offices = Offices(engine)
        self._known: OrderedDict[int, tuple[Broadcast, str]] = OrderedDict()

    async def notice(self, outgoing: Outgoing) -> Message | Drop:
        """The message with this row's own code, or why not."""
        ident = ident_of(outgoing.subject)
        known = await self._notice(ident) if ident is not None else None
        if ident is None or known is None:
            return Drop("no_text")
        broadcast, sender = known
        trial = outgoing.subject == trial_subject(ident)
        return self._composed(broadcast.content, broadcast.files, sender, outgoing.check, trial=trial)

    async def preview(self, content: Content, files: Sequence[Attachment] = ()) -> Message:
        """The message as a citizen would get it, with a code that stands for theirs."""
        return self._composed(content, files, await self._sender(content), SAMPLE)

    def _composed(
        self,
        content: Content,
        files: Sequence[Attachment],
        sender: str,
        check: str,
        *,
        trial: bool = False,
    ) -> Message:
        attached = [Link(file.title, self._files.url(file)) for file in files]
        said = compose(
            content.title,
            content.text,
            content.links,
            attached,
            sender,
            check,
            emergency=content.emergency,
            trial=trial,
        )
        return self._profile.fill(said)

    async def _notice(self, ident: int) -> tuple[Broadcast, str] | None:
        if found := self._known.get(ident):
            self._known.move_to_end(ident)
            return found
        async with self._engine.connect() as connection:
            broadcast = await rows.load(connection, ident)
        if broadcast is None:
            return None
        made = broadcast, await self._sender(broadcast.content)
        if broadcast.state in _FROZEN:
            self._known[ident] = made
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return made

    async def _sender(self, content: Content) -> str:
        office = await self._offices.get(content.office) if content.office is not None else None
        return office.name if office else ""
