"""What is remembered of a conversation between two messages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db.tables import ConversationRow
from core.messages import Address


@dataclass(frozen=True, slots=True)
class State:
    """What is in hand between two messages.

    Args:
        procedure: id of the procedure talked about.
        options: titles and payloads last shown, for answers such as "2".
        dossier: code of the dossier talked about.
        expecting: what was asked of the citizen, in the words of ``core.dossiers.desk``.
        question: the phrase the choices were shown for, to learn from what is chosen.
    """

    procedure: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    dossier: str | None = None
    expecting: str | None = None
    question: str | None = None


class States:
    """Reads and writes State by address."""

    def __init__(self, engine: AsyncEngine, keep: dt.timedelta = dt.timedelta(hours=12)) -> None:
        self._engine, self._keep = engine, keep

    async def get(self, address: Address, now: dt.datetime) -> State:
        """The state, or an empty one when there is none or it is older than ``keep``."""
        async with AsyncSession(self._engine) as session:
            row = await session.scalar(select(ConversationRow).where(ConversationRow.address == str(address)))
        if row is None or now - row.updated_at > self._keep:
            return State()
        options = tuple((title, payload) for title, payload in row.options)
        return State(row.procedure, options, row.dossier, row.expecting, row.question)

    async def put(self, address: Address, state: State, now: dt.datetime) -> None:
        """Remember ``state``."""
        row = ConversationRow(
            address=str(address),
            procedure=state.procedure,
            options=[list(option) for option in state.options],
            dossier=state.dossier,
            expecting=state.expecting,
            question=state.question,
            updated_at=now,
        )
        async with AsyncSession(self._engine) as session, session.begin():
            await session.merge(row)
