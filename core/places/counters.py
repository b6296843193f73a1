"""Counters near a shared position, or in a commune somebody names. Nothing of a position is kept or logged."""

from __future__ import annotations

import re

from core.messages import Message
from core.places import near_wording as wording
from core.places.near_wording import Maps
from core.places.nearest import Position, nearest, within
from core.places.units import Unit, find
from core.profile import Profile
from nlu.vietnamese import words

_NEAREST = re.compile(
    r"(?<!\w)(?:(?:quay|mot cua|trung tam|noi nop|cho nop|bo phan|hanh chinh cong)\b.*\bgan (?:nhat|day|toi|em|minh|nha)"
    r"|gan (?:nhat|day)\b.*\b(?:quay|mot cua|trung tam|hanh chinh cong))(?!\w)"
)
EXPECTING = "commune"  # what is asked for where no counter is near


class Counters:
    """Answers from the units of one province."""

    def __init__(self, units: list[Unit], profile: Profile) -> None:
        self._units, self._profile = units, profile
        self._maps = Maps(profile.maps, profile.province)

    def near(self, here: Position | None) -> tuple[Message, str | None]:
        """The nearest units, and what is asked for where there are none.

        Args:
            here: degrees; None when the platform sent none.
        """
        if here is None:
            return wording.unreadable(), EXPECTING
        if not within(self._profile.area, here):
            return wording.outside(), EXPECTING
        found = nearest(self._units, here, self._profile.counters_within_km)
        return (wording.near(found, self._maps), None) if found else (wording.none_near(), EXPECTING)

    def named(self, text: str) -> Message | None:
        """The counters of the communes a text names; None when it names none of ours."""
        found = find(self._units, text)
        return wording.in_communes(found, self._maps) if found else None


def asks_nearest(text: str) -> bool:
    """Whether a message plainly asks for the nearest counter; what Rasa understands of it goes further."""
    return _NEAREST.search(" ".join(words(text))) is not None
