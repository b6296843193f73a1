"""Asking how something was, and keeping the answers: once for each person and subject, changeable for a day.

Whoever answers stays confidential (NĐ 61/2018/NĐ-CP Art. 27.3, replaced, as the cautious default): no reader of this
module's figures gets an address. Errors of the database are raised as they are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db import upsert
from core.db.feedback_tables import SurveyAnswerRow, SurveyRow
from core.db.reminder_tables import RatingRow
from core.feedback import questions, wording
from core.feedback.questions import COMMENT
from core.messages import Address
from core.people.same import same_person
from core.privacy import mask_numbers
from core.profile import Profile
from core.reminders import entries, occasions
from core.reminders.entries import Entry
from core.reminders.model import Kind
from core.reminders.ratings import CHANGEABLE
from core.staff.offices import Offices

QUIET = dt.timedelta(days=7)  # a person is asked about talks at most once in it
KEEP = dt.timedelta(days=800)  # two years and the month of the yearly report
MAX_COMMENT = 1000  # letters

Answered = Literal["kept", "closed", "uninvited"]


@dataclass(frozen=True, slots=True)
class Rated:
    """The rating an answer belongs to: at which address it was given, and of which office it was."""

    address: str
    office: int | None
    at: dt.datetime


class Surveys:
    """Invitations about what is no dossier, and answers to both kinds."""

    def __init__(self, engine: AsyncEngine, profile: Profile) -> None:
        self._engine, self._profile, self._offices = engine, profile, Offices(engine)
        self._put = upsert.replace(engine, SurveyAnswerRow)

    async def invite(
        self,
        address: Address,
        subject: str,
        office: int | None,
        now: dt.datetime,
        connection: AsyncConnection | None = None,
    ) -> bool:
        """Ask how something was that is no dossier, through the outbox: wishes and hours are kept to.

        Args:
            subject: ``talk:12``; asking about the same again does nothing.
            office: whose work it was.
            connection: the caller's transaction, when it is to be part of one.

        False when the person was asked about something like it within the last days: nobody is nagged.
        """
        if connection is None:
            async with self._engine.begin() as own:
                return await self.invite(address, subject, office, now, own)
        mine = same_person(SurveyRow.address, str(address))
        lately = exists().where(mine, (SurveyRow.at > now - QUIET) | (SurveyRow.subject == subject))
        if await connection.scalar(select(lately)):
            return False
        row = {"address": str(address), "subject": subject, "office": office, "at": now}
        await connection.execute(upsert.insert(connection, SurveyRow).values(row))
        named = await self._offices.get(office) if office is not None else None
        check = entries.check_code()
        message = self._profile.fill(wording.invitation(subject, named.name if named else None, check))
        entry = Entry(
            str(address),
            subject,
            Kind.RATING,
            occasions.RATING,
            now,
            now + self._profile.reminders.rating.expires,
            body=message.as_dict(),
            check=check,
        )
        return await entries.add(connection, [entry], now) > 0

    async def office(self, address: Address, subject: str) -> int | None:
        """Whose work a subject was: of a dossier by its code, of anything else as the invitation says."""
        if questions.about(subject) == "dossier":
            found = await self._offices.of_code(subject)
            return found.id if found else None
        query = select(SurveyRow.office).where(
            same_person(SurveyRow.address, str(address)), SurveyRow.subject == subject
        )
        async with self._engine.connect() as connection:
            return await connection.scalar(query)

    async def rated(self, address: Address, subject: str) -> Rated | None:
        """The person's rating of a subject."""
        row = RatingRow
        query = select(row.address, row.office, row.at).where(
            same_person(row.address, str(address)), row.code == subject
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query.order_by(row.at).limit(1))).first()
        return Rated(found.address, found.office, found.at) if found else None

    async def answer(
        self, address: Address, subject: str, question: str, value: int, now: dt.datetime
    ) -> Answered:
        """Keep the answer to a question. Raises ValueError for one that is none of its choices."""
        if not questions.valid(subject, question, value):
            raise ValueError(f"no answer to {question}: {value}")
        return await self._keep(address, subject, now, question=question, value=value, comment=None)

    async def comment(self, address: Address, subject: str, text: str, now: dt.datetime) -> Answered:
        """Keep a comment, with numbers of people masked."""
        said = mask_numbers(text)[:MAX_COMMENT]
        return await self._keep(address, subject, now, question=COMMENT, value=None, comment=said)

    async def uncomment(self, address: Address, subject: str) -> None:
        """Forget the person's comment."""
        row = SurveyAnswerRow
        mine = (same_person(row.address, str(address)), row.subject == subject, row.question == COMMENT)
        async with self._engine.begin() as connection:
            await connection.execute(delete(row).where(*mine))

    async def _keep(self, address: Address, subject: str, now: dt.datetime, **answer: object) -> Answered:
        rated = await self.rated(address, subject)
        if rated is None:
            return "uninvited"
        if now - rated.at > CHANGEABLE:
            return "closed"
        row = {"address": rated.address, "subject": subject, "office": rated.office, "at": now, **answer}
        async with self._engine.begin() as connection:
            await connection.execute(self._put, row)
        return "kept"

    async def forget_old(self, now: dt.datetime) -> None:
        """Delete what is older than KEEP."""
        async with self._engine.begin() as connection:
            for row in (SurveyAnswerRow, SurveyRow):
                await connection.execute(delete(row).where(row.at < now - KEEP))
