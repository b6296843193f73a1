"""Killed at any moment, the application answers every message, and none twice but what was being sent."""

from __future__ import annotations

import pathlib
from collections.abc import Awaitable, Callable

from tests.bot.killing import CHATS, WRITTEN_BETWEEN, Outcome, Play
from tests.postgres import Cluster

Serve = Callable[[object], Awaitable[str]]


async def test_every_message_is_answered_whenever_the_process_is_killed(
    tmp_path: pathlib.Path, serve: Serve
) -> None:
    outcome = await Play(tmp_path, serve, f"sqlite+aiosqlite:///{tmp_path / 'kill.db'}").run(kills=5)
    _nothing_is_lost(outcome, kills=5)
    assert outcome.twice <= outcome.in_flight


async def test_three_processes_share_the_work_and_outlive_the_database(
    tmp_path: pathlib.Path, serve: Serve, cluster: Cluster
) -> None:
    outcome = await Play(tmp_path, serve, cluster.url(), processes=3).run(kills=1, crash=cluster.crash)
    _nothing_is_lost(outcome, kills=1)
    assert outcome.refused > 0, "nobody wrote while the database was away"
    assert outcome.twice <= 2 * CHATS  # one of each conversation, when the database and when a process ended


def _nothing_is_lost(outcome: Outcome, kills: int) -> None:
    assert outcome.kills == kills
    assert outcome.written >= kills * WRITTEN_BETWEEN
    assert outcome.missing == []
    assert outcome.lines == outcome.held, "what is said to staff becomes a line for them once, in order"
    assert outcome.unfinished == 0
    assert outcome.twice <= outcome.maybe_twice
