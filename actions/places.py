"""Answers about places."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.state import places
from core.places.units import find
from core.places.wording import where_now


class UnitAction(Action):
    """Which unit of today an old commune belongs to."""

    def name(self) -> str:
        return "action_unit"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        message = where_now(find(places(), tracker.latest_message.get("text") or ""))
        dispatcher.utter_message(json_message={"message": message.as_dict()})
        return []
