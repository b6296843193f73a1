"""The log of turns: one row for each message that was answered, kept for figures and for teaching.

A row holds nothing by which somebody outside could be recognised: the address is a fingerprint, numbers and dossier
codes are hidden, what may be a proof is not there at all. Texts go earlier than their rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db.engine import transact
from core.db.turn_tables import MoveRow, TurnRow
from core.figures.assumptions import Assumptions
from core.figures.model import UNANSWERED, identifier_of
from core.messages import Address, Reply
from core.privacy import HIDDEN, mask_numbers
from core.procedures.choices import phrase_of
from core.secret import Secret

CHUNK = 2_000  # rows a transaction, when many are forgotten at once
MOST_LETTERS = 1_000
CODE_HIDDEN = "[mã hồ sơ]"
_CODE = re.compile(  # generous: what only looks like a dossier's code is hidden too
    r"(?i)\b(?:\d{3}[\s.]*\d{2}[\s.]*\d{2}[\s.]*)?[GH]\d{2}(?:[\s.]*\d{1,3}){0,4}[\s.–—_-]+\d{6,8}[\s.–—_-]+\d{3,7}\b"
)
_DIGITS = re.compile(r"\d[\d .-]{7,}\d")  # whatever long number the stricter rules leave


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its answer.

    Args:
        at: when it was answered.
        took: milliseconds.
        text: as written; hidden when the turn is kept.
    """

    at: dt.datetime
    address: Address
    kind: str
    text: str = field(repr=False)
    reply: Reply = field(repr=False)
    took: int = 0


class TurnLog:
    """Writes the log and forgets it in time. Errors of the database are raised as they are."""

    def __init__(
        self, engine: AsyncEngine, secret: Secret, zone: dt.tzinfo, assumptions: Assumptions
    ) -> None:
        self._engine, self._secret, self._zone, self._assumptions = engine, secret, zone, assumptions

    async def write(self, turns: Sequence[Turn]) -> None:
        """Keep turns, all of them or none."""
        rows = [self._row(turn) for turn in turns]
        if rows:
            await transact(self._engine, lambda connection: connection.execute(_INSERT, rows))

    async def forget_old(self, now: dt.datetime) -> None:
        """Blank texts and delete rows that are too old, a few thousand at a time."""
        today = now.astimezone(self._zone).date()
        texts = today - dt.timedelta(days=self._assumptions.keep_text_days)
        rows = today - dt.timedelta(days=self._assumptions.keep_days)
        some = select(TurnRow.id).where(TurnRow.day < texts, TurnRow.text.is_not(None)).limit(CHUNK)
        await self._until_done(update(TurnRow).where(TurnRow.id.in_(some)).values(text=None, phrase=None))
        some = select(TurnRow.id).where(TurnRow.day < texts, TurnRow.phrase.is_not(None)).limit(CHUNK)
        await self._until_done(update(TurnRow).where(TurnRow.id.in_(some)).values(phrase=None))
        await self._until_done(
            delete(TurnRow).where(
                TurnRow.id.in_(
                    select(TurnRow.id).where(TurnRow.day < rows).order_by(TurnRow.day).limit(CHUNK)
                )
            )
        )
        moved = now - dt.timedelta(days=self._assumptions.keep_days)
        await self._until_done(
            delete(MoveRow).where(MoveRow.id.in_(select(MoveRow.id).where(MoveRow.at < moved).limit(CHUNK)))
        )

    async def _until_done(self, statement: Any) -> None:
        while True:
            async with self._engine.begin() as connection:
                if (await connection.execute(statement)).rowcount < CHUNK:
                    return

    def _row(self, turn: Turn) -> dict[str, Any]:
        how, known = turn.reply.how, turn.reply.how.understood
        text = kept_text(turn)
        return {
            "at": turn.at,
            "day": turn.at.astimezone(self._zone).date(),
            "who": self._secret.fingerprint("turn", str(turn.address)),
            "channel": turn.address.channel,
            "kind": turn.kind,
            "text": text,
            "phrase": _phrase(turn, text),
            "intent": known.intent[:60] if known else None,
            "confidence": known.confidence if known else None,
            "second": known.second[:60] if known and known.second else None,
            "margin": known.margin if known else None,
            "procedures": _ranked(turn.reply) or None,
            "procedure": how.procedure[:40] if how.procedure else None,
            "outcome": how.outcome if turn.reply.messages else "silent",
            "ms": turn.took,
            "identifier": identifier_of(how.dossier),
        }


def kept_text(turn: Turn) -> str | None:
    """What may be kept of a message: nothing of buttons and of what may be a proof, else with numbers hidden."""
    if turn.kind not in ("text", "photo") or turn.reply.how.private or turn.reply.said == HIDDEN:
        return None
    text = _DIGITS.sub(HIDDEN, mask_numbers(_CODE.sub(CODE_HIDDEN, turn.text)))
    return storable(text)[:MOST_LETTERS].strip() or None


def storable(text: str) -> str:
    """The text without what PostgreSQL (NUL) or UTF-8 (halves of letters) cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _phrase(turn: Turn, text: str | None) -> str | None:
    """The question that was not answered, as it is grouped: folded, without long numbers."""
    how = turn.reply.how
    if how.outcome not in UNANSWERED or how.private:
        return None
    asked = how.question or (text if turn.kind in ("text", "photo") else None)
    return phrase_of(_DIGITS.sub(" ", _CODE.sub(" ", asked)))[:200] or None if asked else None


def _ranked(reply: Reply) -> list[list[Any]]:
    """The candidates of the search: code or id, and score."""
    return [[p["code"], round(float(p["score"]), 3)] for p in reply.procedures[:5]]


_TABLE = TurnRow.__table__
assert isinstance(_TABLE, Table)
_INSERT = insert(_TABLE)
