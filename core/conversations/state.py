"""What is remembered of a conversation between two messages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
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
    """Reads and writes State by address: one statement each, for every message of everybody comes by here."""

    def __init__(self, engine: AsyncEngine, keep: dt.timedelta = dt.timedelta(hours=12)) -> None:
        self._engine, self._keep = engine, keep
        self._put = upsert.replace(engine, ConversationRow)

    async def get(self, address: Address, now: dt.datetime) -> State:
        """The state, or an empty one when there is none or it is older than ``keep``."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_GET, {"of": str(address)})).first()
        if row is None or now - row.updated_at > self._keep:
            return State()
        options = tuple((title, payload) for title, payload in row.options)
        return State(row.procedure, options, row.dossier, row.expecting, row.question)

    async def put(self, address: Address, state: State, now: dt.datetime) -> None:
        """Remember ``state``."""
        row = {
            "address": str(address),
            "procedure": state.procedure,
            "options": [list(option) for option in state.options],
            "dossier": state.dossier,
            "expecting": state.expecting,
            "question": state.question,
            "updated_at": now,
        }
        async with self._engine.begin() as connection:
            await connection.execute(self._put, row)


_TABLE = ConversationRow.__table__
_GET = select(_TABLE).where(_TABLE.c.address == bindparam("of"))
