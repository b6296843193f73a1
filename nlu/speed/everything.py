"""All replacements at once; applied by the channel, so by Rasa's server only.

What is slow is replaced, and intents are told (``nlu.understood``).
"""

from __future__ import annotations

from functools import cache

from nlu import understood
from nlu.speed import connections, graph, validation


@cache
def apply() -> None:
    """Replace what is to be replaced, once. Raises UnexpectedRasaError when it is another Rasa."""
    for part in (validation, connections, graph, understood):
        part.apply()
