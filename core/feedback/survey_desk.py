"""The questions after a score: each a button, each may be left out, at the end a comment. Needs no Rasa.

They are begun by whoever presses the button under the thanks for a score, and never asked again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core.dossiers.desk.said import Asked, Said, say
from core.feedback import wording
from core.feedback.questions import asked_of
from core.feedback.surveys import Answered, Surveys
from nlu.vietnamese import words

EXPECTING = "sv:comment:"
_NONE = {"khong", "khong co", "thoi", "bo qua", "khong co gi", "khong a", "khong can", "het", "xong"}


class SurveyDesk:
    """Answers what is about the survey and leaves everything else (None) to others."""

    def __init__(self, surveys: Surveys) -> None:
        self._surveys = surveys
        self._presses: dict[str, Callable[[Asked, str], Awaitable[Said | None]]] = {
            "go": self._begin,
            "a": self._answer,
            "s": self._skip,
            "no": self._stop,
            "x": self._uncomment,
        }

    async def press(self, asked: Asked) -> Said | None:
        """A button of the survey; None for other payloads."""
        prefix, _, rest = asked.text.partition(":")
        deed, _, more = rest.partition(":")
        return await self._presses[deed](asked, more) if prefix == "sv" and deed in self._presses else None

    async def hear(self, asked: Asked) -> Said | None:
        """The comment that was asked for."""
        if not (asked.expecting or "").startswith(EXPECTING):
            return None
        subject = (asked.expecting or "").removeprefix(EXPECTING)
        if " ".join(words(asked.text)) in _NONE:
            return await self._stop(asked, subject)
        done = await self._surveys.comment(asked.person.address, subject, asked.text, asked.now)
        return Said((say("survey_commented" if done == "kept" else _WHY[done], subject),), asked.dossier)

    async def _begin(self, asked: Asked, subject: str) -> Said:
        rated = await self._surveys.rated(asked.person.address, subject)
        return self._ask(asked, 0, subject) if rated else self._refused(asked, "uninvited")

    async def _answer(self, asked: Asked, rest: str) -> Said | None:
        number, _, more = rest.partition(":")
        value, _, subject = more.partition(":")
        question = _numbered(number, subject)
        if question is None or not value.isdecimal():
            return None
        address = asked.person.address
        try:
            done = await self._surveys.answer(address, subject, question[1], int(value), asked.now)
        except ValueError:  # a button nobody made
            return None
        return self._ask(asked, question[0] + 1, subject) if done == "kept" else self._refused(asked, done)

    async def _skip(self, asked: Asked, rest: str) -> Said | None:
        number, _, subject = rest.partition(":")
        question = _numbered(number, subject)
        return self._ask(asked, question[0] + 1, subject) if question else None

    async def _stop(self, asked: Asked, subject: str) -> Said:
        return Said((say("survey_done"),), asked.dossier)

    async def _uncomment(self, asked: Asked, subject: str) -> Said:
        await self._surveys.uncomment(asked.person.address, subject)
        return Said((say("survey_uncommented"),), asked.dossier)

    def _ask(self, asked: Asked, number: int, subject: str) -> Said:
        if number < len(asked_of(subject)):
            return Said((wording.question(number, subject),), asked.dossier)
        return Said((say("survey_comment", subject),), asked.dossier, expecting=f"{EXPECTING}{subject}")

    def _refused(self, asked: Asked, why: Answered) -> Said:
        return Said((say(_WHY[why]),), asked.dossier)


_WHY = {"uninvited": "rate_uninvited", "closed": "survey_closed"}


def _numbered(number: str, subject: str) -> tuple[int, str] | None:
    """A question of a subject by its number; None for one there is not."""
    asked = asked_of(subject)
    if not number.isdecimal() or int(number) >= len(asked):
        return None
    return int(number), asked[int(number)].name
