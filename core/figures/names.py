"""What the measures are called in the database. Pure."""

from __future__ import annotations

PEOPLE, MESSAGES, PROCEDURE, SPEED, INTENT = "people", "messages", "procedure", "speed", "intent"
SENT, REMINDED, NOTICE, LED, FINISHED = "sent", "reminded", "notice", "led", "finished"
STANDING, RATING = "standing", "rating"
MOST_DAYS = 31  # after which nobody says that it was the reminder


def days_key(hours: int | None) -> str:
    """How long after the message: ``d00`` within a day, ``d31`` for later, ``none`` without one."""
    return "none" if hours is None else f"d{min(hours // 24, MOST_DAYS):02d}"


def within(key: str, days: int) -> bool:
    """Whether a key of :func:`days_key` says less than so many days."""
    return key.startswith("d") and int(key[1:]) < days
