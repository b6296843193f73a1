"""What the assistant would answer while a person has the conversation: thought out without being said or kept."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rasa import Rasa
from core.conversations.state import State
from core.errors import UnderstandingError
from core.messages import Incoming, Message
from core.privacy import mask_numbers
from core.procedures.guide import Guide
from core.procedures.keywords import aspects_in
from core.profile import Profile
from core.sentences import sentence
from nlu.vietnamese import clean, words

_MOST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer, empty where there is none worth showing; and whether somebody may be in danger."""

    messages: tuple[Message, ...] = ()
    danger: bool = False


class Suggester:
    """Answers questions about procedures for staff to see. Changes nothing; of dossiers it says nothing."""

    def __init__(self, guide: Guide, rasa: Rasa, profile: Profile) -> None:
        self._guide, self._rasa, self._profile = guide, rasa, profile

    async def suggest(self, incoming: Incoming, state: State) -> Suggestion:
        """The answer to a message with what is in hand."""
        if incoming.kind == "payload":
            guidance = self._guide.press(incoming.text)
            return self._filled(guidance.messages) if guidance else Suggestion()
        text = mask_numbers(clean(incoming.text))
        if incoming.kind != "text" or not words(text) or len(text) > _MOST_TEXT:
            return Suggestion()
        try:
            # Rasa remembers by sender: under this name nothing is mixed up with the citizen's own conversation.
            turn = await self._rasa.turn(f"suggest:{incoming.address}", text, state.procedure)
        except UnderstandingError:
            guidance = self._guide.ask(text, aspects_in(text), state.procedure)
            return self._filled(guidance.messages if guidance.fits else ())
        if turn.messages and turn.messages[0].text == sentence("utter_emergency").text:
            return Suggestion(danger=True)
        return self._filled(() if turn.subject or not turn.fits else tuple(turn.messages))

    def _filled(self, messages: tuple[Message, ...]) -> Suggestion:
        return Suggestion(tuple(self._profile.fill(m) for m in messages))
