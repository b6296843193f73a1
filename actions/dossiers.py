"""Questions about the citizen's own dossiers."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker


class DossierAction(Action):
    """Hand the turn back: only the application knows who asks and what they proved."""

    def name(self) -> str:
        return "action_dossier"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(json_message={"subject": "dossier"})
        return []
