"""Complaints, praise and proposals."""

from __future__ import annotations

from actions.handing_back import HandBack


class FeedbackAction(HandBack):
    """Only the application can take one in and give it a number."""

    subject = "feedback"

    def name(self) -> str:
        return "action_feedback"
