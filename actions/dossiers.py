"""Questions about the citizen's own dossiers."""

from __future__ import annotations

from actions.handing_back import HandBack


class DossierAction(HandBack):
    """Only the application knows who asks and what they proved."""

    subject = "dossier"

    def name(self) -> str:
        return "action_dossier"
