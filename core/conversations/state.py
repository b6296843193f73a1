"""What is remembered of a conversation between two messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import upsert
from core.db.engine import transact
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
        notice: something to tell with the next answer; kept however old the rest is. Putting a state takes
            away the notice it holds and leaves a newer one.
    """

    procedure: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    dossier: str | None = None
    expecting: str | None = None
    question: str | None = None
    notice: str | None = None


class States:
    """Reads and writes State by address: one statement each, for every message of everybody comes by here."""

    def __init__(self, engine: AsyncEngine, keep: dt.timedelta = dt.timedelta(hours=12)) -> None:
        self._engine, self._keep = engine, keep
        self._put, self._tell, self._offer = _upserts(engine)

    async def get(self, address: Address, now: dt.datetime) -> State:
        """The state, or an empty one when there is none or it is older than ``keep``."""
        row = await transact(self._engine, lambda c: c.execute(_GET, {"of": str(address)}).first())
        if row is None or now - row.updated_at > self._keep:
            return State(notice=row.notice if row else None)
        options = tuple((title, payload) for title, payload in row.options)
        return State(row.procedure, options, row.dossier, row.expecting, row.question, row.notice)

    async def put(self, address: Address, state: State, now: dt.datetime) -> None:
        """Remember ``state``."""
        row = {
            "address": str(address),
            "procedure": state.procedure,
            "options": [list(option) for option in state.options],
            "dossier": state.dossier,
            "expecting": state.expecting,
            "question": state.question,
            "notice": state.notice,
            "updated_at": now,
        }
        await transact(self._engine, lambda c: c.execute(self._put, row))

    async def tell(self, address: Address, notice: str, now: dt.datetime) -> None:
        """Have something told with the next answer to this address."""
        row = {"address": str(address), "options": [], "notice": notice, "updated_at": now}
        await transact(self._engine, lambda c: c.execute(self._tell, row))

    async def offer(
        self, address: Address, options: Sequence[tuple[str, str]], dossier: str | None, now: dt.datetime
    ) -> None:
        """A message we sent first: from now on numbers and titles mean its choices, and follow-ups its dossier.

        What was asked of the citizen stays asked, unless it is older than ``keep``.
        """
        row = {
            "address": str(address),
            "options": [list(option) for option in options],
            "dossier": dossier,
            "updated_at": now,
        }
        async with self._engine.begin() as connection:
            await connection.execute(self._offer, {**row, "begun": now - self._keep})


_TABLE = ConversationRow.__table__
_GET = select(_TABLE).where(_TABLE.c.address == bindparam("of"))


def _upserts(engine: AsyncEngine) -> tuple[Any, Any, Any]:
    """Insert a row, or put its values over those of the row with the same address: of a state, of a notice, of
    choices. A question in hand is not pushed out by choices."""
    put, tell, offer = (upsert.insert(engine, ConversationRow) for _ in range(3))
    others = {c.name: put.excluded[c.name] for c in _TABLE.c if not c.primary_key}
    others["notice"] = case((_TABLE.c.notice == put.excluded.notice, None), else_=_TABLE.c.notice)
    key = [_TABLE.c.address]
    return (
        put.on_conflict_do_update(index_elements=key, set_=others),
        tell.on_conflict_do_update(index_elements=key, set_={"notice": tell.excluded.notice}),
        offer.on_conflict_do_update(index_elements=key, set_=_offered(offer)),
    )


def _offered(offer: Any) -> dict[str, Any]:
    """What an offer puts over a row: what is long over does not come back to life with it."""
    over = _TABLE.c.updated_at < bindparam("begun", type_=_TABLE.c.updated_at.type)
    stays = {
        name: case((over, None), else_=_TABLE.c[name]) for name in ("procedure", "expecting", "question")
    }
    new = {name: offer.excluded[name] for name in ("options", "updated_at")}
    dossier = case((offer.excluded.dossier.is_not(None), offer.excluded.dossier), else_=_TABLE.c.dossier)
    return {**stays, **new, "dossier": dossier}
