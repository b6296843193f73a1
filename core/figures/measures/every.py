"""Every measure there is, and how those without a place of their own on the page are shown.

A subject that counts something adds a line to each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from core.figures.measures.conversations import Conversations
from core.figures.measures.dossiers import Rated, Standing
from core.figures.measures.reminders import Led, Sent
from core.figures.model import Definition, Measure

# Built with the zone of the province.
MEASURES: list[Callable[[dt.tzinfo], Measure]] = [
    lambda _: Conversations(),
    lambda _: Sent(),
    lambda _: Led(),
    Standing,
    lambda _: Rated(),
]
DEFINITIONS: list[Definition] = []
