"""Answers about places."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.handing_back import HandBack
from actions.state import elsewhere, places
from core.places.units import find
from core.places.wording import only_here, where_now


class UnitAction(Action):
    """Which unit of today an old commune belongs to."""

    def name(self) -> str:
        return "action_unit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        text = tracker.latest_message.get("text") or ""
        found, other = find(places(), text), elsewhere(text)
        if other and not found:
            answer = {"message": only_here(other).as_dict(), "outcome": "declined"}
        else:
            answer = {"message": where_now(found).as_dict()}
        dispatcher.utter_message(json_message=answer)
        return []


class NearestOfficeAction(HandBack):
    """Only the application can ask for a position and wait for the name of a commune."""

    subject = "nearest"

    def name(self) -> str:
        return "action_nearest_office"
