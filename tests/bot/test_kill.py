"""Killed at any moment, the application answers every message, and none twice but what was being sent."""

from __future__ import annotations

import pathlib
from collections.abc import Awaitable, Callable

from tests.bot.killing import Play


async def test_every_message_is_answered_whenever_the_process_is_killed(
    tmp_path: pathlib.Path, serve: Callable[[object], Awaitable[str]]
) -> None:
    outcome = await Play(tmp_path, serve, seed=5).run(kills=5)
    assert outcome.kills == 5
    assert outcome.written > 60
    assert outcome.missing == []
    assert outcome.unfinished == 0
    assert outcome.twice <= outcome.in_flight
