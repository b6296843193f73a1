"""What people chose when the assistant asked back, and what it learns from that.

A question is kept folded and without personal numbers; who chose is a fingerprint. A phrase counts as
learned once enough different people chose the same procedure for it and few chose another: one person
with many sessions a day, or a joke, must not teach the assistant anything.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from core.db.engine import AWAY
from core.db.tables import ChoiceRow
from core.limits import Counters
from core.messages import Address
from core.privacy import HIDDEN, mask_numbers
from core.procedures.guide import Guide
from core.secret import Secret
from nlu.vietnamese import words

log = structlog.get_logger()
EVERY, AGAIN = 600.0, 30.0  # seconds
PEOPLE = 3  # different ones who must agree
AGREEING = 0.8  # share of the choices for a phrase
MOST = 60  # learned phrases a procedure, the most chosen ones
KEEP = dt.timedelta(days=365)
_A_DAY = 20  # choices of one person that count
_LONGEST = 200  # letters
_DAY = dt.timedelta(days=1)


def phrase_of(text: str) -> str:
    """A question as it is remembered: folded words, personal numbers left out, at most 200 letters."""
    return " ".join(words(mask_numbers(text).replace(HIDDEN, " ")))[:_LONGEST]


class Choices:
    """Records choices and tells what they teach."""

    def __init__(self, engine: AsyncEngine, secret: Secret) -> None:
        self._engine, self._secret = engine, secret
        self._counters = Counters(engine)

    async def record(self, address: Address, phrase: str, procedure: str | None, now: dt.datetime) -> None:
        """Remember a choice (None: "none of these"); beyond a person's daily share nothing is."""
        who = self._secret.fingerprint("who", str(address))
        if not phrase or await self._counters.hit(f"choices-of:{who}", _DAY, now) > _A_DAY:
            return
        async with AsyncSession(self._engine) as session, session.begin():
            session.add(ChoiceRow(at=now, who=who, phrase=phrase, procedure=procedure))

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete choices older than KEEP."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(ChoiceRow).where(ChoiceRow.at < now - KEEP))


async def learned(engine: AsyncEngine) -> dict[str, list[str]]:
    """For each procedure the phrases people taught."""
    query = select(ChoiceRow.phrase, ChoiceRow.procedure, ChoiceRow.who)
    async with AsyncSession(engine) as session:
        return learn((p, c, w) for p, c, w in await session.execute(query))


def learn(choices: Iterable[tuple[str, str | None, str]]) -> dict[str, list[str]]:
    """What choices teach. Pure.

    Args:
        choices: phrase, procedure (None: none of those shown) and who chose.
    """
    by_phrase: Mapping[str, dict[str, str | None]] = defaultdict(dict)
    for phrase, procedure, who in choices:
        by_phrase[phrase][who] = procedure  # of one person only the last choice counts
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for phrase, chosen in by_phrase.items():
        procedure, count = Counter(chosen.values()).most_common(1)[0]
        if procedure is not None and count >= PEOPLE and count >= AGREEING * len(chosen):
            found[procedure].append((count, phrase))
    return {p: [phrase for _, phrase in sorted(rows, reverse=True)[:MOST]] for p, rows in found.items()}


async def keep_learning(engine: AsyncEngine, guide: Guide) -> None:
    """Teach a guide what people chose, now and every EVERY seconds; never returns.

    A database that is away, or not migrated yet, is tried again sooner.
    """
    while True:
        pause = EVERY
        try:
            phrases = await learned(engine)
            if await asyncio.to_thread(guide.learn, phrases):
                log.info("learned_from_choices", phrases=sum(map(len, phrases.values())))
        except AWAY as error:
            log.warning("not_learned", error=type(error).__name__)
            pause = AGAIN
        await asyncio.sleep(pause)
