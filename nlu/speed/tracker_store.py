"""A tracker store that keeps the last turn of the people who wrote last, in memory and nowhere else.

Rules need one turn of history, and what is in hand lives in the application's database (decision 0004). Rasa's own
store in memory keeps every word of everybody until the server ends and replays all of it on every message. Nothing is
lost with a server: any of several may take the next message.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any, Callable, Iterable, List, Optional, Text, Tuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class LastTurns(TrackerStore):
    """Remembers ``turns`` turns of at most ``people`` senders, each for ``idle_seconds`` after the last message.

    Settings stand in ``endpoints.yml`` under ``tracker_store``. Safe within one event loop, where Rasa runs; Rasa
    itself answers the messages of one sender one after the other.
    """

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        turns: int = 1,
        people: int = 2000,
        idle_seconds: float = 1800,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        if turns < 1 or people < 1 or idle_seconds <= 0:
            raise ValueError("tracker_store: turns, people and idle_seconds must be greater than 0")
        self._turns, self._people, self._idle, self._clock = turns, people, idle_seconds, clock
        self._kept: OrderedDict[Text, Tuple[float, List[Event]]] = OrderedDict()  # longest unused first

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the last turns of the tracker; forget whoever has been away too long."""
        await self.stream_events(tracker)
        now = self._clock()
        self._kept.pop(tracker.sender_id, None)
        if tracker.events:
            self._kept[tracker.sender_id] = (now, last_turns(list(tracker.events), self._turns))
        while self._kept:
            used, _ = next(iter(self._kept.values()))
            if len(self._kept) <= self._people and now - used <= self._idle:
                break
            self._kept.popitem(last=False)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The last turns, or None when there are none or they are too old."""
        used, events = self._kept.get(sender_id, (0.0, None))
        if events is None or self._clock() - used > self._idle:
            return None
        tracker = self.init_tracker(sender_id)
        for event in events:
            tracker.update(event, self.domain)
        return tracker

    async def keys(self) -> Iterable[Text]:
        """The senders remembered."""
        return list(self._kept)


def last_turns(events: List[Event], turns: int) -> List[Event]:
    """The events from the last ``turns`` messages on, with what stands right before the first of them.

    That is the ``action_listen`` the message answers, without which it would not be the start of a turn, and the start
    of the session where the conversation only began.
    """
    messages = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(messages) < turns:
        return events
    start = max(messages[-turns] - 1, 0)
    began = any(isinstance(event, SessionStarted) for event in events[:start][-1:])
    return events if began and messages[-turns] == messages[0] else events[start:]
