"""Questions about the citizen's own dossiers."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.state import elsewhere
from core.places.wording import only_here


class DossierAction(Action):
    """Hand the turn back: only the application knows who asks and what they proved.

    Papers handed in elsewhere are another province's affair.
    """

    def name(self) -> str:
        return "action_dossier"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        other = elsewhere(tracker.latest_message.get("text") or "")
        if other:
            dispatcher.utter_message(json_message={"message": only_here(other).as_dict()})
        else:
            dispatcher.utter_message(json_message={"subject": "dossier"})
        return []
