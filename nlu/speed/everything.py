"""All replacements at once; applied by the channel, so by Rasa's server only."""

from __future__ import annotations

from functools import cache

from nlu.speed import connections, graph, validation


@cache
def apply() -> None:
    """Replace what is slow, once. Raises UnexpectedRasaError when Rasa is not the one that was measured and read."""
    for part in (validation, connections, graph):
        part.apply()
