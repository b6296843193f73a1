"""Composing a notice: create, edit, list, submit. Every change names the version it was made on."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterable, Callable, Collection, Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.model import Broadcast, Content, Listed, State
from core.staff.audit import Audit
from core.staff.rights import Staff


class Drafts:
    """Reads and writes notices before they are sent. Errors of the database are raised as they are.

    Every method that changes something is audited in its transaction, and raises StaffError in Vietnamese where
    something can be mended: a field that is wrong (``field`` names it as in Content), a version that somebody
    else changed meanwhile, a state in which it cannot be done, an office or audience that is not the staff's.
    """

    def __init__(self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock

    async def get(self, staff: Staff, ident: int) -> Broadcast | None:
        """One notice; None when there is none or it is another office's."""
        raise NotImplementedError

    async def page(
        self, staff: Staff, states: Collection[State] = (), before: int | None = None, limit: int = 20
    ) -> Sequence[Broadcast]:
        """The newest notices the staff may see (without files), those with an id below ``before``.

        Args:
            states: only these; all when empty.
        """
        raise NotImplementedError

    async def create(self, staff: Staff, content: Content) -> Broadcast:
        """A new draft. Somebody who does not work for the whole province has to name one of their offices, and
        its audience is confined to that office: its commune's subscribers, its dossiers' followers."""
        raise NotImplementedError

    async def edit(self, staff: Staff, ident: int, version: int, content: Content) -> Broadcast:
        """Change words, audience or hour. What was submitted or approved becomes a draft again."""
        raise NotImplementedError

    async def put_list(
        self,
        staff: Staff,
        ident: int,
        version: int,
        entries: Iterable[Listed] | AsyncIterable[Listed],
    ) -> tuple[Broadcast, int]:
        """Replace the uploaded list of an audience ``listed``; says how many different entries it has."""
        raise NotImplementedError

    async def discard(self, staff: Staff, ident: int) -> None:
        """Delete a draft that was never submitted, with its list and files."""
        raise NotImplementedError
