"""The side desk where citizens say that an answer is wrong. Needs no Rasa."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.turned import Turned
from core.conversations.state import State
from core.dossiers import codes
from core.dossiers.desk.said import Asked, say
from core.messages import How, Message, Reply
from core.procedures import wrong_words
from core.procedures.guide import Guide
from core.procedures.reports import Reports
from nlu.vietnamese import words

_EXPECTING = "wrong:"


class WrongSide:
    """Asks what is wrong and keeps it.

    Args:
        today: the day in the province at a moment.
    """

    def __init__(self, reports: Reports, guide: Guide, today: Callable[[dt.datetime], dt.date]) -> None:
        self._reports, self._guide, self._today = reports, guide, today

    async def hear(self, asked: Asked, state: State) -> Turned | None:
        """Words that something is wrong, or what is wrong after that was asked."""
        if asked.expecting and asked.expecting.startswith(_EXPECTING):
            return await self._answered(asked, state, asked.expecting.removeprefix(_EXPECTING) or None)
        heard = wrong_words.heard(asked.text)
        if heard is None or (heard == "told" and state.procedure is None):
            return None
        return (
            await self._take(asked, state, state.procedure)
            if heard == "told"
            else self._ask(state, state.procedure)
        )

    async def press(self, asked: Asked, state: State) -> Turned | None:
        """``tt:wrong:<id>`` and the buttons of this desk."""
        if asked.text.startswith("tt:wrong:"):
            return self._ask(state, asked.text.removeprefix("tt:wrong:"))
        if asked.text == "tw:cancel":
            return _said(state, say("wrong_cancelled"))
        number = asked.text.removeprefix("tw:undo:")
        if number == asked.text or not number.isdecimal() or len(number) > 12:
            return None
        undone = await self._reports.undo(asked.person.address, int(number))
        return _said(state, say("wrong_undone" if undone else "wrong_undone_late", number=number))

    async def command(self, name: str, asked: Asked, rest: str, state: State) -> Turned | None:
        """No command is about this."""
        return None

    def _ask(self, state: State, procedure: str | None) -> Turned:
        name = self._name(procedure)
        if name is None:
            return _said(state, say("wrong_ask_which"), _EXPECTING)
        return _said(state, say("wrong_ask", title=name), f"{_EXPECTING}{procedure}")

    async def _answered(self, asked: Asked, state: State, procedure: str | None) -> Turned | None:
        """What came after the question: a report, unless it is plainly something else."""
        if wrong_words.cancels(asked.text):
            return _said(state, say("wrong_cancelled"))
        other = len(words(asked.text)) < 2 or wrong_words.asks(asked.text)
        if other or codes.find(asked.text, self._today(asked.now)):
            return None
        return await self._take(asked, state, procedure)

    async def _take(self, asked: Asked, state: State, procedure: str | None) -> Turned:
        number = await self._reports.take(asked.person.address, procedure, asked.text, asked.now)
        if number is None:
            return _said(state, say("wrong_limited"))
        name = self._name(procedure) or "thông tin của trợ lý"
        return _said(state, say("wrong_taken", title=name, number=str(number)))

    def _name(self, procedure: str | None) -> str | None:
        """What the procedure is called; None for none or one that is no longer known."""
        found = self._guide.catalogue.get(procedure) if procedure else None
        return found.short_name if found else None


def _said(state: State, message: Message, expecting: str | None = None) -> Turned:
    reply = Reply((message,), intent="wrong", confidence=1.0, how=How("feedback", private=True))
    return Turned(reply, state.procedure, state.dossier, expecting)
