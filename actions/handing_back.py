"""Turns that only the application can answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.state import elsewhere
from core.places.wording import only_here


class HandBack(Action, ABC):
    """Gives the turn back to the application with its ``subject``; another province's affair is said to be one."""

    subject = ""

    @abstractmethod
    def name(self) -> str:
        """The name of the action; without one this is not registered."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        other = elsewhere(tracker.latest_message.get("text") or "")
        declined = {"message": only_here(other).as_dict(), "outcome": "declined"} if other else None
        answer: dict[str, Any] = declined or {"subject": self.subject}
        dispatcher.utter_message(json_message=answer)
        return []
