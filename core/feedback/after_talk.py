"""Asking how it was after a conversation with staff."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncConnection

from core.conversations.talks.model import Talk
from core.feedback.surveys import Surveys


class AskHowItWas:
    """Invites to the survey when staff closed a conversation (see ``talks.deeds.AfterClose``)."""

    def __init__(self, surveys: Surveys) -> None:
        self._surveys = surveys

    async def closed(self, connection: AsyncConnection, talk: Talk, now: dt.datetime) -> None:
        """In the transaction that closes it; nobody who was asked lately is asked again."""
        await self._surveys.invite(talk.address, f"talk:{talk.id}", talk.office, now, connection)
