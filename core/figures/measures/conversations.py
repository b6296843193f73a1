"""Conversations, messages, procedures asked for and how long answers took, from the log of turns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.turn_tables import TurnRow
from core.figures.model import UNANSWERED, Row, Window, bucket
from core.figures.names import INTENT, MESSAGES, PEOPLE, PROCEDURE, SPEED

PAGE = 1_000  # turns read at once
_WITH_STAFF = ("handed", "silent")
_PAGE = (
    select(
        TurnRow.id,
        TurnRow.who,
        TurnRow.channel,
        TurnRow.outcome,
        TurnRow.intent,
        TurnRow.procedure,
        TurnRow.ms,
        TurnRow.identifier,
    )
    .where(TurnRow.day == bindparam("of_day"), TurnRow.id > bindparam("after"))
    .order_by(TurnRow.id)
    .limit(PAGE)
)


@dataclass(slots=True)
class _Talk:
    """What one person's messages of the day came to."""

    identifier: str = ""
    answered: bool = False
    unanswered: bool = False
    handed: bool = False

    @property
    def key(self) -> str:
        if self.handed:
            return "handed"
        if self.unanswered:
            return "partly" if self.answered else "unanswered"
        return "alone"

    def add(self, outcome: str, identifier: str) -> None:
        self.identifier = identifier or self.identifier
        self.handed |= outcome in _WITH_STAFF
        self.unanswered |= outcome in UNANSWERED
        self.answered |= outcome not in (*UNANSWERED, *_WITH_STAFF, "unread")


class Conversations:
    """A conversation is what one person writes on one channel on one day."""

    names = (PEOPLE, MESSAGES, PROCEDURE, SPEED, INTENT)
    back = 0
    stock = False

    async def of(self, connection: AsyncConnection, window: Window) -> Iterable[Row]:
        """The rows of a day, read a thousand turns at a time: replies go on in between."""
        talks: dict[tuple[str, str], _Talk] = {}
        counts: dict[tuple[str, str, str, str], int] = {}
        after = 0
        while True:
            found = (await connection.execute(_PAGE, {"of_day": window.day, "after": after})).all()
            for turn in found:
                talks.setdefault((turn.channel, turn.who), _Talk()).add(turn.outcome, turn.identifier)
                for measure, key in _counted(turn):
                    name = (measure, turn.channel, key, turn.identifier)
                    counts[name] = counts.get(name, 0) + 1
            if len(found) < PAGE:
                break
            after = found[-1].id
            await asyncio.sleep(0)  # SQLite answers without leaving the event loop
        people = [Row(PEOPLE, ch, talk.key, identifier=talk.identifier) for (ch, _), talk in talks.items()]
        return [*people, *(Row(m, ch, key, n, 0.0, code) for (m, ch, key, code), n in counts.items())]


def _counted(turn: Any) -> Iterator[tuple[str, str]]:
    yield MESSAGES, turn.outcome
    yield SPEED, bucket(turn.ms)
    if turn.procedure:
        yield PROCEDURE, turn.procedure
    if turn.intent:
        yield INTENT, turn.intent
