"""Killed at any moment, three workers lose no reminder and double none but where it was in doubt."""

from __future__ import annotations

import pathlib
from collections.abc import Awaitable, Callable

from tests.core.reminders.killing import Plan, Play


async def test_none_is_lost_and_none_doubled_whoever_is_killed(
    tmp_path: pathlib.Path, database_url: str, serve: Callable[[object], Awaitable[str]]
) -> None:
    plan = Plan(rows=1000, kills=4, every=0.8, rate=400.0, unknown_wait=1.0, seconds=240.0)
    outcome = await Play(database_url, tmp_path, plan, seed=3).run(serve)
    print(outcome)
    assert outcome.lost == []
    assert outcome.wrongly == []
    assert outcome.kills >= 3
    assert outcome.most_open <= plan.group
    assert outcome.doubled <= outcome.doubted
    assert outcome.doubled > 0  # of the messages without an answer some had arrived
    assert outcome.states["sent"] + outcome.states["unknown"] + outcome.states["gone"] == plan.rows
