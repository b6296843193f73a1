"""Answers about procedures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.state import elsewhere, guide
from core.places.wording import rules_in_general
from core.procedures.guide import Guidance
from core.procedures.model import ASPECTS, Aspect
from core.sentences import sentence


def say(dispatcher: CollectingDispatcher, guidance: Guidance) -> list[dict[str, Any]]:
    """Send the messages, then one custom message with the procedure in hand, the ranking and what was done."""
    for message in guidance.messages:
        dispatcher.utter_message(json_message={"message": message.as_dict()})
    hits = [{"id": h.id, "score": round(h.score, 4)} for h in guidance.hits]
    done = {"outcome": guidance.outcome, "answered": guidance.answered, "fits": guidance.fits}
    dispatcher.utter_message(json_message={"procedure": guidance.procedure, "hits": hits, **done})
    return []


def asked(tracker: Tracker) -> list[Aspect]:
    """The aspects the message asks about, in order."""
    values = [
        e.get("value") for e in tracker.latest_message.get("entities", []) if e.get("entity") == "aspect"
    ]
    return [a for a in ASPECTS if a in values] if len(set(values)) != len(values) else _known(values)


def _known(values: Iterable[object]) -> list[Aspect]:
    return [a for v in values for a in ASPECTS if a == v]


def _in_hand(tracker: Tracker) -> str | None:
    value = (tracker.latest_message.get("metadata") or {}).get("procedure")
    return value if isinstance(value, str) else None


class AnswerAction(Action):
    """Answer about the procedure that search finds or that is in hand."""

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        text = tracker.latest_message.get("text") or ""
        guidance, other = guide().ask(text, asked(tracker), _in_hand(tracker)), elsewhere(text)
        if other and guidance.fits:
            first, *rest = guidance.messages
            guidance = replace(guidance, messages=(rules_in_general(other, first), *rest))
        return say(dispatcher, guidance)


class OutOfScopeAction(Action):
    """Decline, unless the words plainly name one of our procedures."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        text = tracker.latest_message.get("text") or ""
        if guide().names_one(text):
            return say(dispatcher, guide().ask(text, []))
        hits = tuple(guide().search(text))
        said = (sentence("out_of_scope"),)
        return say(dispatcher, Guidance(said, _in_hand(tracker), hits, fits=False, outcome="declined"))
